"""What a number means and where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

from sozialraum.errors import UnknownNameError
from sozialraum.model.check import Finding, find
from sozialraum.texts import date, number, say

Kind = Literal["count", "rate", "mean", "index"]
Direction = Literal["high_is_need", "low_is_need", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """The definition of an indicator: its meaning, its aggregation, its passport.

    Attributes
    ----------
    id, title, unit : str
    kind : {"count", "rate", "mean", "index"}
        Decides aggregation: counts add; rates and means are ``per`` · ΣZ / ΣN; an index is never
        aggregated.
    per : float
        ``value = per · numerator / denominator``: 100 for percent, 1000 for "je 1.000".
    numerator, denominator : str
        In words.
    direction : {"high_is_need", "low_is_need", "none"}
    protects : {"persons", "none"}
        Whether the counts behind it are persons or cases, which secrecy protects.
    source, licence, licence_url, changed : str
        ``changed`` says what was changed, as dl-de/by-2-0 demands.
    datenstand, gebietsstand, owner, note, theme : str
    digits : int
        Decimals shown.
    practice, derived : bool
        Invented for practice; computed from other data.
    parts : tuple of str
        Indicators whose counts add up to this one (age groups of a total).
    """

    id: str
    title: str
    unit: str = ""
    kind: Kind = "count"
    per: float = 1.0
    numerator: str = ""
    denominator: str = ""
    direction: Direction = "none"
    protects: Literal["persons", "none"] = "persons"
    source: str = ""
    licence: str = ""
    licence_url: str = ""
    changed: str = ""
    datenstand: str = ""
    gebietsstand: str = ""
    owner: str = ""
    note: str = ""
    theme: str = ""
    digits: int = 0
    practice: bool = False
    derived: bool = False
    parts: tuple[str, ...] = ()

    @property
    def formula(self) -> str:
        """The formula in words.

        Examples
        --------
        >>> Indicator(id="u18", title="U18", kind="rate", per=100, numerator="Personen unter 18",
        ...           denominator="alle Personen").formula
        '100 × Personen unter 18 ÷ alle Personen'
        """
        if self.kind in ("rate", "mean") and self.denominator:
            factor = "" if self.per == 1 else f"{number(self.per)} × "
            return f"{factor}{self.numerator} ÷ {self.denominator}"
        return self.numerator or self.title

    def show(self, value: float | None) -> str:
        """Write a value of this indicator with its unit.

        Examples
        --------
        >>> Indicator(id="e", title="Einwohner", unit="Personen").show(1234)
        '1.234 Personen'
        """
        text = number(value, self.digits)
        return text if value is None or value != value else f"{text} {self.unit}".strip()

    def passport(self) -> dict[str, str]:
        """Give what must stand beside every number of this indicator, in German, in order."""
        kind = say("quality.practice") if self.practice else ""
        kind = kind or (say("quality.derived") if self.derived else "")
        entries = {
            "title": self.title,
            "unit": self.unit,
            "formula": self.formula,
            "source": self.source or say("number.missing"),
            "licence": " ".join(filter(None, (self.licence, self.licence_url))),
            "changed": self.changed,
            "datenstand": date(self.datenstand) if self.datenstand else "",
            "gebietsstand": date(self.gebietsstand) if self.gebietsstand else "",
            "owner": self.owner,
            "quality": kind,
            "note": self.note,
        }
        return {say(f"passport.{key}"): text for key, text in entries.items() if text}


_FIELDS = {f.name for f in fields(Indicator)}
_KINDS = ("count", "rate", "mean", "index")


def make_indicator(entry: dict[str, Any], label: str) -> tuple[Indicator | None, list[Finding]]:
    """Make an indicator of a TOML table, or say what is wrong with it."""
    identity = str(entry.get("id", ""))
    found = [
        find(
            "error", "indicator_key", label, id=identity, key=key, known=", ".join(sorted(_FIELDS))
        )
        for key in entry
        if key not in _FIELDS
    ]
    for key in ("id", "title"):
        if not str(entry.get(key, "")).strip():
            found.append(find("error", "indicator_lacks", label, id=identity, key=key))
    if entry.get("kind", "count") not in _KINDS:
        found.append(
            find(
                "error",
                "indicator_kind",
                label,
                id=identity,
                kind=entry["kind"],
                known=", ".join(_KINDS),
            )
        )
    if entry.get("kind") == "rate" and not entry.get("denominator"):
        found.append(find("error", "indicator_lacks", label, id=identity, key="denominator"))
    if found:
        return None, found
    entry = {k: tuple(v) if isinstance(v, list) else v for k, v in entry.items()}
    return Indicator(**entry), []


def pick(indicators: Mapping[str, Indicator], name: str) -> Indicator:
    """Give the definition of an id or offer the nearest spelling."""
    if name not in indicators:
        raise UnknownNameError("indicator", name, indicators)
    return indicators[name]
