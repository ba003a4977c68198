"""The rules by which numbers are withheld, and for whom what is left is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal

from sozialraum.model.audience import AUDIENCES
from sozialraum.model.check import CheckReport, Finding, find
from sozialraum.model.entries import check_entry, fill_entry
from sozialraum.texts import number, say


@dataclass(frozen=True, slots=True, kw_only=True)
class Dominance:
    """The (n, p) rule: a count is unsafe if its n largest contributors make up p % of it or more.

    Attributes
    ----------
    largest : int
        n; usual are 1 and 2.
    share : float
        p in percent, from 1 to 100.
    """

    largest: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """What an audience sees of offers beside the columns meant for it.

    Attributes
    ----------
    fields : tuple of str
        Columns shown besides.
    without : tuple of str
        Columns left out.
    """

    fields: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Secrecy:
    """What may be published, for an edition and for single indicators.

    Attributes
    ----------
    minimum : int
        k: counts n of persons or cases with 0 < n < k are withheld. 3 is the rule of the Federal
        Employment Agency, 5 or 10 are usual in municipal reports; the office decides. 0 or 1
        withholds none for being small.
    interval : int
        Whatever a reader computes, a count withheld by a rule stays uncertain within a range at
        least this wide (upper − lower); 0: as wide as k.
    dominance : Dominance, optional
        Needs to know the contributors, see `build_edition`. So does
    providers : int
        Numbers to which fewer contributors gave something are withheld.
    zeros : bool
        Withhold zeros of persons too (nobody of a group is known by it).
    all_in_one : bool
        Withhold a rate whose numerator is its denominator, and a part that is all of its total.
    large : {"last", "first"}
        Whether large or small counts are spared, where others must be withheld to protect one.
    rounding : {0, 3, 5, 10}
        Round every count of persons to multiples of this base instead of withholding, see
        `round_values`; at least as large as k. 0: withhold.
    indicators : mapping of str to mapping
        Other rules for single indicators: any of the above except ``large`` and ``rounding``.
    audiences : mapping of str to mapping
        For audiences: ``fields``, columns of offers they see besides, ``without``, what they do not.

    Raises
    ------
    InputError
        A rule that cannot be meant; all at once.

    Examples
    --------
    >>> rules = Secrecy(minimum=3, indicators={"befragung": {"minimum": 10, "zeros": True}})
    >>> rules.of("befragung").minimum, rules.of("einwohner").minimum, rules.of("befragung").width
    (10, 3, 10.0)
    """

    minimum: int = 5
    interval: int = 0
    dominance: Dominance | None = None
    providers: int = 0
    zeros: bool = False
    all_in_one: bool = False
    large: Literal["last", "first"] = "last"
    rounding: int = 0
    indicators: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    audiences: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse rules that cannot be meant."""
        entry = {f.name: getattr(self, f.name) for f in fields(self)}
        if isinstance(self.dominance, Dominance):
            entry["dominance"] = _plain(self.dominance)
        CheckReport(tuple(check_rules(entry, "Secrecy"))).raise_for_errors()
        if isinstance(self.dominance, Mapping):
            object.__setattr__(
                self, "dominance", _filled({"dominance": self.dominance})["dominance"]
            )

    def of(self, indicator: str) -> Secrecy:
        """Give the rules that hold for an indicator."""
        own = self.indicators.get(indicator)
        return replace(self, indicators={}, **_filled(own)) if own else self

    def fields_of(self, audience: str) -> Fields:
        """Give what an audience sees of offers besides, and what it does not."""
        made: Fields = fill_entry(self.audiences.get(audience, {}), Fields)
        return made

    @property
    def width(self) -> float:
        """How uncertain a count withheld by a rule must stay; at least it must not follow exactly."""
        return float(max(self.interval or self.minimum, 1))

    @property
    def highest(self) -> int:
        """The highest minimum of all indicators."""
        return max([self.minimum, *(self.of(name).minimum for name in self.indicators)])

    @property
    def by_contributors(self) -> bool:
        """Whether a rule asks who contributed."""
        return self.dominance is not None or self.providers > 0

    @property
    def active(self) -> bool:
        """Whether anything is withheld at all."""
        return (
            bool(self.rounding)
            or self._acts
            or any(self.of(name)._acts for name in self.indicators)
        )

    @property
    def _acts(self) -> bool:
        return self.minimum > 1 or self.zeros or self.all_in_one or self.by_contributors

    @property
    def sentences(self) -> tuple[str, ...]:
        """The rules in words: the edition's first, then those of single indicators."""
        return self.list_sentences({})

    def list_sentences(self, titles: Mapping[str, str]) -> tuple[str, ...]:
        """Write the rules in words, with the titles of indicators in place of their ids."""
        if self.rounding:
            return (say("secrecy.rounding", base=self.rounding),)
        others = [
            say(
                "secrecy.own",
                indicator=titles.get(name, name),
                rules=" ".join(self.of(name)._words()),
            )
            for name in self.indicators
        ]
        return (*self._words(), *others)

    @property
    def sentence(self) -> str:
        """The rules as they stand in every output."""
        return " ".join(self.sentences) if self.active else say("secrecy.off")

    def _words(self) -> list[str]:
        said = []
        if self.minimum > 1:
            said.append(say("secrecy.rule", minimum=self.minimum))
        if self.interval and self.interval != self.minimum:
            said.append(say("secrecy.interval", interval=self.interval))
        if self.zeros:
            said.append(say("secrecy.zeros"))
        if self.all_in_one:
            said.append(say("secrecy.all_in_one"))
        if self.dominance:
            share = number(self.dominance.share, 0 if self.dominance.share % 1 == 0 else 1)
            key = "secrecy.dominance" if self.dominance.largest > 1 else "secrecy.dominance_one"
            said.append(say(key, largest=self.dominance.largest, share=share))
        if self.providers:
            said.append(say("secrecy.providers", providers=self.providers))
        return said or [say("secrecy.off")]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Own:
    """The keys of ``[secrecy.indicators.<id>]``."""

    minimum: int = 0
    interval: int = 0
    dominance: dict[str, Any] = field(default_factory=dict)
    providers: int = 0
    zeros: bool = False
    all_in_one: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _All(_Own):
    """The keys of ``[secrecy]``."""

    large: Literal["last", "first"] = "last"
    rounding: int = 0
    indicators: dict[str, Any] = field(default_factory=dict)
    audiences: dict[str, Any] = field(default_factory=dict)


