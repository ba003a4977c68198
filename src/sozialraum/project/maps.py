"""The print maps a project file asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sozialraum.errors import require
from sozialraum.model.audience import INTERNAL
from sozialraum.present.files import safe_name
from sozialraum.present.print_map import write_print_map
from sozialraum.present.ressourcenkarte import choose_start
from sozialraum.secrecy.edition import Edition


def check_maps(entries: Sequence[Mapping[str, Any]]) -> None:
    """Make sure that what the formats need is installed, before anything is measured.

    Raises
    ------
    MissingPackageError
    """
    if any(entry.get("format", "pdf") != "svg" for entry in entries):
        require("typst", extra="pdf")


def write_maps(
    edition: Edition, entries: Sequence[Mapping[str, Any]], folder: Path, start: Mapping[str, Any]
) -> int:
    """Write every ``[[print_map]]``.

    Parameters
    ----------
    edition : Edition
    entries : sequence of mapping
        As in the project file.
    folder : path
    start : mapping
        Level and indicator of the Ressourcenkarte, which hold where an entry names none.

    Returns
    -------
    int
        How many this version does not hold, since its readers do not see the indicator. Which ones is
        not told.

    Raises
    ------
    UnknownNameError
        The version that holds everything has no such level, indicator, Datenstand or category.
    """
    left_out, taken = 0, set[str]()
    for entry in entries:
        chosen = {k: v for k, v in entry.items() if k != "format"}
        for key in ("level", "indicator"):
            if key in start:
                chosen.setdefault(key, start[key])
        if edition.audience != INTERNAL and chosen.get("indicator", "") not in (
            "",
            *edition.indicators,
        ):
            left_out += 1
            continue
        level, indicator = choose_start(edition, chosen.get("level"), chosen.get("indicator"))
        parts = [indicator, level, chosen.get("datenstand", ""), chosen.get("size", "A4")]
        parts += [chosen["language"]] if chosen.get("language", "de") != "de" else []
        name = base = safe_name("_".join(filter(None, parts)))
        kind = entry.get("format", "pdf")
        for number in range(2, len(entries) + 2):
            if f"{name}.{kind}".casefold() not in taken:
                break
            name = f"{base}_{number}"
        taken.add(f"{name}.{kind}".casefold())
        write_print_map(edition, folder / f"{name}.{kind}", **chosen)
    return left_out
