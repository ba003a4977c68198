"""What a number means and where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any, Literal

from sozialraum.errors import UnknownNameError
from sozialraum.model.check import Finding, find
from sozialraum.model.entries import check_entry, fill_entry
from sozialraum.texts import date, number, say, words

Kind = Literal["count", "rate", "ratio", "mean", "index"]
QUOTIENTS = ("rate", "ratio", "mean")
Direction = Literal["high_is_need", "low_is_need", "none"]


def name_unit(unit: str, value: float, digits: int = 0) -> str:
    """Give a unit as it is said of a value: of one in the singular.

    Examples
    --------
    >>> [name_unit("Angebote", value) for value in (0, 1, -1, 2)]
    ['Angebote', 'Angebot', 'Angebot', 'Angebote']
    >>> name_unit("Jahre", 1.0, digits=1)  # as in "1,0 Jahre"
    'Jahre'
    """
    one = not digits and number(abs(value)) == "1"
    return words("one").get(unit, unit) if one else unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """The definition of an indicator: its meaning, its aggregation, its passport.

    Attributes
    ----------
    id, title, unit : str
    kind : {"count", "rate", "ratio", "mean", "index"}
        Decides aggregation: counts add; rates, ratios and means are ``per`` · ΣZ / ΣN; an index is
        never aggregated. Of a rate the numerator is part of the denominator (children in care of
        all children); of a ratio it is not (places per child, old per young).
    per : float
        ``value = per · numerator / denominator``: 100 for percent, 1000 for "je 1.000".
    numerator, denominator : str
        In words.
    numerator_of, denominator_of : tuple of str
        Ids of the counts they are sums of; ``-id`` is subtracted. ``form_rates`` computes them.
    base : str
        Id of the count of which an age group is a part ("einwohner").
    ages, denominator_ages : tuple of float
        Half-open span of ages of the base in completed years: ``(0, 18)`` is under 18, ``(65,)`` 65
        and older; the denominator is the whole base unless given.
    supplier : str
        Who delivers it as a rule.
    gap_title : str
        What its gaps are called ("Keine Kita in 15 Minuten Fußweg"); the title unless given.
    weight : str
        Id of the count by which a value is aggregated that comes without numerator and denominator.
    classes : tuple of str
        Names of classes; the value is the class's number, 1 for the first.
    made_of : tuple of str
        Ids of the indicators an index is made of; it is withheld where one of them is.
    change_years : int
        Over how many years the change of what it is made of was taken; 0: the figures themselves.
    audience : {"oeffentlich", "nichtoeffentlich", "intern"}
        For whom its values are; an edition takes public ones alone.
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
    perturbed : bool
        Changed at random by the source to keep it secret (Cell-Key method), so that sums may differ;
        what comes from the census of 2022 is taken for such.
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
    perturbed: bool = False
    parts: tuple[str, ...] = ()
    numerator_of: tuple[str, ...] = ()
    denominator_of: tuple[str, ...] = ()
    base: str = ""
    ages: tuple[float, ...] = ()
    denominator_ages: tuple[float, ...] = ()
    weight: str = ""
    supplier: str = ""
    gap_title: str = ""
    classes: tuple[str, ...] = ()
    made_of: tuple[str, ...] = ()
    change_years: int = 0
    audience: Literal["oeffentlich", "nichtoeffentlich", "intern"] = "oeffentlich"

    @property
    def gap_heading(self) -> str:
        """What stands above its gaps."""
        return self.gap_title or self.title

    @property
    def adds_up(self) -> bool:
        """Whether parts are equal to their sum; not so where the source perturbed every number.

        Examples
        --------
        >>> Indicator(id="e", title="Einwohner", source="Zensus 2022, © Destatis").adds_up
        False
        """
        return not (self.perturbed or "zensus 2022" in self.source.casefold())

    @property
    def signed(self) -> bool:
        """Whether it is a balance, which may be negative."""
        return any(part.startswith("-") for part in self.numerator_of)

    @property
    def credit(self) -> str:
        """Whose the figures are, under which licence, and what was changed."""
        return ", ".join(filter(None, (self.source, self.licence, self.licence_url, self.changed)))

    @property
    def formula(self) -> str:
        """The formula in words.

        Examples
        --------
        >>> Indicator(id="u18", title="U18", kind="rate", per=100, numerator="Personen unter 18",
        ...           denominator="alle Personen").formula
        '100 × Personen unter 18 ÷ alle Personen'
        """
        if self.kind in QUOTIENTS and self.denominator:
            factor = "" if self.per == 1 else f"{number(self.per)} × "
            return f"{factor}{self.numerator} ÷ {self.denominator}"
        return self.numerator or self.title

    def write(self, value: float | None) -> str:
        """Write a value of this indicator without its unit, a class by its name.

        Examples
        --------
        >>> Indicator(id="k", title="Klasse", kind="index", classes=("gut", "schlecht")).write(2)
        'schlecht'
        """
        if self.classes and value is not None and value == value:
            return self.classes[int(value) - 1]
        return number(value, self.digits)

    def show(self, value: float | None) -> str:
        """Write a value of this indicator with its unit.

        Examples
        --------
        >>> Indicator(id="e", title="Einwohner", unit="Personen").show(1234)
        '1.234 Personen'
        """
        text = self.write(value)
        if value is None or value != value:
            return text
        return f"{text} {name_unit(self.unit, value, self.digits)}".strip()

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
            "perturbed": "" if self.adds_up else say("passport.cell_key"),
            "note": self.note,
        }
        return {say(f"passport.{key}"): text for key, text in entries.items() if text}


