"""The attack: do the files agree, and what follows from them?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from .bounds import bound
from .cells import build
from .facts import Folder, disagreements


@dataclass
class Report:
    """What was read and what was found."""

    files: list[str]
    numbers: dict[str, int]
    addresses: int
    hidden: int
    equations: dict[str, int]
    programmes: int
    equal: list[str]
    narrowest: list[dict[str, Any]]
    strange: list[str] = field(default_factory=list)
    disagreements: list[str] = field(default_factory=list)
    contradictions: list[str] = field(default_factory=list)
    exact: list[dict[str, Any]] = field(default_factory=list)
    narrow: list[dict[str, Any]] = field(default_factory=list)

    @property
    def safe(self) -> bool:
        """Nothing was found, and everything could be read."""
        return not (
            self.strange or self.disagreements or self.contradictions or self.exact or self.narrow
        )

    def to_dict(self) -> dict[str, Any]:
        """Give everything for a JSON file."""
        return {**self.__dict__, "safe": self.safe}

    def text(self) -> str:
        """Give the report for reading."""
        lines = [
            f"{len(self.files)} files, {sum(self.numbers.values())} statements",
            f"{self.addresses} numbers with an address",
            f"{self.hidden} unknown, {sum(self.equations.values())} equations {self.equations}",
            f"{self.programmes} linear programmes",
        ]
        for title in ("strange", "disagreements", "contradictions", "exact", "narrow"):
            entries = getattr(self, title)
            lines.append(f"{title}: {len(entries)}")
            lines += [f"  {entry}" for entry in entries[:20]]
        lines.append(f"narrowest: {self.narrowest[:3]}")
        return "\n".join(lines)


def attack(folder: Folder) -> Report:
    """Attack a folder as a reader who has only the files."""
    system = build(folder)
    minimum = folder.minimum
    found = bound(system, float(minimum))
    exact, narrow, widths = [], [], []
    for i, cell in enumerate(found.cells):
        if cell not in system.hidden:
            continue
        low, high = float(found.lower[i]), float(found.upper[i])
        places = sorted(set(system.hidden[cell]))
        entry = {"cell": " / ".join(cell), "low": low, "high": high,
                 "at": [" / ".join(p) for p in places[:3]]}  # fmt: skip
        persons = any(
            folder.indicators[p[2]]["protects"] == "persons" and not _made(folder, p[2])
            for p in places
        )
        if not persons or not found.final[i]:
            continue
        width = high - low
        widths.append((width, entry))
        own = any(p[4] == "Z" for p in places)
        if width <= 1e-6 and (own or 0 < low < minimum):
            exact.append(entry)
        elif low < minimum and high > 0 and width < minimum - 1e-6:
            narrow.append(entry)
    widths.sort(key=lambda w: w[0])
    return Report(
        files=folder.files,
        numbers=folder.read,
        addresses=len(folder.told),
        hidden=len(system.hidden),
        equations=dict(Counter(e.kind for e in system.equations)),
        programmes=found.programmes,
        equal=system.equal,
        narrowest=[entry for _, entry in widths[:10]],
        strange=folder.strange,
        disagreements=disagreements(folder),
        contradictions=found.contradictions,
        exact=exact,
        narrow=narrow,
    )


def _made(folder: Folder, indicator: str) -> bool:
    """What is only withheld for the sake of its parts may follow from elsewhere."""
    return bool(folder.indicators[indicator]["made_of"])
