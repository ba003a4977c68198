"""The half-yearly report to the council: what changed between two editions, on screen and on paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from sozialraum.errors import UnknownNameError
from sozialraum.present.change_measures import write_states
from sozialraum.present.change_sheet import build_report, choose_indicators
from sozialraum.present.change_words import write_gaps, write_offers, write_values
from sozialraum.present.files import mark_name, replacing
from sozialraum.present.page import render_paper, write_style
from sozialraum.present.profile.sheet import Sheet
from sozialraum.present.sozialraumprofil import check_formats
from sozialraum.present.tables import guard, write_csv
from sozialraum.present.typeset import set_pdf
from sozialraum.present.word import write_docx
from sozialraum.secrecy.comparison import verify_comparison
from sozialraum.texts import date, number, say

if TYPE_CHECKING:
    from sozialraum.secrecy.comparison import Comparison

REPORT = "halbjahresbericht"
TABLES = {
    "values": "aenderungen.csv",
    "offers": "aenderungen_angebote.csv",
    "gaps": "aenderungen_luecken.csv",
    "measures": "aenderungen_massnahmen.csv",
}
_WORDS = {
    "values": write_values,
    "gaps": write_gaps,
    "measures": write_states,
}


def write_halbjahresbericht(
    comparison: Comparison,
    folder: str | Path,
    *,
    level: str | None = None,
    indicators: Sequence[str] | None = None,
    formats: Iterable[str] = ("html",),
    template: str | Path | None = None,
) -> list[Path]:
    """Write the half-yearly report, and the differences as tables for spreadsheets.

    Parameters
    ----------
    comparison : Comparison
        As `compare_editions` gives it.
    folder : path
        Made if it does not exist; the files appear together.
    level : str, optional
        The level of the maps; the last but one unless given.
    indicators : sequence of str, optional
        What is shown by area with a map; unless given the three in which most areas changed, those of
        access first.
    formats : iterable of {"html", "pdf", "docx"}
        All of them are made from one sheet, so they say the same.
    template : path, optional
        A DOCX of the office for the format ``docx``, see `write_sozialraumprofile`.

    Returns
    -------
    list of Path
        ``halbjahresbericht.html``, ``.pdf``, ``.docx`` as asked for, ``aenderungen.csv`` (every
        figure that differs or cannot be compared), ``aenderungen_angebote.csv``,
        ``aenderungen_luecken.csv``; where one of the editions has a list of measures
        ``aenderungen_massnahmen.csv``. Where none has, that of an earlier report goes.

    Raises
    ------
    SecrecyError
        The comparison or one of its editions was changed afterwards.
    UnknownNameError
        There is no such level, indicator or format.
    FileNotFoundError
        There is no such template.
    MissingPackageError
        The extra ``pdf`` or ``word`` is not installed. Nothing is written then.

    Notes
    -----
    The page stands alone: no script runs and nothing is loaded. The PDF states PDF/A-2a and PDF/UA-1.
    Maps show the difference in diverging
    colours and its figure; hatched is what cannot be compared. The tables are written as German
    spreadsheets read them (UTF-8 with BOM, semicolon, decimal comma); a text that would be taken for a
    formula begins with an apostrophe. The same editions give the same bytes.

    Examples
    --------
    >>> import tempfile
    >>> from sozialraum.demo import build_musterstadt
    >>> from sozialraum.secrecy.comparison import compare_editions
    >>> from sozialraum.secrecy.build import build_edition
    >>> edition = build_edition(build_musterstadt().atlas)
    >>> found = compare_editions(edition, edition)
    >>> [path.name for path in write_halbjahresbericht(found, tempfile.mkdtemp())][:2]
    ['halbjahresbericht.html', 'aenderungen.csv']
    """
    verify_comparison(comparison)
    kinds = check_formats(formats, template)
    levels = {one.id: one for one in comparison.new.levels}
    wanted = level or list(levels)[-2:][0]
    if wanted not in levels:
        raise UnknownNameError("level", wanted, levels)
    known = comparison.indicators
    for name in indicators or ():
        if name not in known:
            raise UnknownNameError("indicator", name, known)
    chosen = list(dict.fromkeys(indicators or ()))
    if indicators is None:
        chosen = choose_indicators(comparison, wanted)
    audience = comparison.new.audience
    measured = any(one.measures is not None for one in (comparison.old, comparison.new))
    tables = [key for key in TABLES if key != "measures" or measured]
    names = (*(f"{REPORT}.{kind}" for kind in kinds), *(TABLES[key] for key in tables))
    targets = [mark_name(Path(folder) / name, audience) for name in names]
    sheets, lists = targets[: len(kinds)], targets[len(kinds) :]
    sheet = build_report(comparison, wanted, chosen, [path.name for path in lists])
    office = comparison.new.head.get(say("head.office"), "")
    others = [(path.name, path.suffix[1:].upper()) for path in sheets if path.suffix != ".html"]
    with ExitStack() as together:
        for path in sheets:
            temporary = together.enter_context(replacing(path))
            kind = path.suffix[1:]
            if kind == "html":
                made = _render(sheet, others).encode()
            elif kind == "pdf":
                made = set_pdf(sheet, author=office)
            else:
                made = write_docx(sheet, template=template, author=office)
            temporary.write_bytes(made)
        for key, path in zip(tables, lists, strict=True):
            _write_table(comparison, key, together.enter_context(replacing(path)))
    if not measured:  # a list of an earlier report in this folder would seem to belong to this one
        mark_name(Path(folder) / TABLES["measures"], audience).unlink(missing_ok=True)
    return targets


def _render(sheet: Sheet, others: list[tuple[str, str]]) -> str:
    style = write_style(sheet.running, sheet.notice)
    return render_paper("halbjahresbericht.html.jinja", style, sheet=sheet, others=others)


def _write_table(found: Comparison, key: str, path: Path) -> None:
    table = write_offers(found) if key == "offers" else _WORDS[key](getattr(found, key))
    titles = {level.id: level.title for level in (*found.old.levels, *found.new.levels)}
    known = [found.indicators[i] for i in table[_SUBJECT[key]]] if key in _SUBJECT else []
    columns: dict[str, list[str]] = {}
    if key == "values":
        columns[say("changes.csv.title")] = [guard(one.title) for one in known]
        columns[say("changes.csv.unit")] = [guard(one.unit) for one in known]
    elif key == "gaps":
        columns[say("changes.head.gap")] = [guard(one.gap_heading) for one in known]
    for name in table.columns:
        cells = table[name].tolist()
        word = f"gap_{name}" if key == "gaps" and name in _PEOPLE else name
        if key == "values" and name in _SHOWN:
            pairs = zip(known, cells, strict=True)
            told = [
                _plain(x, one.digits) if name == "change" or not one.classes or x != x
                else guard(one.write(x)) for one, x in pairs
            ]  # fmt: skip
        elif table[name].dtype.kind == "f":
            told = [_plain(x, _DIGITS.get(name)) for x in cells]
        else:
            cells = ["" if x != x else x for x in cells]
            if name == "level":
                cells = [titles.get(x, x) for x in cells]
            elif name in ("before_day", "after_day"):
                cells = [date(x) if x else "" for x in cells]
            told = [guard(x) for x in cells]
        columns[say(f"changes.csv.{word}")] = told
    write_csv(path, list(columns), columns.values(), office=True)


_SUBJECT = {"values": "indicator", "gaps": "measure"}
_SHOWN, _PEOPLE = ("before", "after", "change"), ("people_before", "people_after")
_DIGITS = {"percent": 1, "minutes_before": 1, "minutes_after": 1, "metres": 0}


def _plain(value: float, digits: int | None = None) -> str:
    """Write a number as spreadsheets read it, with as many decimals as it has unless told."""
    if value != value:
        return ""
    text = number(value, 6 if digits is None else digits).replace(".", "").replace("−", "-")
    return text.rstrip("0").rstrip(",") if digits is None else text
