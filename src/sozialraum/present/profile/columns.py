"""Widths of columns: no word of a heading, and no name of an area, is broken where it need not be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

from sozialraum.present.profile.sheet import Beside, Picture, Table, Words

# Of a page between its margins, in the height of the letters of a table.
PAGE_EM = 65.0
# Beside a cell's text, and of the number of a source.
_INSET_EM, _CITE_EM = 0.75, 0.6
# A word that needs more may be hyphenated.
_LONGEST_EM = 18.0
# Widths of bold sans-serif letters, rounded up.
_WIDTHS = {
    **dict.fromkeys("ijlI.,:;'|!()[]/ -\u00a0", 0.33),
    **dict.fromkeys("frt", 0.41),
    **dict.fromkeys("acesvxyzäk0123456789J–", 0.57),
    **dict.fromkeys("mwMW@%—", 0.94),
}


def fit_columns(part: Any, page: float = PAGE_EM) -> Any:
    """Widen the columns of tables that are too narrow for their longest word.

    Parameters
    ----------
    part : block, section, or tuple of them
    page : float
        Width in the height of a letter.

    Returns
    -------
    The same with other shares.

    Notes
    -----
    What a column needs is estimated from widths of letters that are rounded up; the others give it up
    in proportion to their shares. Where all together need more than there is, each is narrowed alike,
    and words of headings may be hyphenated.
    """
    if isinstance(part, Table):
        needs = measure_columns(part, page)
        shares = fit([c.share for c in part.columns], [min(n, _LONGEST_EM) for n in needs], page)
        columns = zip(part.columns, shares, needs, strict=True)
        return replace(
            part, columns=tuple(replace(c, share=s, whole=s >= need) for c, s, need in columns)
        )
    if isinstance(part, Beside):
        left = fit_columns(part.left, page * part.share)
        return replace(part, left=left, right=fit_columns(part.right, page * (1 - part.share)))
    if isinstance(part, tuple):
        return tuple(fit_columns(one, page) for one in part)
    if is_dataclass(part) and not isinstance(part, type):
        parts = {f.name: getattr(part, f.name) for f in fields(part)}
        nested = {name: fit_columns(one, page) for name, one in parts.items()
                  if isinstance(one, tuple) or is_dataclass(one)}  # fmt: skip
        return replace(part, **nested) if nested else part
    return part


def fit(shares: Sequence[float], least: Sequence[float], whole: float) -> list[float]:
    """Share a width so that each part has at least what it needs, if there is as much.

    Examples
    --------
    >>> fit([3, 1, 1], [1, 2.0, 1], 6)
    [3.0, 2.0, 1.0]
    >>> fit([1, 1], [6, 2], 4)
    [3.0, 1.0]
    """
    if sum(least) >= whole:
        return [one * whole / sum(least) for one in least]
    narrow: set[int] = set()
    while True:
        free = whole - sum(least[i] for i in narrow)
        weight = sum(share for i, share in enumerate(shares) if i not in narrow)
        given = [
            float(least[i]) if i in narrow else share * free / weight
            for i, share in enumerate(shares)
        ]
        more = {i for i, width in enumerate(given) if width < least[i] - 1e-9}
        if not more:
            return given
        narrow |= more


def measure_columns(table: Table, page: float) -> list[float]:
    """Estimate what each column needs: its longest word and what stands around it, or its picture."""
    one = page / sum(column.share for column in table.columns)
    rows = [cells for group in table.groups for cells in group.rows] + [*table.foot]
    least = []
    for i, column in enumerate(table.columns):
        # Cells of text but the first hold whole sentences, which may break as they like.
        told = rows if column.kind != "text" or i == 0 else ()
        cells = [cell for row in told for cell in row[i : i + 1] if not isinstance(cell, Picture)]
        needed = max(map(_measure, (column.title, *cells))) + _INSET_EM
        least.append(max(needed, column.share * one) if column.kind == "picture" else needed)
    return least


def _measure(words: Words) -> float:
    """Estimate the width of the longest word of a line."""
    widest = 0.0
    for i, run in enumerate(words):
        if run.kind in ("sign", "cite", "mark", "link"):
            continue
        cited = i + 1 < len(words) and words[i + 1].kind == "cite"
        around = _CITE_EM if cited else 0.0
        pieces = run.text.split(" ")
        widest = max(widest, *(sum(map(_width, piece)) for piece in pieces))
        widest = max(widest, sum(map(_width, pieces[-1])) + around)
    return widest


def _width(letter: str) -> float:
    return _WIDTHS.get(letter, 0.74 if letter.isupper() else 0.62)
