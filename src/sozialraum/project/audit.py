"""Attack published tables that lie in files."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sozialraum.errors import InputError
from sozialraum.model.check import CheckReport, find
from sozialraum.read.files import load_raw
from sozialraum.read.toml import blame_toml
from sozialraum.secrecy.audit import audit_cells, check_columns

_KNOWN = (
    "keys", "count", "numerator", "denominator", "value", "per", "total", "minimum", "rounding",
    "withheld", "single", "hierarchy", "table",
)  # fmt: skip
_TABLE = {"file", "columns", "set"}
_NUMBER = r"-?\d{1,3}(?:\.\d{3})+(?:,\d+)?|-?\d+(?:[.,]\d+)?"
_FEWER = r"(?:<|unter|weniger als|fewer than)\s*(\d+)"
_AT_MOST = r"(?:≤|<=|höchstens|bis)\s*(\d+)"
_FROM_TO = r"(\d+)\s*(?:[-–—]|bis|to)\s*(\d+)"


def audit(path: str | Path, structure: str | Path) -> CheckReport:
    """Compute which withheld counts of published tables follow from the rest.

    Parameters
    ----------
    path : path
        CSV or workbook, one row per count or rate. What is not a number is withheld; "–" is 0; "<5" and
        "1 bis 4" are ranges.
    structure : path
        TOML: ``keys``; ``count``, or ``numerator`` and ``denominator`` (with ``value`` and ``per``, if
        rates are printed); ``total``, ``minimum``; ``rounding``, the base printed counts are rounded to;
        ``withheld``, the signs that stand for withheld counts, if not all do; ``single``, see
        `audit_cells`; ``[[hierarchy]]``; and ``[[table]]`` for further files that share keys: ``file``
        beside the structure, ``columns`` that are called otherwise, ``set`` for keys that are the same
        throughout (a year). A key a table does not have is its total.

    Returns
    -------
    CheckReport

    Raises
    ------
    InputError
        A file cannot be read or the description is incomplete.
    """
    path, structure = Path(path), Path(structure)
    said = _read_structure(structure)
    told = {entry["file"]: entry for entry in said.get("table", [])}
    first = told.pop(path.name, {})
    tables = [(path, first)] + [(structure.parent / file, e) for file, e in told.items()]
    named = [said[c] for c in ("count", "numerator", "denominator") if c in said]
    keys = [str(key) for key in said["keys"]]
    cells, ratios = [], []
    report = CheckReport()
    for file, entry in tables:
        table = _read_table(file, entry)
        lacking = {key: said["total"] for key in keys if key not in table and "total" in said}
        if len(tables) > 1:
            table = table.assign(**lacking)
        report += check_columns(table, [*keys, *named], keys, said.get("hierarchy", []), file.name)
        if not report.ok:
            continue
        rows = np.arange(len(table)) + 2
        for role, key in (("", "count"), ("Z", "numerator"), ("N", "denominator")):
            if key in said:
                limits = read_limits(
                    table[said[key]],
                    withheld=said.get("withheld"),
                    rounding=said.get("rounding", 0),
                )
                cells.append(
                    table[keys].assign(
                        _role=role, **limits, _label=file.name, _row=rows, _column=said[key]
                    )
                )
        if "value" in said and said["value"] in table:
            ratios.append(
                table[keys].assign(**_limit_rate(table[said["value"]], said.get("per", 100)))
            )
    if not report.ok:
        return report
    return audit_cells(
        pd.concat(cells, ignore_index=True),
        keys=keys,
        total=str(said.get("total", "")),
        hierarchies=said.get("hierarchy", []),
        minimum=int(said.get("minimum", 0)),
        single=bool(said.get("single", False)),
        shares="numerator" in said and said.get("per", 100) == 100,
        ratios=pd.concat(ratios, ignore_index=True).dropna() if ratios else None,
        label=", ".join(file.name for file, _ in tables),
    )


def read_limits(
    text: pd.Series, *, withheld: list[str] | None = None, rounding: float = 0
) -> dict[str, Any]:
    """Read what printed cells say of counts.

    Parameters
    ----------
    text : Series
        Cells as they are printed.
    withheld : list of str, optional
        Signs that stand for withheld counts; everything that is not a number unless given.
    rounding : float
        Base to which printed counts are rounded.

    Returns
    -------
    dict
        ``_low``, ``_high``: limits of the count; ``_secret``: whether it is withheld.

    Examples
    --------
    >>> told = read_limits(pd.Series(["1.016", "–", ".", "<5", "1 bis 4"]))
    >>> told["_low"].tolist(), told["_high"].tolist()
    ([1016.0, 0.0, 0.0, 0.0, 1.0], [1016.0, 0.0, inf, 4.0, 4.0])
    """
    text = text.astype("str").str.strip().replace({"–": "0", "-": "0"})
    amount = _read_numbers(text)
    printed = amount.notna()
    low, high = amount.fillna(0.0), amount.fillna(np.inf)
    if rounding:
        low = low.where(~printed, np.ceil((low - rounding / 2).clip(lower=0)))
        high = high.where(~printed, np.floor(high + rounding / 2))
    fewer = text.str.extract(f"^{_FEWER}$")[0].astype(float) - 1
    most = fewer.fillna(text.str.extract(f"^{_AT_MOST}$")[0].astype(float))
    span = text.str.extract(f"^{_FROM_TO}$").astype(float)
    low = low.where(span[0].isna(), span[0])
    high = high.where(most.isna(), most).where(span[1].isna(), span[1])
    secret = (low < high) & (text.isin(withheld) if withheld else True)
    return {
        "_low": low.to_numpy(),
        "_high": high.to_numpy(),
        "_secret": secret.to_numpy(dtype=bool),
    }


def _read_numbers(text: pd.Series) -> pd.Series:
    """Read German and plain numbers; a dot before three digits separates thousands."""
    german = text.str.fullmatch(_NUMBER, na=False)
    plain = text.where(
        ~text.str.contains(",|" + r"\.\d{3}(?:\D|$)", na=False), text.str.replace(".", "")
    )
    return pd.to_numeric(plain.where(german).str.replace(",", "."), errors="coerce")


def _limit_rate(text: pd.Series, per: float) -> dict[str, Any]:
    """Limit Z / N by a printed rate: half of its last decimal to either side."""
    text = text.astype("str").str.replace("%", "").str.strip()
    rate = _read_numbers(text)
    decimals = text.str.extract(r"[.,](\d{1,2}|\d{4,})$")[0].str.len().fillna(0)
    half = 0.5 * 10.0**-decimals
    return {"_least": (rate - half) / per, "_most": (rate + half) / per}


def _read_structure(structure: Path) -> dict[str, Any]:
    try:
        said: dict[str, Any] = tomllib.loads(structure.read_text(encoding="utf-8-sig"))
    except OSError:
        missing = find("error", "missing_file", structure.name, path=structure.name)
        raise InputError(CheckReport((missing,))) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        bad = blame_toml(error, structure.name)
        raise InputError(CheckReport((bad,))) from None
    rates = {"numerator", "denominator"} <= set(said)
    wrong = not said.get("keys") or not (said.get("count") or rates) or set(said) - set(_KNOWN)
    odd = any({"column", "parent"} != set(h) for h in said.get("hierarchy", []))
    if wrong or odd or any("file" not in t or set(t) - _TABLE for t in said.get("table", [])):
        bad = find("error", "audit_keys", structure.name, known=", ".join(_KNOWN))
        raise InputError(CheckReport((bad,)))
    return said


def _read_table(path: Path, entry: dict[str, Any]) -> pd.DataFrame:
    raw = load_raw(path)
    CheckReport(raw.findings).raise_for_errors()
    # Reading adds file and row; columns of the table itself that are called so stand beside them.
    table = raw.table.drop(columns=["file", "row"])
    table = table.rename(columns={"file (2)": "file", "row (2)": "row"})
    table = table.rename(columns=entry.get("columns", {}))
    return table.assign(**{k: str(v) for k, v in entry.get("set", {}).items()}).reset_index(
        drop=True
    )
