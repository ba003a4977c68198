"""What the files say: one statement per number, with the file it stands in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

# level, area, indicator, date, role: "value", "Z" (numerator, or the count itself), "N"
Address = tuple[str, str, str, str, str]
Span = tuple[float, float]
UNASSIGNED = "nicht_zuzuordnen"
NOTHING = ("", "–", "x", "/", "…", "()", "k. A.", "keine Angabe", "keine Zahl")
SECRET_WORDS = (".", "zurückgehalten", "zurückgehalten oder unbekannt")
_NUMBER = re.compile(r"[+−-]?\d{1,3}(?:[.\u00a0\u202f]\d{3})+(?:,\d+)?|[+−-]?\d+(?:,\d+)?")


@dataclass
class Folder:
    """Everything collected from the files of one run.

    ``told`` maps an address to what each source says: the span of what a printed number can stand
    for, or None where the source withholds it.
    """

    told: dict[Address, dict[str, Span | None]] = field(default_factory=dict)
    indicators: dict[str, dict[str, Any]] = field(default_factory=dict)
    levels: list[dict[str, Any]] = field(default_factory=list)
    parents: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    gaps: list[dict[str, Any]] = field(default_factory=list)
    shapes: dict[tuple[str, str], Any] = field(default_factory=dict)
    offers: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    parameters: dict[str, Any] = field(default_factory=dict)
    measures: dict[str, dict[str, str]] = field(default_factory=dict)
    listed: list[dict[str, Any]] = field(default_factory=list)
    minimum: int = 0
    texts: list[str] = field(default_factory=list)
    sums: list[tuple[dict[Address, float], Span, str]] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    pages: dict[str, set[str]] = field(default_factory=dict)
    read: dict[str, int] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)

    def tell(self, source: str, address: Address, span: Span | None) -> None:
        """Take down one statement; a count is its own numerator."""
        if address[4] == "value" and self.is_count(address[2]):
            address = (*address[:4], "Z")
        said = self.told.setdefault(address, {})
        before = said.get(source, span)
        if (before is None) != (span is None):
            self.strange.append(f"{source}: says and withholds {address}")
            span = span or before
        elif before is not None and span is not None:
            low, high = max(before[0], span[0]), min(before[1], span[1])
            if low > high:
                self.strange.append(f"{source}: says two numbers for {address}: {before}, {span}")
            else:
                span = (low, high)
        said[source] = span
        self.read[source] = self.read.get(source, 0) + 1

    def is_count(self, indicator: str) -> bool:
        """Tell whether the number is a count itself."""
        return self.indicators[indicator]["kind"] == "count"

    def by_title(self, title: str) -> list[str]:
        """Find indicators by what they are called, with or without a tag in brackets."""
        wanted = plain(title)
        if not hasattr(self, "_titles"):
            self._titles: dict[str, list[str]] = {}
            for name, known in self.indicators.items():
                for word in {plain(known["title"]), strip_tag(plain(known["title"]))}:
                    self._titles.setdefault(word, []).append(name)
        return self._titles.get(wanted, []) or self._titles.get(strip_tag(wanted), [])

    def newest(self, level: str, indicator: str) -> str:
        """Give the last date of an indicator at a level."""
        if not hasattr(self, "_newest"):
            self._newest: dict[tuple[str, str], str] = {}
            for at in self.told:
                self._newest[at[0], at[2]] = max(self._newest.get((at[0], at[2]), ""), at[3])
        return self._newest.get((level, indicator), "")

    def span(self, address: Address) -> Span | None:
        """Give the narrowest span told of an address, None if nobody tells."""
        spans = [s for s in self.told.get(address, {}).values() if s is not None]
        return (max(s[0] for s in spans), min(s[1] for s in spans)) if spans else None


def plain(text: str) -> str:
    """Make spaces alike."""
    return re.sub(r"[\s\u00a0\u202f]+", " ", text).strip()


def strip_tag(text: str) -> str:
    """Take a last word in brackets away."""
    return re.sub(r" \([^()]*\)$", "", text)


def exact(text: str) -> Span:
    """Read a number as programs write it."""
    return (float(text), float(text))


def german(text: str) -> Span | None:
    """Read a German number, with half a last digit on both sides; None: it is withheld.

    >>> german("1.234,5 %")
    (1234.45, 1234.55)
    >>> german("7"), german(".")
    ((7.0, 7.0), None)
    """
    words = plain(text)
    if words in SECRET_WORDS:
        return None
    found = _NUMBER.match(words)
    if found is None:
        raise ValueError(f"no number: {text!r}")
    return _span(found.group())


def numbers(text: str) -> list[str]:
    """List the numbers in a text as they are written.

    >>> numbers("Im Gebiet Mitte leben 12.594 Menschen, das sind 18,9 %.")
    ['12.594', '18,9']
    """
    return _NUMBER.findall(text)


def _span(word: str) -> Span:
    sign = -1.0 if word[0] in "−-" else 1.0
    digits = re.sub(r"[.\u00a0\u202f+−-]", "", word)
    whole, _, decimals = digits.partition(",")
    value = sign * float(f"{whole}.{decimals or 0}")
    # A whole number may be rounded, too: what a count is, its neighbours decide.
    half = 0.5 * 10.0 ** -len(decimals) if decimals else 0.0
    return (value - half, value + half)


def rounded(text: str, digits: int) -> Span | None:
    """Read a German number that was rounded to some decimals."""
    span = german(text)
    if span is None:
        return None
    middle = (span[0] + span[1]) / 2
    half = 0.5 * 10.0**-digits * (1 + 1e-9)
    return (middle - half, middle + half)


def iso(text: str) -> str:
    """Give a German day as ISO; other texts as they are.

    >>> iso("09.05.2011"), iso("2016")
    ('2011-05-09', '2016')
    """
    found = re.fullmatch(r"(\d\d)\.(\d\d)\.(\d{4})", text.strip())
    if found:
        return "-".join(reversed(found.groups()))
    found = re.fullmatch(r"(\d\d)[./](\d{4})", text.strip())
    return f"{found[2]}-{found[1]}" if found else text.strip()


def disagreements(folder: Folder) -> list[str]:
    """List addresses of which one file says what another withholds, or something else."""
    found = []
    for address, said in folder.told.items():
        hides = [source for source, span in said.items() if span is None]
        tells = {source: span for source, span in said.items() if span is not None}
        if hides and tells:
            found.append(f"{_say(address)}: withheld in {hides[0]}, told in {_list(tells)}")
        elif tells and all("html" in source for source in tells):
            found.append(f"{_say(address)}: stands in no table, but in {_list(tells)}")
        elif tells:
            low, high = max(s[0] for s in tells.values()), min(s[1] for s in tells.values())
            if low > high + 1e-9 * max(1.0, abs(low)):
                found.append(f"{_say(address)}: not the same in {_list(tells)}")
    return found


def _say(address: Iterable[str]) -> str:
    return " / ".join(address)


def _list(tells: dict[str, Span]) -> str:
    return ", ".join(f"{source} ({span[0]:g} … {span[1]:g})" for source, span in tells.items())
