"""Published figures: looked up, set beside each other, and traced to their sources.

Everything is read from an edition, so nothing unprotected can get in. Differences are taken between
the numbers as they are shown, so a reader can check them on paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from sozialraum.indicators.uncertainty import measure_intervals
from sozialraum.model.indicator import name_unit
from sozialraum.model.steps import say_steps
from sozialraum.present.classes import round_shown
from sozialraum.texts import NO_BREAK_SPACE, date, number, percent, say

if TYPE_CHECKING:
    from sozialraum.model.indicator import Indicator
    from sozialraum.secrecy.edition import Edition

HIDDEN = "."
MARKED = ("practice", "derived", "straight_line", "partial")


@dataclass(frozen=True, slots=True)
class Figure:
    """A published number of an area, or the sign that stands for it.

    Attributes
    ----------
    indicator : Indicator
    value, numerator, denominator : float, optional
        None where withheld or missing.
    sign, quality, datenstand, gebietsstand, steps : str
    low, high : float, optional
        Within which chance alone would put it (95 %); None where it has no interval.
    """

    indicator: Indicator
    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    sign: str = ""
    quality: str = ""
    datenstand: str = ""
    gebietsstand: str = ""
    steps: str = ""
    low: float | None = None
    high: float | None = None

    @property
    def rounded(self) -> float | None:
        """The value as it is shown."""
        if self.value is None:
            return None
        return float(round_shown([self.value], self.indicator.digits)[0])

    @property
    def bare(self) -> str:
        """The number without its unit, or its sign, or "keine Angabe"."""
        if self.value is None:
            return self.sign or say("number.missing")
        text = self.indicator.write(self.value)
        return f"({text})" if self.sign == "()" else text

    @property
    def shown(self) -> str:
        """The number with its unit."""
        unit = self.indicator.unit
        if self.value is None or not unit:
            return self.bare
        return f"{self.bare}{NO_BREAK_SPACE}{name_unit(unit, self.value, self.indicator.digits)}"

    @property
    def short(self) -> str:
        """The number for a table whose rows name the unit; a percent sign stays with it."""
        return self.shown if self.indicator.unit == "%" else self.bare

    @property
    def interval(self) -> str:
        """The interval as it is written; nothing where there is none."""
        if self.low is None or self.high is None or self.sign:
            return ""
        ends = [number(end, self.indicator.digits) for end in (self.low, self.high)]
        return "–".join(ends)

    @property
    def hidden(self) -> bool:
        """Whether it is withheld."""
        return self.sign == HIDDEN

    @property
    def unreached(self) -> float | None:
        """What of the denominator is not in the numerator, where both are published."""
        if self.numerator is None or self.denominator is None:
            return None
        return self.denominator - self.numerator

    @property
    def marks(self) -> tuple[str, ...]:
        """What must be said wherever the figure stands: practice data, derived or estimated."""
        found = [self.quality if self.quality in MARKED else ""]
        found.append("practice" if self.indicator.practice else "")
        found.append("derived" if self.indicator.derived else "")
        if "straight_line" in found or "practice" in found:
            found = [f for f in found if f != "derived"]
        return tuple(dict.fromkeys(say(f"quality.{f}") for f in found if f))


def plain_title(indicator: Indicator) -> str:
    """Give the title without "(Übungsdaten)" at its end, for places where the mark stands beside it.

    Examples
    --------
    >>> from sozialraum.model.indicator import Indicator
    >>> plain_title(Indicator(id="a", title="Arbeitslosenanteil (Übungsdaten)", practice=True))
    'Arbeitslosenanteil'
    """
    if not indicator.practice:
        return indicator.title
    return indicator.title.removesuffix(f"({say('quality.practice')})").rstrip()


def shared_marks(figures: Iterable[Figure]) -> tuple[str, ...]:
    """Give the marks that all figures of a table share, to be said once above it."""
    every = [f.marks for f in figures]
    return tuple(m for m in every[0] if all(m in marks for marks in every)) if every else ()


class Figures:
    """Look published numbers up by level, area, indicator and date."""

    def __init__(self, edition: Edition) -> None:
        self.indicators = edition.indicators
        self._known: dict[tuple[str, str], dict[str, dict[str, Figure]]] = {}
        rows = edition.values
        ends = _measure_ends(rows, self.indicators)
        amounts = {
            name: [None if pd.isna(x) else float(x) for x in column]
            for name, column in [
                *((n, rows[n]) for n in ("value", "numerator", "denominator")),
                *ends.items(),
            ]
        }
        texts = {
            name: rows[name].fillna("").astype(str)
            for name in ("sign", "quality", "datenstand", "gebietsstand", "steps")
        }
        fields = {**amounts, **texts}
        for level, area, indicator, *rest in zip(
            rows["level"], rows["area"], rows["indicator"], *fields.values(), strict=True
        ):
            figure = Figure(self.indicators[indicator], **dict(zip(fields, rest, strict=True)))
            dates = self._known.setdefault((level, indicator), {})
            dates.setdefault(figure.datenstand, {})[area] = figure

    def dates(self, level: str, indicator: str) -> list[str]:
        """List the dates an indicator has on a level, oldest first."""
        return sorted(self._known.get((level, indicator), ()))

    def at(self, level: str, indicator: str, day: str = "") -> Mapping[str, Figure]:
        """Give the figures of all areas of a level at a date (the newest unless given)."""
        dates = self._known.get((level, indicator), {})
        return dates.get(day or max(dates, default=""), {})

    def find(self, level: str, area: str, indicator: str, day: str = "") -> Figure:
        """Give one figure; what was never published is empty."""
        return self.at(level, indicator, day).get(area) or Figure(self.indicators[indicator])


def _measure_ends(rows: pd.DataFrame, indicators: Mapping[str, Indicator]) -> dict[str, pd.Series]:
    """Measure the intervals of rates of persons of which more or fewer would mean more or less need."""
    cases = {
        name
        for name, i in indicators.items()
        if i.kind in ("rate", "ratio") and i.protects == "persons" and i.direction != "none"
    }
    part = rows[rows["indicator"].isin(cases) & rows["value"].notna()]
    found = measure_intervals(part, indicators)
    return {end: found[end].reindex(rows.index) for end in ("low", "high")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A figure beside the same figure of the parent and of the whole.

    Attributes
    ----------
    own : Figure
    parent, whole : Figure, optional
        None for the whole itself; ``parent`` is None too where the whole is the parent.
    others : tuple of float
        Published values of all areas of the level, the area's own included.
    since : Figure, optional
        The area's oldest published figure of the last ten years on the same boundaries.
    note : int
        Number of the source note.
    """

    own: Figure
    parent: Figure | None
    whole: Figure | None
    others: tuple[float, ...]
    since: Figure | None = None
    note: int = 0

    @property
    def indicator(self) -> Indicator:
        """What is compared."""
        return self.own.indicator

    @property
    def title(self) -> str:
        """The indicator's title; practice data are marked beside it."""
        return plain_title(self.own.indicator)

    @property
    def base(self) -> Figure | None:
        """What the difference is measured against: the parent, else the whole."""
        return self.parent or self.whole

    @property
    def gap(self) -> float | None:
        """Own value minus the base's, both as shown; None for counts and where one is missing."""
        if self.indicator.kind == "count" or self.base is None:
            return None
        own, base = self.own.rounded, self.base.rounded
        if own is None or base is None:
            return None
        return float(round_shown([own - base], self.indicator.digits)[0])

    @property
    def share(self) -> float | None:
        """Share of a count in the whole's, in percent."""
        if self.indicator.kind != "count" or self.whole is None:
            return None
        if self.own.value is None or not self.whole.value:
            return None
        return 100 * self.own.value / self.whole.value

    @property
    def gap_shown(self) -> str:
        """The difference as a number with its sign; a dash where there is none."""
        return self._signed(self.gap)

    @property
    def change(self) -> float | None:
        """Own value minus the oldest one, both as shown; None where one is missing."""
        if self.since is None or self.own.rounded is None or self.since.rounded is None:
            return None
        return float(round_shown([self.own.rounded - self.since.rounded], self.indicator.digits)[0])

    def change_shown(self, year: str) -> str:
        """Write the change with its sign, and since when unless that is the year given."""
        if self.change is None or self.since is None:
            return ""
        change, first = self._signed(self.change), self.since.datenstand[:4]
        return change if first == year else say("profile.change_since", change=change, year=first)

    def _signed(self, value: float | None) -> str:
        if value is None:
            return "–"
        text = number(value, self.indicator.digits)
        return f"+{text}" if value > 0 else text

    @property
    def difference(self) -> str:
        """The difference with its unit, or the share in the whole, or nothing."""
        if self.gap is not None:
            known = self.indicator
            unit = say("profile.points") if known.unit == "%" else known.unit
            unit = name_unit(unit, self.gap, known.digits)
            return f"{self.gap_shown}{NO_BREAK_SPACE}{unit}".strip()
        if self.share is not None:
            return say("profile.share_of_whole", share=percent(self.share))
        return ""


