"""The page for whoever answers for secrecy: rules, cost, attackers, and what is not promised."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sozialraum.model.audience import INTERNAL
from sozialraum.present.files import mark_name, replacing
from sozialraum.present.looks import write_css_colours, write_css_fonts
from sozialraum.present.page import drawn, render_page
from sozialraum.present.svg import clean
from sozialraum.secrecy.edition import verify_edition
from sozialraum.secrecy.unsafe import RULES
from sozialraum.texts import date, number, percent, say

if TYPE_CHECKING:
    from sozialraum.secrecy.edition import Edition
    from sozialraum.secrecy.rules import Secrecy

NAME = "geheimhaltungsprotokoll.html"
ATTACKERS = ("reader", "insider", "single")
LIMITS = ("knowledge", "years", "outside", "unsaid", "texts", "inputs")
_OTHERS, _MADE = ("sibling", "parent"), ("part",)
# What fits on one page.
_MOST_RULES, _MOST_THEMES, _MOST_LEVELS, _MOST_DAYS = 5, 9, 7, 6
_LONGEST = 26


def summarise_protocol(edition: Edition) -> dict[str, Any]:
    """Sum up what was withheld, without a number that tells more than the outputs themselves.

    Parameters
    ----------
    edition : Edition

    Returns
    -------
    dict
        ``rows`` and ``withheld`` in all, ``by_reason`` (own: rules; others: to protect another number;
        made_of: made of withheld ones; source: delivered so), ``by_level`` and ``by_theme`` as pairs of
        rows and withheld, ``further`` (what the choice cost), ``attackers``, ``found``.

    Notes
    -----
    Reasons are given for the whole only, and the rules together: for a single area, level or theme
    they might tell which number is a zero, or large enough. Levels and themes tell what everybody
    can count. The loss itself is computed of withheld numbers; only its ratio to the bound is given.
    """
    values, protocol = edition.values, edition.protocol
    withheld = values["sign"] == "."
    theme = values["indicator"].map({k: i.theme for k, i in edition.indicators.items()})
    reason = protocol["reason"] if "reason" in protocol else protocol.index.to_series()
    cost = edition.completion
    by_reason = {
        "own": int(reason.isin(RULES).sum()),
        "others": int(reason.isin(_OTHERS).sum()),
        "made_of": int(reason.isin(_MADE).sum()),
    }
    by_reason["source"] = int(withheld.sum()) - sum(by_reason.values())
    return {
        "audience": edition.audience,
        "rules": list(edition.secrecy.sentences),
        "datenstand": sorted(values["datenstand"].astype(str).unique()),
        "rows": len(values),
        "withheld": int(withheld.sum()),
        "by_reason": by_reason,
        "by_level": {
            level.id: [int((values["level"] == level.id).sum()),
                       int(withheld[values["level"] == level.id].sum())]
            for level in edition.levels
        },
        "by_theme": {
            str(name): [len(part), int(part.sum())]
            for name, part in withheld.groupby(theme.fillna("").astype(str), sort=False)
        },
        "further": None
        if cost is None
        else {"rows": cost.rows, "ratio": round(cost.ratio, 2) if cost.bound > 0 else None},
        "attackers": list(ATTACKERS[:1] if edition.secrecy.rounding else ATTACKERS),
        "found": len(edition.findings),
    }  # fmt: skip


def write_protocol(edition: Edition, folder: str | Path) -> Path:
    """Write the Geheimhaltungsprotokoll: one page A4 as HTML, to print, sign and file.

    Parameters
    ----------
    edition : Edition
    folder : path
        Made if it does not exist.

    Returns
    -------
    Path
        ``geheimhaltungsprotokoll.html``.

    Raises
    ------
    SecrecyError
        The edition failed its attack, was not made by `build_edition` or was changed.

    Notes
    -----
    No script runs and nothing is loaded. The same edition gives the same bytes.

    Examples
    --------
    >>> import tempfile
    >>> from sozialraum.demo import build_musterstadt
    >>> from sozialraum.secrecy.build import build_edition
    >>> edition = build_edition(build_musterstadt().atlas)
    >>> write_protocol(edition, tempfile.mkdtemp()).name
    'geheimhaltungsprotokoll.html'
    """
    verify_edition(edition)
    found = summarise_protocol(edition)
    titles = {name: known.title for name, known in edition.indicators.items()}
    head = {
        say("protocol.audience"): say(f"audience.{edition.audience}"),
        say("protocol.datenstand"): _join([date(d) for d in found["datenstand"]], _MOST_DAYS),
        say("protocol.created"): date(edition.created) if edition.created else "",
        **edition.head.entries(),
    }
    page = render_page(
        "geheimhaltungsprotokoll.html.jinja",
        colours=drawn(write_css_fonts() + write_css_colours()),
        edition=edition,
        head={word: text for word, text in head.items() if text},
        rules=_shorten(list(edition.secrecy.list_sentences(titles)), _MOST_RULES),
        total=_count(found["rows"], found["withheld"]),
        reasons=[
            (say(f"protocol.reason.{key}"), number(count))
            for key, count in found["by_reason"].items()
            if count or (key in ("own", "others") and not edition.secrecy.rounding)
        ],
        levels=_table({x.title: found["by_level"][x.id] for x in edition.levels}, _MOST_LEVELS),
        themes=_table(found["by_theme"], _MOST_THEMES),
        cost=_say_cost(edition),
        result=_say_result(edition),
        attackers=_list_attackers(edition.secrecy),
        limits=[say(f"protocol.limit.{name}") for name in LIMITS],
    )
    path = mark_name(Path(folder) / NAME, edition.audience)
    with replacing(path) as temporary:
        temporary.write_text(clean(page), encoding="utf-8", newline="\n")
    return path


def _list_attackers(rules: Secrecy) -> list[str]:
    if rules.rounding:
        return [say("protocol.attacker.rounded", base=rules.rounding)]
    return [say(f"protocol.attacker.{name}") for name in ATTACKERS]


def _say_result(edition: Edition) -> str:
    rules = edition.secrecy
    if edition.audience == INTERNAL:
        return say("protocol.result_intern")
    if rules.rounding:
        return say("protocol.result_rounded", minimum=number(rules.highest))
    return say("protocol.result")


def _say_cost(edition: Edition) -> str:
    if edition.secrecy.rounding:
        rounded = edition.values["steps"].str.contains("rounded_")
        beyond = (edition.protocol["reason"] == "beyond").sum()
        return say("protocol.cost_rounded", rows=number(rounded.sum()), beyond=number(beyond))
    cost = edition.completion
    if cost is None or not cost.rows:
        return say("protocol.no_cost")
    if cost.bound <= 0:
        return say("protocol.cost", rows=number(cost.rows))
    if cost.ratio < 1.0005:
        return say("protocol.cost_best", rows=number(cost.rows))
    return say("protocol.cost_bound", rows=number(cost.rows), ratio=number(cost.ratio, 2))


def _count(rows: int, withheld: int) -> tuple[str, str, str]:
    return number(rows), number(withheld), percent(100 * withheld / rows) if rows else ""


def _table(counts: dict[str, list[int]], most: int) -> list[tuple[str, str, str, str]]:
    """Write counts as rows, what does not fit as one."""
    named = [
        (name or say("protocol.no_theme"), rows, gone) for name, (rows, gone) in counts.items()
    ]
    if len(named) > most:
        rest = named[most - 1 :]
        others = say("protocol.rest", count=number(len(rest)))
        named = [*named[: most - 1], (others, sum(r[1] for r in rest), sum(r[2] for r in rest))]
    return [(_cut(name), *_count(rows, withheld)) for name, rows, withheld in named]


def _cut(name: str) -> str:
    """Keep a name on one line of half a page."""
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1].rstrip() + "…"


def _shorten(sentences: list[str], most: int) -> list[str]:
    if len(sentences) <= most:
        return sentences
    more = say("protocol.more_rules", count=number(len(sentences) - most))
    return [*sentences[:most], more]


def _join(texts: list[str], most: int) -> str:
    if len(texts) <= most:
        return ", ".join(texts)
    return say("protocol.days", first=texts[0], last=texts[-1], count=number(len(texts)))
