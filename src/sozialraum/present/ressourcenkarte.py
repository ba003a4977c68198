"""The Ressourcenkarte: one HTML file that opens from disk and asks nobody for anything.

The page is whole without script: a still map, its legend and its table. The script then puts a map
in its place that answers. A policy in the page allows just this script and this style sheet, by
their hashes, and no address at all.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sozialraum.errors import UnknownNameError
from sozialraum.model.schema import SIGNS
from sozialraum.present import classes as look
from sozialraum.present.classes import Classes, Hatch, classify_indicator, round_shown
from sozialraum.present.files import replacing
from sozialraum.present.payload import build_payload, pack, title_of
from sozialraum.texts import date, number, say, words

if TYPE_CHECKING:
    import pandas as pd

    from sozialraum.present.topology import Polygon, Topology
    from sozialraum.secrecy.edition import Edition

_ASSETS = files("sozialraum.present") / "assets"
_WIDTH = 1000  # of the still map, in its own units
_SCRIPTS = ("1_base", "2_map", "3_marks", "4_details", "5_lists", "6_start")


@dataclass(frozen=True)
class Still:
    """What the page shows without script."""

    title: str
    line: str
    caption: str
    map: Any
    legend: Any
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def write_ressourcenkarte(
    edition: Edition,
    path: str | Path,
    *,
    level: str | None = None,
    indicator: str | None = None,
) -> Path:
    """Write the map page of an edition.

    Parameters
    ----------
    edition : Edition
        Protected tables; nothing else enters the page.
    path : path
        Of the HTML file; replaced as a whole or not at all.
    level, indicator : str, optional
        What the page shows first. Unless given: the smallest level, and the first indicator that
        is neither a count nor practice data, if there is one.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    UnknownNameError
        There is no such level or indicator.

    Notes
    -----
    The same edition gives the same bytes. All names are text to the page: they are escaped in the
    still part and become text nodes in the script's part.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    edition.verify()
    start = _start(edition, level, indicator)
    header, numbers, topology = build_payload(edition)
    header |= {"start": start, "look": _look(), **_words()}
    style, script = _style(), _script()
    environment = Environment(
        loader=PackageLoader("sozialraum.present"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    page = environment.get_template("ressourcenkarte.html.jinja").render(
        say=say,
        head=edition.head,
        policy=_policy(style, script),
        style=Markup(style),
        script=Markup(script),
        payload=pack(header, numbers),
        still=_still(edition, topology, start),
        method=_method(edition),
        imprint=_imprint(edition),
    )
    with replacing(path) as temporary:
        temporary.write_bytes(page.encode("utf-8"))
    return Path(path)


def _start(edition: Edition, level: str | None, indicator: str | None) -> dict[str, int]:
    levels = [one.id for one in edition.levels]
    level = levels[-1] if level is None else level
    if level not in levels:
        raise UnknownNameError("level", level, levels)
    rows = edition.values[edition.values["level"] == level]
    indicators = list(edition.indicators)
    if indicator is None:
        # A share can be compared between large and small areas, a count cannot; practice data last.
        shown = [i for i in indicators if i in set(rows["indicator"])]
        known = edition.indicators
        shown.sort(key=lambda i: (known[i].practice, known[i].kind == "count"))
        indicator = shown[0] if shown else None
    elif indicator not in indicators:
        raise UnknownNameError("indicator", indicator, indicators)
    return {
        "level": levels.index(level),
        "indicator": indicators.index(indicator) if indicator else 0,
    }


def _words() -> dict[str, Any]:
    own = words("map.script")
    for key in ("datenstand", "gebietsstand", "quality"):
        own[key] = say(f"passport.{key}")
    own["missing"] = say("number.missing")
    return {"words": own, "signs": words("sign"), "qualities": words("quality")}


def _look() -> dict[str, Any]:
    return {
        "water": look.WATER,
        "hidden": look.HIDDEN,
        "missing": look.MISSING,
        "gap": look.GAP,
        "ink": look.INK,
        "hiddenHatch": look.HIDDEN_HATCH[:3],
        "missingHatch": look.MISSING_HATCH[:3],
        "gapHatch": look.GAP_HATCH[:3],
    }


def _style() -> str:
    return (_ASSETS / "ressourcenkarte.css").read_text(encoding="utf-8")


def _script() -> str:
    """Join the parts of the script and leave its comments (and with them the types) out."""
    parts = [
        (_ASSETS / "ressourcenkarte" / f"{n}.js").read_text(encoding="utf-8") for n in _SCRIPTS
    ]
    text = re.sub(r"/\*\*.*?\*/ ?", "", "\n".join(parts), flags=re.DOTALL)
    lines = [line.strip() for line in text.splitlines()]
    body = "\n".join(line for line in lines if line and not line.startswith("//"))
    return f'(() => {{\n"use strict";\n{body}\n}})();\n'


def _policy(style: str, script: str) -> str:
    def digest(text: str) -> str:
        return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")

    return (
        f"default-src 'none'; script-src 'sha256-{digest(script)}'; "
        f"style-src 'sha256-{digest(style)}'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )


def _method(edition: Edition) -> list[tuple[str, list[str]]]:
    signs = [f"{sign}   {text}" for sign, text in words("sign").items() if sign in SIGNS]
    parts = [
        (say("map.methods"), list(edition.methods)),
        (say("map.sources"), list(edition.sources)),
        (say("map.notes"), list(edition.notes)),
        (say("map.signs"), signs),
    ]
    return [(title, items) for title, items in parts if items]


def _imprint(edition: Edition) -> str:
    head = edition.head
    made = say("map.created", date=date(edition.created)) if edition.created else ""
    return " · ".join(filter(None, (head.office, head.contact, made)))


def _still(edition: Edition, topology: Topology, start: dict[str, int]) -> Still:
    """Make the map, legend and table that need no script."""
    level = edition.levels[start["level"]]
    names = edition.table(level.id)["name"].astype(str)
    ids = list(topology.objects[level.id])
    if not edition.indicators:
        blank = Classes((), (), (), (), ())
        places = dict.fromkeys(ids, -1)
        drawn = _draw(topology, level.id, places, blank)
        return Still(edition.title, level.plural, level.plural, drawn, "", (level.title,), ())
    known = list(edition.indicators.values())[start["indicator"]]
    stand = edition.latest(known.id)
    rows = edition.values
    rows = rows[
        (rows["indicator"] == known.id)
        & (rows["level"] == level.id)
        & (rows["datenstand"] == stand)
    ].set_index("area")
    rows = rows.reindex(ids)
    classes = classify_indicator(edition, known.id, level.id, with_unit=False)
    found = classes.find(round_shown(rows["value"], known.digits))
    found = np.where((found < 0) & (rows["sign"] == ".").to_numpy(bool), -2, found)
    parts = known.kind in ("rate", "mean") and bool(known.denominator)
    heads = [level.title, f"{say('map.script.value')} {known.unit}".strip()]
    heads += [known.numerator, known.denominator] if parts else []
    table = [
        (names[key], _shown(row, known.digits), *(_counts(row) if parts else ()))
        for key, row in sorted(
            zip(rows.index, rows.to_dict("records"), strict=True), key=lambda r: (names[r[0]], r[0])
        )
    ]
    line = f"{level.plural} · {say('map.script.as_of', date=date(stand))}"
    return Still(
        title=title_of(known),
        line=line,
        caption=f"{title_of(known)}, {line}",
        map=_draw(topology, level.id, dict(zip(ids, found.tolist(), strict=True)), classes),
        legend=_legend(classes, found),
        heads=tuple(heads),
        rows=tuple(table),
    )


def _shown(row: dict[str, Any], digits: int) -> str:
    if row["value"] != row["value"]:
        sign = row["sign"]
        missing = say("number.missing")
        return say("map.script.secret") if sign == "." else str(sign) if sign in SIGNS else missing
    text = number(row["value"], digits)
    return f"({text})" if row["sign"] == "()" else text


def _counts(row: dict[str, Any]) -> tuple[str, str]:
    empty = "." if row["sign"] == "." else ""
    numerator, denominator = row["numerator"], row["denominator"]
    return (
        number(numerator) if numerator == numerator else empty,
        number(denominator) if denominator == denominator else empty,
    )


def _tile(name: str, hatch: Hatch, ground: str, ink: str) -> str:
    lines = (
        f'<path d="{hatch.path}" fill="none" stroke="{ink}" stroke-width="{hatch.width}" '
        'stroke-linecap="round"/>'
        if hatch.path
        else ""
    )
    return (
        f'<pattern id="{name}" width="{hatch.size}" height="{hatch.size}" '
        f'patternUnits="userSpaceOnUse"><rect width="{hatch.size}" height="{hatch.size}" '
        f'fill="{ground}"/>{lines}</pattern>'
    )


def _tiles(prefix: str) -> str:
    return (
        "<defs>"
        + _tile(f"{prefix}-2", look.HIDDEN_HATCH, look.HIDDEN, "#989fa4")
        + _tile(f"{prefix}-1", look.MISSING_HATCH, look.MISSING, "#7d868c")
        + "</defs>"
    )


def _draw(topology: Topology, level: str, places: dict[str, int], classes: Classes) -> Any:
    from markupsafe import Markup

    top = next(iter(topology.objects))
    x0, y0, x1, y1 = topology.bounds(top)
    k = _WIDTH / max(x1 - x0, 1)
    height = max(round((y1 - y0) * k), 1)

    def trace(polygons: list[Polygon]) -> str:
        return "".join(
            _trace(topology.positions(ring), (x0, y1), k) for rings in polygons for ring in rings
        )

    shapes = []
    for key, polygons in topology.objects[level].items():
        place = places[key]
        fill = f"url(#s{place})" if place < 0 else classes.colours[place]
        shapes.append(f'<path fill="{fill}" stroke="#fff" d="{trace(polygons)}"/>')
    water = "".join(trace(p) for p in topology.objects.get("water", {}).values())
    rim = "".join(trace(p) for p in topology.objects[top].values())
    return Markup(
        f'<svg viewBox="-8 -8 {_WIDTH + 16} {height + 16}" role="img" '
        f'aria-labelledby="kartentitel kartenzeile">{_tiles("s")}{"".join(shapes)}'
        f'<path fill="{look.WATER}" d="{water}"/>'
        f'<path fill="none" stroke="{look.INK}" stroke-width="1.5" d="{rim}"/></svg>'
    )


def _trace(positions: Any, corner: tuple[float, float], k: float) -> str:
    """Write a ring as a path in steps of whole units, without the points that fall together."""
    xy = np.rint((positions - np.array(corner)) * np.array([k, -k])).astype(int)
    xy = xy[np.append(True, (np.diff(xy, axis=0) != 0).any(axis=1))]
    if len(xy) < 3:
        return ""
    steps = " ".join(f"{x} {y}" for x, y in np.diff(xy, axis=0)[:-1].tolist())
    return f"M{xy[0, 0]} {xy[0, 1]}l{steps}z".replace(" -", "-")


def _legend(classes: Classes, found: Any) -> Any:
    from markupsafe import Markup, escape

    counts = {int(p): int(n) for p, n in zip(*np.unique(found, return_counts=True), strict=True)}
    entries = [(p, classes.colours[p], classes.labels[p]) for p in range(len(classes.labels))][::-1]
    entries += [
        (place, f"url(#s{place})", label)
        for place, label in ((-2, say("map.script.legend_secret")), (-1, say("number.missing")))
        if place in counts
    ]
    rows = [
        Markup(
            '<li><svg class="feld" viewBox="0 0 40 22" aria-hidden="true"><rect x=".5" y=".5" '
            'width="39" height="21" class="rand" fill="{}"/></svg><span class="klasse">{}</span>'
            '<span></span><span class="anzahl">{}</span></li>'
        ).format(fill, label, counts.get(place, 0))
        for place, fill, label in entries
    ]
    return Markup("<ul>{}</ul>").format(Markup("").join(escape(row) for row in rows))
