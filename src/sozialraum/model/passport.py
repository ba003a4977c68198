"""The passport of one number: what it is, what it is made of, what was done to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from sozialraum.errors import UnknownNameError
from sozialraum.model.indicator import Indicator
from sozialraum.model.steps import say_steps
from sozialraum.texts import date, number, say, words

WITHHELD = "."


def passport(
    values: pd.DataFrame,
    area: str,
    indicator: str | Indicator,
    datenstand: str | None = None,
    *,
    level: str | None = None,
    indicators: Mapping[str, Indicator] | None = None,
) -> dict[str, str]:
    """Give everything that must stand beside one number.

    Parameters
    ----------
    values : DataFrame
        Rows of the values table.
    area : str
        Id of an area.
    indicator : str or Indicator
    datenstand : str, optional
        ISO; the newest unless given.
    level : str, optional
        Needed where areas of several levels share an id; otherwise the row that stands last counts.
    indicators : mapping of str to Indicator, optional
        Definitions (``atlas.indicators``) where ``indicator`` is an id. Without a definition the
        passport says "keine Angabe" for title and source.

    Returns
    -------
    dict of str to str
        German words and what they say, in the order of reading: value, numerator, denominator,
        formula, unit, source, licence, Datenstand, Gebietsstand, quality, every step taken.

    Raises
    ------
    UnknownNameError
        The area, the indicator or the day has no row.

    Examples
    --------
    >>> values = pd.DataFrame({"area": ["1"], "level": "quartier", "indicator": "q",
    ...     "datenstand": "2024-12-31", "gebietsstand": "2024", "value": [14.0],
    ...     "numerator": [14.0], "denominator": [100.0], "quality": "exact", "sign": "",
    ...     "steps": "aggregated:2"})
    >>> share = Indicator(id="q", title="Quote", unit="%", kind="rate", per=100,
    ...     numerator="Kinder in Betreuung", denominator="alle Kinder", source="Jugendamt")
    >>> for word, text in passport(values, "1", share).items(): print(f"{word}: {text}")
    Wert: 14 %
    Zähler: 14 (Kinder in Betreuung)
    Nenner: 100 (alle Kinder)
    Merkmal: Quote
    Einheit: %
    Formel: 100 × Kinder in Betreuung ÷ alle Kinder
    Quelle: Jugendamt
    Datenstand: 31.12.2024
    Gebietsstand: 2024
    Art der Angabe: wie von der Quelle gegeben
    Schritte: zusammengefasst aus 2 Teilgebieten
    """
    name = indicator.id if isinstance(indicator, Indicator) else indicator
    definition = indicator if isinstance(indicator, Indicator) else (indicators or {}).get(name)
    if definition is None:
        definition = Indicator(id=name, title=name)
    rows = _rows_of(values, "indicator", name)
    if level is not None:
        rows = _rows_of(rows, "level", level)
    rows = _rows_of(rows, "area", area)
    rows = _rows_of(rows, "datenstand", datenstand or str(rows["datenstand"].max()))
    return write_passport(rows.iloc[-1], definition)


def write_passport(row: Mapping[str, Any], definition: Indicator) -> dict[str, str]:
    """Write the passport of one row of the values table."""
    shown = {
        "value": definition.show(row["value"]),
        "numerator": _part(row["numerator"], definition.numerator),
        "denominator": _part(row["denominator"], definition.denominator),
    }
    if definition.kind == "count":
        shown = {"value": shown["value"]}
    sign = row["sign"] if isinstance(row["sign"], str) else ""
    if sign == WITHHELD:
        shown = dict.fromkeys((k for k, text in shown.items() if text), words("sign")[sign])
    elif sign == "()":
        shown["value"] = f"({shown['value']})"
    elif sign and pd.isna(row["value"]):
        shown["value"] = f"{sign} ({words('sign').get(sign, sign)})"
    quality = str(row["quality"])
    entries = {say(f"passport.{key}"): text for key, text in shown.items() if text}
    entries |= definition.passport()
    entries[say("passport.datenstand")] = date(row["datenstand"])
    entries[say("passport.gebietsstand")] = date(row["gebietsstand"])
    entries[say("passport.quality")] = words("quality").get(quality, quality)
    done = say_steps(row.get("steps", ""))
    if sign == WITHHELD:
        done.append(say("step.withheld"))
    if done:
        entries[say("passport.steps")] = "; ".join(done)
    return entries


def _part(amount: float, name: str) -> str:
    if pd.isna(amount):
        return ""
    shown = number(amount, 0 if float(amount).is_integer() else 1)
    return f"{shown} ({name})" if name else shown


def _rows_of(values: pd.DataFrame, column: str, name: str) -> pd.DataFrame:
    rows = values[values[column] == name]
    if rows.empty:
        raise UnknownNameError(column, name, values[column].dropna().unique())
    return rows