BASES = (3, 5, 10)
# Key, least and most that can be meant.
_RANGES = {
    "minimum": (0, 1e6), "interval": (0, 1e9), "providers": (0, 1e6), "largest": (1, 1e6),
    "share": (1, 100),
}  # fmt: skip


def check_rules(entry: Mapping[str, Any], label: str) -> list[Finding]:
    """Find what is wrong with rules as a project file gives them.

    Parameters
    ----------
    entry : mapping
        ``[secrecy]``.
    label : str
        What findings call the file.

    Returns
    -------
    list of Finding
        Unknown keys, wrong types, numbers that cannot be meant. Whether the indicators exist is
        not known here.

    Examples
    --------
    >>> entry = {"minimum": "fünf", "dominance": {"largest": 0, "share": 85},
    ...          "indicators": {"u6": {"zeroes": True}}}
    >>> for finding in check_rules(entry, "s.toml"): print(finding.text)
    Im Abschnitt „secrecy“ hat „minimum“ den Wert „fünf“. Erwartet wird: ganze Zahl.
    0 ist nicht brauchbar. Erwartet wird eine Zahl von 1 bis 1.000.000.
    Im Abschnitt „secrecy.indicators.u6“ gibt es „zeroes“ nicht. Gemeint sein könnte: zeros.
    """
    found = _check(entry, _All, "secrecy", label)
    found += _check_rounding(entry, label)
    for name, own in _tables(entry, "indicators", found, label):
        found += _check(own, _Own, f"secrecy.indicators.{name}", label)
    for name, seen in _tables(entry, "audiences", found, label):
        section = f"secrecy.audiences.{name}"
        if name not in AUDIENCES:
            found.append(
                find("error", "not_a_choice", label, column="secrecy.audiences", cell=name,
                     choices=", ".join(AUDIENCES))
            )  # fmt: skip
        found += check_entry(seen, Fields, section, label)
    return found


