"""Every sentence a planner reads, and how German writes numbers and dates."""

from __future__ import annotations

import datetime as dt
import math
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from typing import Any

NO_BREAK_SPACE = "\u00a0"


LANGUAGES = ("de", "en")
_language: ContextVar[str] = ContextVar("language", default="de")


@cache
def _sentences(language: str) -> dict[str, Any]:
    return tomllib.loads(files(__name__).joinpath(f"{language}.toml").read_text(encoding="utf-8"))


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak another language within a block; what it has no word for is said in German.

    Parameters
    ----------
    language : {"de", "en"}

    Examples
    --------
    >>> with speaking("en"):
    ...     say("number.missing"), number(1234.5, 1), date("2016-02-10")
    ('not stated', '1,234.5', '2016-02-10')
    """
    before = _language.set(language)
    try:
        yield
    finally:
        _language.reset(before)


def _entries(key: str) -> list[Any]:
    """Give what a key holds, in German and then in the language spoken, if it has the key."""
    found = []
    for language in dict.fromkeys(("de", _language.get())):
        entry: Any = _sentences(language)
        for part in key.split("."):
            entry = entry[part] if language == "de" else entry.get(part, {})
        found.append(entry)
    return found


def say(key: str, /, **values: object) -> str:
    """Give the German sentence of a key with its blanks filled.

    Parameters
    ----------
    key : str
        Dotted place of the sentence in ``de.toml``, such as ``"number.missing"``.
    **values
        What fills the blanks ``{name}``. Filled text is never interpreted again.

    Returns
    -------
    str

    Raises
    ------
    KeyError
        The sentence or a value for one of its blanks does not exist.

    Examples
    --------
    >>> say("number.missing")
    'keine Angabe'
    """
    german, *other = _entries(key)
    if not isinstance(german, str):
        raise KeyError(key)
    return str((other and other[0]) or german).format(**values)


def words(key: str) -> dict[str, str]:
    """Give a whole table of sentences, such as the words a page's script needs.

    Examples
    --------
    >>> words("sign")["."]
    'zurückgehalten oder unbekannt'
    """
    german, *other = _entries(key)
    return {**german, **(other[0] if other else {})}


def _is_missing(value: object) -> bool:
    return value is None or value != value or str(value) in {"<NA>", "NaT", ""}


def number(value: float | None, digits: int = 0) -> str:
    """Write a number the German way, a negative one with a minus sign.

    Halves are rounded away from zero, as in official tables.

    Examples
    --------
    >>> number(1234.5, 1), number(-0.5), number(None)
    ('1.234,5', '−1', 'keine Angabe')
    """
    if value is None or _is_missing(value):
        return say("number.missing")
    scale = 10**digits
    rounded = math.copysign(math.floor(abs(float(value)) * scale + 0.5 + 1e-9), value) / scale
    text = f"{rounded + 0.0:,.{digits}f}".replace("-", "−")
    if _language.get() != "de":
        return text
    return text.replace(",", " ").replace(".", ",").replace(" ", ".")


def percent(value: float | None, digits: int = 1) -> str:
    """Write a share that is already in percent.

    Examples
    --------
    >>> percent(12.34).replace(NO_BREAK_SPACE, " ")
    '12,3 %'
    """
    text = number(value, digits)
    return text if _is_missing(value) else f"{text}{NO_BREAK_SPACE}%"


def date(value: str | dt.date | None) -> str:
    """Write a date as TT.MM.JJJJ; a bare year or month stays what it is.

    Examples
    --------
    >>> date("2016-02-10"), date("2016"), date("2016-02")
    ('10.02.2016', '2016', '02.2016')
    """
    if value is None or _is_missing(value):
        return say("number.missing")
    day = str(value)[:10]
    return ".".join(reversed(day.split("-"))) if _language.get() == "de" else day


def listing(items: list[str]) -> str:
    """Join words as a sentence does.

    Examples
    --------
    >>> listing(["Kitas", "Schulen", "Horte"])
    'Kitas, Schulen und Horte'
    """
    if len(items) < 2:
        return "".join(items)
    return say("number.listing", first=", ".join(items[:-1]), last=items[-1])
