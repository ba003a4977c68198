"""Two runs beside each other: read, compare, write the half-yearly report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sozialraum.errors import InputError
from sozialraum.indicators.uncertainty import measure_intervals
from sozialraum.model.check import CheckReport, Finding, find
from sozialraum.model.indicator import pick
from sozialraum.present.files import need_folder
from sozialraum.present.halbjahresbericht import write_halbjahresbericht
from sozialraum.present.sozialraumprofil import check_formats, list_installed
from sozialraum.project.published import read_published
from sozialraum.secrecy.comparison import Comparison, compare_editions
from sozialraum.secrecy.published import Published
from sozialraum.texts import date, say


def compare_folders(
    old: str | Path, new: str | Path, *, uncertain: Sequence[str] = ()
) -> Comparison:
    """Compare two editions by the folders they were written into.

    Parameters
    ----------
    old, new : path
        Folders that `run` wrote, the older one first.
    uncertain : sequence of str
        Ids of indicators behind which chance stands, such as those of a survey: where the 95 %
        intervals of both editions overlap no difference is formed (`measure_intervals`).

    Returns
    -------
    Comparison

    Raises
    ------
    InputError
        What is wrong with both folders, in one report; the order is wrong; the editions are for
        different audiences or places.
    UnknownNameError
        There is no such indicator.

    Examples
    --------
    >>> from sozialraum.errors import InputError
    >>> try:
    ...     compare_folders("alt", "neu")
    ... except InputError as error:
    ...     print(error.report.headline)
    2 Fehler, 0 Hinweise
    """
    read: list[Published] = []
    faults: list[Finding] = []
    for folder in (old, new):
        try:
            read.append(read_published(folder))
        except InputError as error:
            faults += error.report.findings
    CheckReport(tuple(faults)).raise_for_errors()
    one, other = read
    labels = {"old": Path(old).name, "new": Path(new).name}
    if one.created > other.created:
        days = {"old_day": date(one.created), "new_day": date(other.created)}
        faults.append(find("error", "compare_order", labels["old"], **labels, **days))
    if one.audience != other.audience:
        meant = {
            "old_audience": say(f"audience.{one.audience}"),
            "new_audience": say(f"audience.{other.audience}"),
        }
        faults.append(find("error", "compare_audience", labels["old"], **labels, **meant))
    CheckReport(tuple(faults)).raise_for_errors()
    intervals = None
    if uncertain:
        for name in uncertain:
            pick({**one.indicators, **other.indicators}, name)
        intervals = tuple(
            measure_intervals(e.values[e.values["indicator"].isin(uncertain)], e.indicators)
            for e in read
        )
    return compare_editions(one, other, intervals=intervals)


def compare(
    old: str | Path,
    new: str | Path,
    out: str | Path,
    *,
    level: str | None = None,
    indicators: Sequence[str] | None = None,
    uncertain: Sequence[str] = (),
    formats: Sequence[str] | None = None,
    template: str | Path | None = None,
) -> list[Path]:
    """Compare two editions and write the half-yearly report.

    Parameters
    ----------
    old, new : path
        Folders that `run` wrote, the older one first.
    out : path
        Folder for the report.
    level, indicators
        Of the maps, see `write_halbjahresbericht`.
    uncertain : sequence of str
        See `compare_folders`.
    formats : sequence of {"html", "pdf", "docx"}, optional
        Of the report; unless given those for which everything is installed.
    template : path, optional
        A DOCX of the office.

    Returns
    -------
    list of Path

    Raises
    ------
    InputError, UnknownNameError, FileNotFoundError, MissingPackageError
    NotADirectoryError
        ``out`` is a file. Nothing is written then.
    """
    need_folder(out)
    kinds = check_formats(list_installed() if formats is None else formats, template)
    found = compare_folders(old, new, uncertain=uncertain)
    return write_halbjahresbericht(
        found, out, level=level, indicators=indicators, formats=kinds, template=template
    )
