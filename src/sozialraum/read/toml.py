"""A TOML file with tables of one kind, such as definitions or recipes."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from sozialraum.model.check import Finding, find


def blame_toml(error: ValueError, label: str) -> Finding:
    """Make the finding of a file that is no TOML: where the reader stumbled, and what it said.

    Examples
    --------
    >>> blame_toml(ValueError("Invalid value (at line 3, column 8)"), "merkmale.toml").row
    3
    """
    reason, _, place = str(error).partition(" (at line ")
    line = place.partition(",")[0]
    return find("error", "bad_toml", label, reason=reason, row=int(line) if line else None)


def load_tables(
    path: Path, name: str, *, common: bool = False
) -> tuple[list[dict[str, Any]], dict[str, Any], tuple[Finding, ...]]:
    """Read the tables ``[[name]]`` of a TOML file; nothing else may stand in it.

    Parameters
    ----------
    path : Path
    name : str
    common : bool, default False
        Whether a section ``[common]`` is allowed too.

    Returns
    -------
    tables : list of dict
    common : dict
    findings : tuple of Finding
        Errors; what has one is left out.
    """
    label = path.name
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (FileNotFoundError, IsADirectoryError):
        return [], {}, (find("error", "missing_file", label, path=str(path)),)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return [], {}, (blame_toml(error, label),)
    known = {name, "common"} if common else {name}
    found = [
        find("error", "unknown_key", label, key=key, section=label, hint=f"[[{name}]]")
        for key in content
        if key not in known
    ]
    tables, shared = content.get(name), content.get("common", {})
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        found.append(find("error", "not_a_list", label, key=name))
        tables = []
    if not isinstance(shared, dict):
        found.append(find("error", "not_a_section", label, key="common"))
        shared = {}
    return tables, shared, tuple(found)
