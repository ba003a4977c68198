"""Spellings that may be meant where a name is not known."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_LEAST = 0.5
# A key is guessed from its beginning: the first letters weigh as in the measure of Winkler.
_FIRST, _WEIGHT = 4, 0.1


def list_near(name: str, known: Iterable[str]) -> str:
    """List at most three spellings that come near, the nearest first, a dash if none does.

    Examples
    --------
    >>> list_near("Schuhle", ["kita", "schule"]), list_near("x", ["kita"])
    ('schule', '–')
    """
    return ", ".join(difflib.get_close_matches(name, list(known), n=3, cutoff=_LEAST)) or "–"


def name_key(key: str, known: Iterable[str]) -> str:
    """Name the key that comes nearest, of the same beginning rather than of the same letters.

    With r the ratio of difflib and p the number of first letters in common, at most four, the nearness
    is r + 0.1 p (1 − r). Below one half all keys are listed.

    Examples
    --------
    >>> name_key("mindest", ["minimum", "providers"]), name_key("x", ["minimum", "providers"])
    ('minimum', 'minimum, providers')
    """
    known = list(known)
    near = {one: _measure(key, one) for one in known}
    best = max(known, key=near.__getitem__, default="")
    return best if best and near[best] >= _LEAST else ", ".join(known)


def _measure(one: str, other: str) -> float:
    ratio = difflib.SequenceMatcher(None, other, one).ratio()
    same = sum(other.startswith(one[:n]) for n in range(1, min(_FIRST, len(one)) + 1))
    return ratio + _WEIGHT * same * (1 - ratio)
