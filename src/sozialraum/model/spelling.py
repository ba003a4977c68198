"""One spelling for what people write in many: names, streets, house numbers, towns, postcodes."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe"})
# What a scanner makes of letters.
_SCANNED = str.maketrans("01358", "olesb")
# Long form → short form, wherever it stands: both sides of a comparison lose the same letters.
_SHORT = (
    ("strasse", "str"),
    ("platz", "pl"),
    ("doktor", "dr"),
    ("professor", "prof"),
    ("sankt", "st"),
    ("grosse", "gr"),
    ("kleine", "kl"),
)
_LONGEST_NUMBER = 99_999
_WIDEST_RANGE = 60
_NUMBER_WORDS = r"^(?:haus(?:nummer|nr)?|hnr|nummer|nr|no)\b[.:\s]*(?=\d)"
_JOINT = r"(?:[-/+&,;]|bis|und|u\.)"
_PART = r"([a-z½](?![a-z]))?"
_NUMBER = re.compile(
    rf"(\d+)\s*{_PART}(?P<more>(?:\s*{_JOINT}\s*\d+\s*{_PART})*)(?P<parts>\s*-\s*[a-z](?![a-z]))?"
)
_TRAILING = re.compile(
    r"^(?P<street>.*?[^\W\d_]{2}.*?)[\s,]*(?:\b(?:hausnummer|hausnr|hnr|nr)\b[.:\s]*)?"
    rf"(?P<number>\d+\s*[a-z½]?(?:\s*{_JOINT}\s*\d*\s*[a-z]?(?![a-z]))?)$",
    re.IGNORECASE,
)
_POSTAL = re.compile(r"[\s,;]+(?:D-?\s*)?(?P<postcode>\d{5})(?:\s+(?P<city>[^\d,;]+.*))?$")


def letters(text: str) -> str:
    """Write a text in small letters without umlauts, accents and look-alikes; signs stay.

    Examples
    --------
    >>> letters("Große Wollweberstraße"), letters("Café №")
    ('grosse wollweberstrasse', 'cafe no')
    """
    composed = unicodedata.normalize("NFKC", text).casefold()
    apart = unicodedata.normalize("NFKD", composed.translate(_UMLAUTS))
    return "".join(c for c in apart if not unicodedata.combining(c)).casefold().translate(_UMLAUTS)


def plain_name(text: str) -> str:
    """Reduce a name to what is compared: letters and digits.

    Examples
    --------
    >>> plain_name("Neustädter  See "), plain_name("Neustaedter-See")
    ('neustaedtersee', 'neustaedtersee')
    """
    while (reduced := re.sub(r"[\W_]", "", letters(text))) != text:
        text = reduced
    return text


def plain_street(text: str) -> str:
    """Reduce a street's name to what is compared; ``Str.``, ``Straße``, ``strasse`` become one.

    Examples
    --------
    >>> {plain_street(t) for t in ("Karl-Marx-Straße", "Karl Marx Str.", "karl-marxstrasse")}
    {'karlmarxstr'}
    """
    while True:
        reduced = plain_name(text)
        for long, short in _SHORT:
            reduced = reduced.replace(long, short)
        if reduced == text:
            return text
        text = reduced


def street_words(text: str) -> list[str]:
    """Split a street's name into its words, written out.

    Digits that a scanner put for letters inside a word become letters again; numbers stay.

    Examples
    --------
    >>> street_words("Große Wollweber-Str."), street_words("Ih1enfelder Str. 12")
    (['grosse', 'wollweber', 'strasse'], ['ihlenfelder', 'strasse', '12'])
    """
    words = [_read_scan(word) for word in re.split(r"[\W_]+", letters(text)) if word]
    ends = (("str", "asse"), ("pl", "atz"))
    return [w + next((end for part, end in ends if w.endswith(part)), "") for w in words]


def _read_scan(word: str) -> str:
    if sum(c.isalpha() for c in word) < 3:
        return word
    return word.replace("l3", "ss").translate(_SCANNED)


def plain_postcode(text: str) -> str:
    """Reduce a postcode to five digits; a lost leading zero comes back.

    Examples
    --------
    >>> plain_postcode("D-17033"), plain_postcode("1067"), plain_postcode("?")
    ('17033', '01067', '')
    """
    digits = re.sub(r"[^0-9]", "", unicodedata.normalize("NFKC", text))
    return digits.zfill(5) if len(digits) in (4, 5) else ""


class Number(NamedTuple):
    """A house number: from, to, and what stands behind it; ``low`` is -1 where there is none."""

    low: int
    high: int
    addition: str

    def __str__(self) -> str:
        if self.low < 0:
            return self.addition
        span = f"-{self.high}" if self.high > self.low else ""
        if re.fullmatch(r"[a-z½]?(/.*)?", self.addition):
            return f"{self.low}{self.addition}{span}"
        return f"{self.low}{span} {self.addition}"


def parse_number(text: str) -> Number:
    """Read a house number as people write it.

    Parameters
    ----------
    text : str
        ``12``, ``12 A``, ``Nr. 12a``, ``12-14``, ``12/14``, ``12 bis 14``, ``12/2``, ``12 1/2`` …

    Returns
    -------
    Number
        ``12/14`` runs from 12 to 14, ``12/2`` is part 2 of house 12. Whatever else is written
        belongs to the addition, so that nothing passes for the plain house.

    Examples
    --------
    >>> [str(parse_number(t)) for t in ("Nr. 12 A", "12 – 14", "12/2", "12 1/2", "o. Nr.")]
    ['12a', '12-14', '12/2', '12½', 'onr']
    """
    number = _parse_once(text)
    while (again := _parse_once(str(number))) != number:
        number = again
    return number


def _parse_once(text: str) -> Number:
    text = unicodedata.normalize("NFKC", text.replace("½", " 1/2")).replace("⁄", "/")
    text = re.sub(r"[–—−]", "-", letters(text)).strip()
    text = re.sub(r"(?<=\d)\s+1/2(?!\d)", "½", re.sub(_NUMBER_WORDS, "", text))
    found = _NUMBER.search(text)
    if not found or int(found[1]) > _LONGEST_NUMBER:
        return Number(-1, -1, re.sub(r"[\W_]", "", text))
    low = int(found[1])
    more = [int(n) for n in re.findall(r"\d+", found["more"]) if len(n) <= 5]
    high = max([low, *(n for n in more if n <= low + _WIDEST_RANGE)])
    addition = re.sub(r"[\W_]", "", text[: found.start()]) + (found[2] or "")
    if more and high == low:
        addition += re.sub(r"[^0-9a-z/½]", "/", re.sub(r"\s", "", found["more"]))
    return Number(low, high, addition + re.sub(r"[\W_]", "", text[found.end() :]))


class Stated(NamedTuple):
    """The parts of an address written into one cell; empty what is not there."""

    street: str
    number: str
    postcode: str
    city: str


def split_address(text: str) -> Stated:
    """Split ``Straße 12a, 17033 Ort`` into its parts.

    Examples
    --------
    >>> tuple(split_address("Rostocker Str. 12 a, 17033 Neubrandenburg"))
    ('Rostocker Str.', '12 a', '17033', 'Neubrandenburg')
    >>> tuple(split_address("Platz des 17. Juni"))
    ('Platz des 17. Juni', '', '', '')
    """
    text = " ".join(text.split())
    postal = _POSTAL.search(text)
    postcode, city = (postal["postcode"], postal["city"] or "") if postal else ("", "")
    text = (text[: postal.start()] if postal else text).rstrip(" ,;")
    found = _TRAILING.match(text)
    if found is None:
        return Stated(text, "", postcode, city)
    return Stated(found["street"].rstrip(" ,"), found["number"].strip(), postcode, city)
