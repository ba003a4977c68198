"""A TOML file with tables of one kind, such as definitions or recipes."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from sozialraum.model.check import Finding, find


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
        return [], {}, (find("error", "bad_toml", label, reason=str(error)),)
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