MOST_DIGITS = 10


def make_indicator(entry: dict[str, Any], label: str) -> tuple[Indicator | None, list[Finding]]:
    """Make an indicator of a TOML table, or say what is wrong with it."""
    identity = str(entry.get("id", ""))
    section = f"indicator {identity}".strip()
    found = check_entry(entry, Indicator, section, label)
    if entry.get("kind") in ("rate", "ratio") and not entry.get("denominator"):
        found.append(find("error", "key_missing", label, key="denominator", section=section))
    if found:
        return None, found
    indicator: Indicator = fill_entry(entry, Indicator)
    faults = _faults(indicator)
    found = [find("error", code, label, id=identity, **more) for code, more in faults]
    return (None, found) if found else (indicator, [])


def _faults(indicator: Indicator) -> list[tuple[str, dict[str, object]]]:
    """List what makes no sense: the code of the sentence and what fills its blanks."""
    found: list[tuple[str, dict[str, object]]] = []
    for key in ("ages", "denominator_ages"):
        ages = getattr(indicator, key)
        rising = all(a < b for a, b in pairwise((-0.5, *ages)))
        if len(ages) > 2 or not rising or not all(age < float("inf") for age in ages):
            found.append(("indicator_ages", {"key": key, "cell": list(ages)}))
        elif ages and not indicator.base:
            found.append(("indicator_base", {"key": key}))
    if not 0 < indicator.per < float("inf"):
        found.append(("indicator_per", {"cell": number(indicator.per)}))
    if not 0 <= indicator.digits <= MOST_DIGITS:
        found.append(("indicator_digits", {"cell": indicator.digits, "most": MOST_DIGITS}))
    return found


# What an id means everywhere; who means something else takes another id.
MEANING = (
    "kind", "per", "unit", "denominator", "base", "ages", "denominator_ages", "numerator_of",
    "denominator_of",
)  # fmt: skip


# What must not change in a definition for two values of it to mean the same.
_COMPARED = ("numerator", *MEANING, "classes", "made_of", "change_years")


def say_differences(one: Indicator, other: Indicator) -> str:
    """Say in what two definitions of an indicator differ; empty where they mean the same.

    Examples
    --------
    >>> old = Indicator(id="k", title="Kinder", ages=(0, 6), base="einwohner")
    >>> say_differences(old, Indicator(id="k", title="Kinder", ages=(0, 7), base="einwohner"))
    'verschiedene Definitionen (Alter)'
    """
    changed = [f for f in _COMPARED if getattr(one, f) != getattr(other, f)]
    words = ", ".join(dict.fromkeys(say(f"compare.field.{f}") for f in changed))
    return say("compare.definition", fields=words) if changed else ""


def inherit(
    entry: dict[str, Any],
    common: Mapping[str, Any],
    catalogue: Mapping[str, Indicator],
    label: str,
) -> tuple[dict[str, Any], list[Finding]]:
    """Complete a TOML table by what is common to its file and by the catalogue's definition of its id.

    What the catalogue means by an id stands above what is common to the file; a table that says
    otherwise itself is a finding.
    """
    known = catalogue.get(str(entry.get("id", "")))
    if known is None:
        return {**common, **entry}, []
    found = []
    for key in MEANING:
        meant = getattr(known, key)
        said = entry.get(key, meant)
        if (tuple(said) if isinstance(said, list) else said) != meant:
            found.append(
                find(
                    "error",
                    "indicator_meaning",
                    label,
                    id=known.id,
                    key=key,
                    said=said,
                    meant=meant,
                )
            )
    meant = {f.name: getattr(known, f.name) for f in fields(Indicator)}
    habits = {key: value for key, value in common.items() if key not in MEANING}
    return {**meant, **habits, **entry}, found


def pick(indicators: Mapping[str, Indicator], name: str) -> Indicator:
    """Give the definition of an id or offer the nearest spelling."""
    if name not in indicators:
        raise UnknownNameError("indicator", name, indicators)
    return indicators[name]
