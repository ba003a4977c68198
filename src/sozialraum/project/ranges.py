"""What a project file says of the right type and yet cannot mean: days, numbers, names of levels."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from typing import Any

from sozialraum.access.cells import SMALLEST_M
from sozialraum.model.areas import WHOLE
from sozialraum.model.check import Finding, find
from sozialraum.present.sozialraumprofil import FORMATS
from sozialraum.texts import number

_DAYS = {"project": ("redaktionsschluss",), "head": ("date",)}
_LEAST: dict[str, dict[str, float]] = {
    "streets": {"speed_kmh": 0.1},
    "straight_line": {"speed_kmh": 0.1, "detour": 1},
    "coverage": {"limit_min": 0.1, "min_people": 0},
    "uncertainty": {"minimum": 0},
    "level": {"prefix": 1},
    "print_map": {"dpi": 72},
    "ressourcenkarte": {"cells_m": SMALLEST_M},
}
_FORMATS = {"profiles": ("formats",)}
_LEVELS = {"ressourcenkarte": ("level",), "profiles": ("levels",), "print_map": ("level",)}


def check_ranges(sections: dict[str, Any], label: str) -> list[Finding]:
    """Find days that are none, numbers out of range, names and widths that do not exist.

    Parameters
    ----------
    sections : dict
        As in the file; entries of a wrong type are passed over, they are findings already.
    label : str
        What findings call the file.

    Returns
    -------
    list of Finding

    Examples
    --------
    >>> sections = {"level": [{"id": "quartier"}], "uncertainty": {"minimum": -5},
    ...             "project": {"redaktionsschluss": "gestern"}, "profiles": {"levels": ["quartir"]}}
    >>> for finding in check_ranges(sections, "s.toml"): print(finding)
    Fehler – s.toml, Spalte „project: redaktionsschluss“: „gestern“ ist kein Tag. Erwartet wird JJJJ-MM-TT, zum Beispiel 2024-12-31.
    Fehler – s.toml, Spalte „uncertainty: minimum“: -5 ist nicht brauchbar. Erwartet wird eine Zahl ab 0.
    Fehler – s.toml, Spalte „profiles: levels“: „quartir“ wird nicht verstanden. Möglich sind: gesamt, quartier.
    """  # noqa: E501
    found = []
    for section, key, value in _said(sections, _DAYS):
        if isinstance(value, str) and value and not _is_day(value):
            found.append(find("error", "not_a_day", label, column=f"{section}: {key}", cell=value))
    for section, key, value in _said(sections, _LEAST):
        least = _LEAST[section][key]
        plain = isinstance(value, int | float) and not isinstance(value, bool)
        if plain and not least <= value < math.inf:
            found.append(
                find(
                    "error", "out_of_range", label, column=f"{section}: {key}",
                    cell=f"{value:g}", least=number(least, 1 if least % 1 else 0),
                )
            )  # fmt: skip
    for entry in _entries(sections.get("ressourcenkarte")):
        if entry.get("cells_offers") and "cells_m" not in entry:
            found.append(
                find("error", "key_missing", label, key="cells_m", section="ressourcenkarte")
            )
    levels = [WHOLE, *(str(e.get("id")) for e in _entries(sections.get("level")))]
    for keys, known in ((_LEVELS, levels), (_FORMATS, FORMATS)):
        for section, key, value in _said(sections, keys):
            for name in value if isinstance(value, list) else [value]:
                if name not in known:
                    found.append(
                        find(
                            "error", "not_a_choice", label, column=f"{section}: {key}", cell=name,
                            choices=", ".join(known),
                        )
                    )  # fmt: skip
    return found


def _said(sections: dict[str, Any], keys: Any) -> Iterator[tuple[str, str, Any]]:
    """Give what every entry of these sections says under these keys."""
    for section, names in keys.items():
        for entry in _entries(sections.get(section)):
            yield from ((section, name, entry[name]) for name in names if name in entry)


def _entries(content: Any) -> list[dict[str, Any]]:
    entries = content if isinstance(content, list) else [content]
    return [entry for entry in entries if isinstance(entry, dict)]


def _is_day(text: str) -> bool:
    try:
        return len(text) == 10 and bool(dt.date.fromisoformat(text))
    except ValueError:
        return False