@dataclass(slots=True)
class SourceNote:
    """Where figures come from; one note for all that share it.

    Attributes
    ----------
    number : int
    entries : mapping of str to str
        The passport's entries that all share.
    formulas : dict of str to list of str
        Titles of rates and means by their formula.
    steps : dict of str to list of str
        Titles by what was done to the figures.
    remarks : list of str
        What the passports note beside.
    """

    number: int
    entries: Mapping[str, str]
    formulas: dict[str, list[str]] = field(default_factory=dict)
    steps: dict[str, list[str]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    @property
    def done(self) -> str:
        """What was done to the figures, in one sentence; with their titles where that differs."""
        if not self.steps:
            return ""
        alone = len(self.steps) == 1
        parts = [s if alone else f"{s} ({'; '.join(t)})" for s, t in self.steps.items()]
        return f"{say('passport.steps')}: {'; '.join(parts)}."

    @property
    def text(self) -> str:
        """The note as one paragraph, without the formulas."""
        parts = "; ".join(f"{word}: {text.rstrip('.')}" for word, text in self.entries.items())
        remarks = (f"{said.rstrip('.')}." for said in self.remarks)
        return " ".join([f"{parts}.", *remarks])


class Notes:
    """Number the sources in the order in which they are first used."""

    def __init__(self) -> None:
        self._known: dict[tuple[tuple[str, str], ...], SourceNote] = {}

    def cite(self, figure: Figure) -> int:
        """Give the number of a figure's source note."""
        indicator = figure.indicator
        passport = indicator.passport()
        for own in ("title", "unit", "formula", "note"):
            passport.pop(say(f"passport.{own}"), None)
        if figure.datenstand:
            passport[say("passport.datenstand")] = date(figure.datenstand)
        if figure.gebietsstand:
            passport[say("passport.gebietsstand")] = date(figure.gebietsstand)
        if figure.quality and figure.quality != "exact":
            passport[say("passport.quality")] = say(f"quality.{figure.quality}")
        key = tuple(passport.items())
        note = self._known.setdefault(key, SourceNote(len(self._known) + 1, passport))
        title = plain_title(indicator)
        titles = note.formulas.setdefault(indicator.formula, [])
        if indicator.kind != "count" and title not in titles:
            titles.append(title)
        if done := "; ".join(say_steps(figure.steps)):
            titles = note.steps.setdefault(done, [])
            if title not in titles:
                titles.append(title)
        if indicator.note and indicator.note not in note.remarks:
            note.remarks.append(indicator.note)
        return note.number

    @property
    def all(self) -> tuple[SourceNote, ...]:
        """The notes in order."""
        return tuple(self._known.values())
