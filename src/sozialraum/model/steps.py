"""What was done to a number: the column ``steps`` of the values table.

A row's steps are names joined by ``"; "``, each with or without a detail after a colon, in the order
they were taken: ``converted:areal 2020 2021; aggregated:12``. The sentences are ``step.<name>``.
"""

from __future__ import annotations

import pandas as pd

from sozialraum.texts import number, say, words

BETWEEN = "; "
# Steps whose detail is how many; that of others can be a year.
_COUNTED = frozenset({"measured", "aggregated", "incomplete", "partial", "too_small", "small"})


def add_step(steps: pd.Series, name: pd.Series | str, detail: pd.Series | str = "") -> pd.Series:
    """Add a step to every row.

    Parameters
    ----------
    steps : Series of str
        Missing counts as none.
    name : Series of str or str
        Key of a sentence in ``[step]``.
    detail : Series of str or str
        What the sentence says beside.

    Both are the same for all rows or one per row.

    Returns
    -------
    Series of str
        Index of ``steps``.

    Examples
    --------
    >>> add_step(pd.Series(["", "smoothed"]), "aggregated", "4").tolist()
    ['aggregated:4', 'smoothed; aggregated:4']
    """
    before = steps.fillna("").astype("str")
    said = pd.Series(detail, index=steps.index, dtype="str")
    entry = said.where(said == "", ":" + said)
    return (before + before.where(before == "", BETWEEN) + name + entry).astype("str")


def forget_few_places(steps: pd.Series, minimum: int) -> pd.Series:
    """Leave out from how few places it was measured: there are at least as many people.

    Parameters
    ----------
    steps : Series of str
        Of withheld rows.
    minimum : int
        Fewer places than these are not told.

    Returns
    -------
    Series of str

    Examples
    --------
    >>> forget_few_places(pd.Series(["measured:4; aggregated:12", "measured:40"]), 5).tolist()
    ['aggregated:12', 'measured:40']
    """

    def keep(entry: str) -> bool:
        name, _, detail = entry.partition(":")
        return not (name == "measured" and detail.isdecimal() and int(detail) < minimum)

    return steps.map(lambda said: BETWEEN.join(filter(keep, str(said).split(BETWEEN))))


def say_steps(steps: str) -> list[str]:
    """Give the German sentence of every step of one row.

    Examples
    --------
    >>> say_steps("aggregated:4")
    ['zusammengefasst aus 4 Teilgebieten']
    >>> say_steps("aggregated:1")
    ['zusammengefasst aus einem Teilgebiet']
    >>> say_steps("measured:5640")
    ['gemessen von 5.640 Orten mit Bevölkerung aus']
    """
    known = words("step")
    sentences = []
    for entry in filter(None, str(steps).split(BETWEEN)):
        name, _, detail = entry.partition(":")
        name += "_one" if detail == "1" and f"{name}_one" in known else ""
        if name in _COUNTED and detail.isdecimal():
            detail = number(int(detail))
        sentences.append(say(f"step.{name}", detail=detail) if name in known else entry)
    return sentences