def _check_rounding(entry: Mapping[str, Any], label: str) -> list[Finding]:
    """Find what rounding cannot do: other bases, a base below a minimum, rules on contributors."""
    base = entry.get("rounding", 0)
    if base == 0 or not isinstance(base, int):
        return []
    if base not in BASES:
        choices = ", ".join(map(str, (0, *BASES)))
        return [
            find(
                "error",
                "not_a_choice",
                label,
                column="secrecy.rounding",
                cell=base,
                choices=choices,
            )
        ]
    own = (entry.get("indicators") or {}).values()
    every = [entry, *(rules for rules in own if isinstance(rules, Mapping))]
    minima = [rules.get("minimum", 0) for rules in every]
    minima += [] if "minimum" in entry else [Secrecy.__dataclass_fields__["minimum"].default]
    highest = max((k for k in minima if isinstance(k, int)), default=0)
    found = []
    if highest > base:
        found.append(find("error", "rounding_below", label, base=base, minimum=highest))
    for key in ("dominance", "providers"):
        if any(rules.get(key) for rules in every):
            found.append(find("error", "rounding_beside", label, key=key))
    return found


def _tables(
    entry: Mapping[str, Any], key: str, found: list[Finding], label: str
) -> list[tuple[str, Mapping[str, Any]]]:
    inside = entry.get(key) or {}
    tables = []
    for name, table in inside.items() if isinstance(inside, Mapping) else ():
        if isinstance(table, Mapping):
            tables.append((str(name), table))
        else:
            found.append(find("error", "not_a_section", label, key=f"secrecy.{key}.{name}"))
    return tables


def _check(entry: Mapping[str, Any], kind: Any, section: str, label: str) -> list[Finding]:
    plain = {k: dict(v) if isinstance(v, Mapping) else v for k, v in entry.items() if v is not None}
    found = check_entry(plain, kind, section, label)
    found += _check_ranges(plain, section, label)
    dominance = plain.get("dominance")
    if isinstance(dominance, dict) and dominance:
        found += check_entry(dominance, Dominance, f"{section}.dominance", label)
        found += _check_ranges(dominance, f"{section}.dominance", label)
    return found


def _check_ranges(entry: Mapping[str, Any], section: str, label: str) -> list[Finding]:
    found = []
    for key, (least, most) in _RANGES.items():
        value = entry.get(key)
        if isinstance(value, int | float) and not least <= value <= most:
            found.append(
                find(
                    "error", "out_of_span", label, column=f"{section}: {key}", cell=f"{value:g}",
                    least=number(least, 1 if least % 1 else 0), most=number(most),
                )
            )  # fmt: skip
    return found


def make_rules(entry: Mapping[str, Any]) -> Secrecy:
    """Make the rules of a project file's section that was checked.

    Examples
    --------
    >>> make_rules({"minimum": 3, "dominance": {"largest": 2, "share": 85}}).dominance
    Dominance(largest=2, share=85)
    """
    return Secrecy(**_filled(entry))


def _filled(entry: Mapping[str, Any]) -> dict[str, Any]:
    made = dict(entry)
    if isinstance(made.get("dominance"), Mapping):
        made["dominance"] = Dominance(**made["dominance"]) if made["dominance"] else None
    return made


def _plain(rule: Dominance) -> dict[str, Any]:
    return {f.name: getattr(rule, f.name) for f in fields(rule)}
