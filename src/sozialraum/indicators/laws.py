"""Which paragraphs a legal basis names."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pandas as pd

_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV")
_TOKEN = re.compile(
    r"(?P<book>SGB[\s-]*(?:[IVX]+\b|\d+)|[A-ZÄÖÜ]\w*G\b)"
    r"|§+\s*(?P<paragraphs>\d+\s?[a-z]?\b(?:\s*(?:[-–,/]|bis|und|u\.|sowie)\s*§*\s*\d+\s?[a-z]?\b)*)"
)
_RANGE = re.compile(r"(\d+)\s?([a-z]?)\b(?:\s*(?:[-–]|bis)\s*§*\s*(\d+)\s?([a-z]?)\b)?")


def read_paragraphs(law: object) -> frozenset[str]:
    """Read the paragraphs out of a legal basis.

    Parameters
    ----------
    law : object
        As offers state it: "SGB VIII §§ 11, 13a", "§§ 22–24 SGB 8", "PsychKG"; or missing.

    Returns
    -------
    frozenset of str
        "SGB VIII § 11"; a law without a paragraph is its name alone. A range holds every whole
        paragraph between its ends. A paragraph without a law is left out.

    Examples
    --------
    >>> sorted(read_paragraphs("§§ 11, 13a und 14-16 SGB 8"))
    ['SGB VIII § 11', 'SGB VIII § 13a', 'SGB VIII § 14', 'SGB VIII § 15', 'SGB VIII § 16']
    >>> sorted(read_paragraphs("SGB VIII § 16 Abs. 3; SGB II § 16a")), sorted(read_paragraphs(None))
    (['SGB II § 16a', 'SGB VIII § 16'], [])
    """
    tokens = list(_TOKEN.finditer(law)) if isinstance(law, str) else []
    if tokens and not tokens[0]["book"]:  # the law stands behind its paragraphs
        tokens.reverse()
    found, book, bare = set(), "", False
    for token in tokens:
        if token["book"]:
            found |= {book} if bare else set()
            book, bare = _name(token["book"]), True
        elif book:
            found |= {f"{book} § {p}" for p in _list(token["paragraphs"])}
            bare = False
    return frozenset(found | ({book} if bare else set()))


def _name(book: str) -> str:
    digits = re.sub(r"\D", "", book) if book.startswith("SGB") else ""
    if digits and 0 < int(digits) <= len(_ROMAN):
        return f"SGB {_ROMAN[int(digits) - 1]}"
    return re.sub(r"^SGB[\s-]*", "SGB ", book)


def _list(text: str) -> Iterable[str]:
    for first, letter, last, end in _RANGE.findall(text):
        yield first + letter
        if last:
            yield from map(str, range(int(first) + 1, int(last)))
            yield last + end


def match_laws(laws: pd.Series, wanted: Iterable[str]) -> pd.Series:
    """Tell which legal bases name one of the wanted paragraphs.

    Parameters
    ----------
    laws : Series
        One text per offer, or missing.
    wanted : iterable of str
        "SGB VIII § 11", or "PsychKG" for all of a law.

    Returns
    -------
    Series of bool

    Examples
    --------
    >>> match_laws(pd.Series(["SGB VIII § 11", "SGB VIII § 28", None]), ["SGB VIII § 11"]).tolist()
    [True, False, False]
    """
    wanted = set(wanted)
    known = {text: read_paragraphs(text) for text in laws.dropna().unique()}
    hit = {
        text: any(p in wanted or p.partition(" § ")[0] in wanted for p in found)
        for text, found in known.items()
    }
    return laws.map(hit).astype("boolean").fillna(False).astype(bool)
