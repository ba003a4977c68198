"""How much of long registers and lists a sheet tells; the tables hold all of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Room:
    """How many entries of each register, and how long they are.

    Attributes
    ----------
    topics, rules, statements, measures : int
    letters : int
        Of a text.
    gaps : int
        For each measure of reach.
    """

    topics: int
    rules: int
    statements: int
    measures: int
    letters: int
    gaps: int


# The first, or the next where a sheet does not fit its pages.
ROOMS = (
    Room(8, 6, 4, 4, 240, 2),
    Room(5, 4, 3, 3, 160, 2),
    Room(3, 2, 2, 2, 110, 2),
    Room(1, 1, 1, 1, 80, 1),
)
