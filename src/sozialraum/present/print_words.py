"""The words on a print map: head, legend, how to read it, list of numbers, foot, description."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sozialraum.present import classes as look
from sozialraum.present.classes import name_category
from sozialraum.present.letters import measure_text
from sozialraum.present.looks import LOOKS
from sozialraum.present.payload import title_of
from sozialraum.present.print_content import Content
from sozialraum.present.print_ground import MISSING, SECRET
from sozialraum.present.print_sheet import Unit, flow_words, set_words, stack
from sozialraum.present.svg import element, num
from sozialraum.texts import date, number, say, words

GUTTER = 16.0


def say_title(content: Content) -> str:
    """Give the map's title: its indicator, practice data called so.

    Parameters
    ----------
    content : Content

    Returns
    -------
    str
    """
    return title_of(content.definition) if content.definition else content.edition.title


def _line(content: Content) -> str:
    """Say place, level and date."""
    own = content.shape
    parts = [content.edition.title, say("print.level", level=own.plural)]
    if content.stand:
        parts.append(say("print.as_of", date=date(content.stand)))
    return " · ".join(parts)


def write_head(content: Content, width: float, unit: float) -> Unit:
    """Write notice, title, place, date and the facts of the sitting.

    Parameters
    ----------
    content : Content
    width, unit : float
        Of the column in points; size of letters beside those on A4.

    Returns
    -------
    Unit
    """
    head = content.edition.head
    units = []
    if head.notice:
        words = set_words(
            head.notice, width - 18 * unit, 7.4 * unit, look.INK, x=8 * unit, y=3 * unit, most=6
        )
        high = words.height + 6 * unit
        band = element("rect", width=width, height=high, fill=LOOKS["sand"])
        bar = element("rect", width=2.4 * unit, height=high, fill=LOOKS["accent"])
        units.append(Unit(high + 8 * unit, words.words, (band, bar)))
    kicker = " · ".join(filter(None, (head.title, head.subtitle)))
    if kicker:
        units.append(
            set_words(kicker, width, 7.8 * unit, LOOKS["accent"], weight=600, most=2)
        )  # fmt: skip
    units.append(Unit(3 * unit))
    for size in (20, 16, 13):  # a long title in large letters would take the map's room
        title = set_words(
            say_title(content), width, size * unit, LOOKS["deep"], weight=300, role="title", most=4
        )
        if len(title.words[0].lines) < 3:
            break
    units.append(title)
    units.append(Unit(2 * unit))
    units.append(set_words(_line(content), width, 8.6 * unit, look.QUIET, most=2))
    facts = {
        say(f"head.{key}"): text
        for key, text in (
            ("vorlage", head.vorlage), ("gremium", head.gremium),
            ("date", date(head.date) if head.date else ""), ("status", head.status),
        )
        if text
    }  # fmt: skip
    if facts:
        units += [Unit(6 * unit), _facts(facts, width, unit)]
    return stack(units)


def _facts(facts: dict[str, str], width: float, unit: float) -> Unit:
    """Write the facts of the sitting side by side between two lines."""
    share = width / len(facts)
    widths = [
        min(share, max(measure_text(t, 7.8 * unit), measure_text(w, 6.6 * unit)) + 22 * unit)
        for w, t in facts.items()
    ]
    x, high, words = 0.0, 0.0, []
    for (word, text), wide in zip(facts.items(), widths, strict=True):
        above = set_words(word, wide, 6.6 * unit, look.QUIET, x=x, y=4 * unit)
        below = set_words(
            text, wide - 8 * unit, 7.8 * unit, look.INK, x=x, y=4 * unit + above.height
        )
        words += [*above.words, *below.words]
        high = max(high, above.height + below.height + 8 * unit)
        x += wide
    lines = tuple(
        element("rect", y=y, width=width, height=0.5 * unit, fill=LOOKS["rule"])
        for y in (0.0, high)
    )
    return Unit(high, tuple(words), lines)


def explain(content: Content, width: float, unit: float) -> list[Unit]:
    """Write legend, signs of offers, and how to read the map.

    Parameters
    ----------
    content : Content
    width, unit : float
        Of the column in points; size of letters beside those on A4.

    Returns
    -------
    list of Unit
    """
    units = [_legend(content, width, unit), Unit(12 * unit)]
    if content.ground.marks:
        units += [*_legend_offers(content, width, unit), Unit(12 * unit)]
    reading = content.edition.head.reading
    said = [reading] if reading else []
    if SECRET in content.counts:
        said.append(say("print.secret"))
    if content.definition is not None and content.definition.practice:
        said.append(say("print.practice"))
    if said:
        body = [set_words(text, width, 7.6 * unit, look.INK, most=14) for text in said]
        units += [stack([_heading(say("print.reading"), width, unit), stack(body, 3 * unit)])]
        units.append(Unit(12 * unit))
    return units[:-1]


def _heading(text: str, width: float, unit: float) -> Unit:
    made = set_words(text, width, 8.4 * unit, LOOKS["deep"], weight=600, role="heading")
    return Unit(made.height + 3 * unit, made.words)


def _swatch(fill: str, y: float, unit: float) -> str:
    """Draw a field of the legend; patterns are made for drawings in tenths of a point."""
    field = element(
        "rect", width=24 * unit * 10, height=11 * unit * 10, fill=fill, stroke=look.QUIET,
        stroke_width=0.5 * unit * 10,
    )  # fmt: skip
    return element("g", field, transform=f"translate(0 {y:.2f}) scale(.1)")


def _legend(content: Content, width: float, unit: float) -> Unit:
    ground, counts = content.ground, content.counts
    own = content.shape
    units = [_heading(say("print.legend"), width, unit)]
    definition = content.definition
    if definition is None:
        return stack([*units, set_words(own.plural, width, 7.6 * unit, look.INK)])
    in_unit = say("map.script.legend_unit", unit=definition.unit) if definition.unit else ""
    left = in_unit or say("map.script.value")
    size = 6.8 * unit
    right = width - measure_text(own.plural, size)
    head = set_words(left, max(right - 6 * unit, 40 * unit), size, look.QUIET, most=2)
    if right > width * 0.35:
        beside = set_words(own.plural, width, size, look.QUIET, x=right)
        head = Unit(head.height, (*head.words, *beside.words))
    units += [head, Unit(2 * unit)]
    entries = list(enumerate(ground.classes.labels))[::-1]
    for place, word in (
        (SECRET, say("map.script.legend_secret")),
        (MISSING, say("number.missing")),
    ):
        if place in counts:
            entries.append((place, word))
    most = max(counts.values(), default=1)
    for place, word in entries:
        count = counts.get(place, 0)
        bar = 26 * unit if len(ground.classes.labels) else 0.0
        text = set_words(
            word, width - bar - 56 * unit, 7.6 * unit, look.INK, x=31 * unit, y=0.6 * unit
        )
        told = number(count)
        end = width - measure_text(told, 7.6 * unit)
        high = max(text.height, 11 * unit)
        beside = set_words(told, width, 7.6 * unit, look.QUIET, x=end, y=0.6 * unit)
        shapes = [_swatch(ground.fill(place), 0.0, unit)]
        if count:
            shapes.append(
                element(
                    "rect", x=width - bar - 18 * unit, y=3.8 * unit, width=bar * count / most,
                    height=3.4 * unit, fill=look.OTHER,
                )
            )  # fmt: skip
        units.append(Unit(high + 3.4 * unit, (*text.words, *beside.words), tuple(shapes)))
    for upper in ground.upper:
        plural = next(one.plural for one in content.edition.levels if one.id == upper)
        text = set_words(
            say("print.borders", level=plural), width - 31 * unit, 7.6 * unit, look.INK,
            x=31 * unit, y=0.6 * unit,
        )  # fmt: skip
        line = element(
            "path", d=f"M0 {num(5.5 * unit)}H{num(24 * unit)}", fill="none", stroke=ground.border,
            stroke_width=ground.width_of(upper) * unit,
        )  # fmt: skip
        paper = look.PAPER if ground.hatched else look.OTHER
        field = element("rect", width=24 * unit, height=11 * unit, fill=paper)
        units.append(Unit(max(text.height, 11 * unit) + 3.4 * unit, text.words, (field, line)))
    if len(ground.gaps):
        word = say("print.gaps", count=number(len(ground.gaps)))
        text = set_words(word, width - 31 * unit, 7.6 * unit, look.INK, x=31 * unit, y=0.6 * unit)
        field = element(
            "rect", width=24 * unit, height=11 * unit, fill="url(#luecke)", stroke=look.GAP,
            stroke_width=0.8 * unit,
        )  # fmt: skip
        units.append(Unit(max(text.height, 11 * unit) + 3.4 * unit, text.words, (field,)))
    return stack(units)


def _legend_offers(content: Content, width: float, unit: float) -> list[Unit]:
    ground = content.ground
    counts = ground.offers["category"].astype(str).value_counts()
    units = [_heading(say("map.offers"), width, unit)._replace(sticky=True)]
    for category, marker in ground.marks.items():
        named = name_category(category, content.edition.categories)
        word = f"{named} ({number(int(counts.get(category, 0)))})"
        text = set_words(word, width - 16 * unit, 7.6 * unit, look.INK, x=16 * unit)
        shape = element(
            "path", d=marker.path, fill=marker.colour,
            transform=f"translate({5 * unit:.2f} {5.4 * unit:.2f}) scale({0.6 * unit:g})",
        )  # fmt: skip
        units.append(Unit(text.height + 1.6 * unit, text.words, (shape,)))
    return units


def list_numbers(
    content: Content, numbered: Sequence[tuple[int, int]], width: float, unit: float
) -> list[Unit]:
    """List areas that bear a number.

    Parameters
    ----------
    content : Content
    numbered : sequence of tuple
        Number and place of each.
    width, unit : float
        Of the column in points; size of letters beside those on A4.

    Returns
    -------
    list of Unit
    """
    if not numbered:
        return []
    heading = _heading(say("print.numbers"), width, unit)
    units = [Unit(12 * unit), heading._replace(sticky=True)]
    size = 7.0 * (1 + (unit - 1) / 2)  # a list is read from near, whatever the paper
    indent = measure_text("000", size) + 2 * unit
    words_of = {SECRET: say("map.script.secret"), MISSING: say("number.missing")}
    for count, area in numbered:
        name, place = content.ground.names[area], content.ground.places[area]
        figure = content.ground.figures[area]
        if content.definition is not None:
            figure = figure or words_of.get(place, "")
        end = width - measure_text(figure, size)
        if end < width / 2:  # the name of a class
            name, figure, end = f"{name}: {figure}", "", width
        line = set_words(name, end - indent - 4 * unit, size, look.INK, x=indent, most=4)
        told = set_words(str(count), indent, size, look.INK, weight=600)
        beside = set_words(figure, width, size, look.QUIET, x=end) if figure else Unit(0)
        units.append(
            Unit(line.height + 0.4 * unit, (*told.words, *line.words, *beside.words))
        )  # fmt: skip
    return units


def note_rest(unnamed: int, beyond: int, width: float, unit: float) -> list[Unit]:
    """Say how many areas bear nothing, and how many offers lie beyond the map.

    Parameters
    ----------
    unnamed, beyond : int
    width, unit : float
        Of the column in points; size of letters beside those on A4.

    Returns
    -------
    list of Unit
    """
    units = []
    for key, count in (("unnamed", unnamed), ("beyond", beyond)):
        if count:
            text = say(f"print.{key}", count=number(count))
            units += [Unit(6 * unit), set_words(text, width, 6.8 * unit, look.QUIET)]
    return units


def write_foot(content: Content, width: float, unit: float) -> Unit:
    """Write where the figures come from, whose the map is, and who made it, in columns.

    Parameters
    ----------
    content : Content
    width, unit : float
        Of the column in points; size of letters beside those on A4.

    Returns
    -------
    Unit
    """
    edition, known = content.edition, content.definition
    paragraphs = []
    if known is not None:
        rows = content.rows.dropna(subset=["datenstand"])
        ways = [words("quality").get(q, q) for q in sorted(set(rows["quality"]) - {"exact"})]
        entries = {
            "formula": known.formula,
            "source": known.credit,
            "datenstand": date(content.stand),
            "gebietsstand": ", ".join(date(x) for x in sorted(set(rows["gebietsstand"])) if x),
            "quality": ", ".join(ways),
            "perturbed": "" if known.adds_up else say("passport.cell_key"),
            "note": known.note,
        }
        told = [f"{say(f'passport.{key}')}: {text}" for key, text in entries.items() if text]
        paragraphs.append(" · ".join(told))
    # What other indicators rest on is none of this sheet's sources; a bare source may be that of areas
    # or offers as well.
    others = edition.indicators.values() if known else ()
    credits = {one.credit for one in others if one is known or one.credit != one.source}
    sources = [s for s in edition.sources if s not in credits]
    if sources:
        paragraphs.append(say("print.sources", sources="; ".join(sources)))
    head = edition.head
    made = say("map.created", date=date(edition.created)) if edition.created else ""
    imprint = " · ".join(filter(None, (head.office, head.contact, made)))
    if imprint:
        paragraphs.append(say("print.imprint", imprint=imprint))
    if not paragraphs:
        return Unit(0)
    body = flow_words(
        paragraphs, width, 6.2 * unit, look.QUIET, most=2 + (width > 720 * unit),
        gutter=GUTTER * unit, gap=2.5 * unit,
    )  # fmt: skip
    rule = element("rect", width=width, height=0.5 * unit, fill=LOOKS["rule"])
    return stack([Unit(6 * unit, (), (rule,)), body])


def describe(content: Content) -> str:
    """Say in words what the map shows: highest and lowest area, and how many have no figure.

    Parameters
    ----------
    content : Content

    Returns
    -------
    str
    """
    own = content.shape
    ground = content.ground
    said = [
        say(
            "print.alt", title=say_title(content), count=number(len(ground.names)), level=own.plural
        )
    ]
    values = content.rows["value"].to_numpy(float) if content.definition else np.array([])
    if len(values) and not np.isnan(values).all():
        low, high = int(np.nanargmin(values)), int(np.nanargmax(values))
        show = content.definition.show if content.definition else str
        said.append(
            say(
                "print.alt_ends", high=ground.names[high], highest=show(values[high]),
                low=ground.names[low], lowest=show(values[low]),
            )
        )  # fmt: skip
    if content.counts.get(SECRET):
        said.append(say("print.alt_secret", count=number(content.counts[SECRET])))
    if content.counts.get(MISSING) and content.definition:
        said.append(say("print.alt_missing", count=number(content.counts[MISSING])))
    said.append(say("print.alt_north"))
    return " ".join(said)
