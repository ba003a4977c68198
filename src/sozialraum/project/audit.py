"""Attack a published table that lies in a file."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pandas as pd

from sozialraum.errors import InputError
from sozialraum.model.check import CheckReport, find
from sozialraum.read.files import load_raw
from sozialraum.secrecy.audit import audit_table

_KNOWN = ("keys", "count", "total", "minimum", "hierarchy")
_GERMAN = r"^-?\d{1,3}(?:\.\d{3})+$"


def audit(path: str | Path, structure: str | Path) -> CheckReport:
    """Compute which withheld counts of a published table follow from the rest.

    Parameters
    ----------
    path : path
        CSV or workbook, one row per count. What is not a number is withheld; "–" is 0.
    structure : path
        TOML: ``keys``, ``count``, ``total``, ``minimum`` and tables ``[[hierarchy]]``, as
        `sozialraum.secrecy.audit.audit_table` takes them.

    Returns
    -------
    CheckReport

    Raises
    ------
    InputError
        A file cannot be read or the description is incomplete.
    """
    path, structure = Path(path), Path(structure)
    raw = load_raw(path)
    CheckReport(raw.findings).raise_for_errors()
    try:
        said: dict[str, Any] = tomllib.loads(structure.read_text(encoding="utf-8-sig"))
    except OSError:
        missing = find("error", "missing_file", structure.name, path=structure.name)
        raise InputError(CheckReport((missing,))) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        bad = find("error", "bad_toml", structure.name, reason=str(error))
        raise InputError(CheckReport((bad,))) from None
    wrong = not said.get("keys") or not said.get("count") or set(said) - set(_KNOWN)
    if wrong or any({"column", "parent"} != set(h) for h in said.get("hierarchy", [])):
        bad = find("error", "audit_keys", structure.name, known=", ".join(_KNOWN))
        raise InputError(CheckReport((bad,)))
    # Reading adds file and row; columns of the table itself that are called so stand beside them.
    table = raw.table.drop(columns=["file", "row"])
    table = table.rename(columns={"file (2)": "file", "row (2)": "row"})
    if said["count"] in table:
        text = table[said["count"]].astype("str").str.strip().replace({"–": "0", "-": "0"})
        thousands = text.str.fullmatch(_GERMAN, na=False)
        text = text.where(~thousands, text.str.replace(".", ""))
        table = table.assign(
            **{said["count"]: pd.to_numeric(text.str.replace(",", "."), errors="coerce")}
        )
    return audit_table(
        table.reset_index(drop=True),
        keys=said["keys"],
        count=said["count"],
        total=str(said.get("total", "")),
        hierarchies=said.get("hierarchy", []),
        minimum=int(said.get("minimum", 0)),
        label=path.name,
    )
