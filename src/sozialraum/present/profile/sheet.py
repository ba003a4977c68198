"""A profile as a sheet: headings, sentences, tables and pictures in order, the same for every format.

Whatever a reader sees of a profile is decided here once; HTML, PDF and DOCX only set it.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, ClassVar

_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.DOTALL)
_DESC = re.compile(r"<desc[^>]*>(.*?)</desc>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a line.

    Attributes
    ----------
    text : str
        Plain text, never markup; of a sign its SVG.
    kind : str
        "" or "strong", "quiet", "unit", "mark" (such as "Übungsdaten"), "cite" (number of a source),
        "link", "sign" (picture of a category that stands before its word), "gap" (number on the map).
    to : str
        Address of a link.
    """

    text: str
    kind: str = ""
    to: str = ""


Words = tuple[Run, ...]


def say_plain(words: Words) -> str:
    """Give the text of a line without signs.

    Examples
    --------
    >>> say_plain((Run("<svg/>", "sign"), Run("Kita"), Run("2", "strong")))
    'Kita 2'
    """
    return " ".join(run.text for run in words if run.kind != "sign")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as SVG that names and describes itself.

    Attributes
    ----------
    svg : str
    """

    type: ClassVar[str] = "picture"
    svg: str

    @property
    def alt(self) -> str:
        """The words for who cannot see it.

        Examples
        --------
        >>> Picture('<svg><title id="t">Karte</title><desc id="d">A &amp; B</desc></svg>').alt
        'Karte. A & B'
        """
        return ". ".join(filter(None, (self._say(_TITLE), self.desc)))

    @property
    def desc(self) -> str:
        """What it shows, without its title."""
        return self._say(_DESC)

    def _say(self, pattern: re.Pattern[str]) -> str:
        found = pattern.search(self.svg)
        return html.unescape(found[1]).strip() if found else ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    title : tuple of Run
    kind : str
        "text", "number", "own" (the area's own numbers), "quiet" or "picture".
    share : float
        Its width in parts of the table.
    whole : bool
        Whether it is wide enough for its longest word.
    """

    title: Words
    kind: str = "number"
    share: float = 1.0
    whole: bool = False


Cell = Words | Picture


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of a table under a heading of their own, if it has words.

    Attributes
    ----------
    rows : tuple of tuple
        The first cell of a row is its heading.
    title : tuple of Run
    """

    rows: tuple[tuple[Cell, ...], ...]
    title: Words = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Attributes
    ----------
    caption : str
        For who cannot see it; ``key`` stands in its place where there is one.
    columns : tuple of Column
    groups : tuple of Group
    foot : tuple of tuple
        Rows of sums.
    key : tuple of (str, str)
        Signs of its pictures and their words: "own", "parent", "whole", "other", "bar".
    kind : str
    """

    type: ClassVar[str] = "table"
    caption: str
    columns: tuple[Column, ...]
    groups: tuple[Group, ...]
    foot: tuple[tuple[Cell, ...], ...] = ()
    key: tuple[tuple[str, str], ...] = ()
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; ``kind`` is "", "intro" or "quiet"."""

    type: ClassVar[str] = "paragraph"
    words: Words
    kind: str = "intro"


@dataclass(frozen=True, slots=True)
class Items:
    """A list; ``kind`` is "glance", "plain" or "notes" (numbered sources)."""

    type: ClassVar[str] = "items"
    items: tuple[Words, ...]
    kind: str = "plain"


@dataclass(frozen=True, slots=True)
class Subheading:
    """A heading inside a section."""

    type: ClassVar[str] = "subheading"
    text: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture with title and legend; ``kind`` is "map", "chart", "wide" or "small"."""

    type: ClassVar[str] = "figure"
    picture: Picture
    title: Words = ()
    legend: tuple[Words, ...] = ()
    kind: str = "chart"


@dataclass(frozen=True, slots=True)
class Figures:
    """Small pictures in a grid."""

    type: ClassVar[str] = "figures"
    figures: tuple[Figure, ...]
    columns: int = 4


@dataclass(frozen=True, slots=True)
class Tile:
    """A key figure: what it is, its value and unit, what it is compared with."""

    title: Words
    value: str
    unit: str
    bases: tuple[tuple[str, str], ...]
    marks: Words


@dataclass(frozen=True, slots=True)
class Tiles:
    """The key figures."""

    type: ClassVar[str] = "tiles"
    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """Two columns of blocks; ``share`` is the left one's part of the width."""

    type: ClassVar[str] = "beside"
    left: tuple[Any, ...]
    right: tuple[Any, ...]
    share: float = 0.5


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its blocks; ``kind`` is "" or "method"."""

    type: ClassVar[str] = "section"
    id: str
    title: Words
    blocks: tuple[Any, ...]
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Spread:
    """Two sections beside each other."""

    type: ClassVar[str] = "spread"
    sections: tuple[Section, Section]
    share: float = 0.38


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A whole profile.

    Attributes
    ----------
    name, kind, place, within : str
        The area; "Sozialraumprofil"; its level; what it lies in.
    title, running : str
        Of the document; what stands at the foot of its pages.
    notice : str
        A banner such as "Beispiel, nicht für Planung".
    facts : tuple of (str, str)
        The head for the sitting.
    parts : tuple of Section or Spread
    created : str
        ISO date or nothing.
    """

    name: str
    kind: str
    place: str
    within: str
    title: str
    running: str
    notice: str
    facts: tuple[tuple[str, str], ...]
    parts: tuple[Section | Spread, ...]
    created: str

    @property
    def sections(self) -> tuple[Section, ...]:
        """All sections in reading order."""
        return tuple(s for p in self.parts for s in (p.sections if isinstance(p, Spread) else [p]))


def to_plain(part: object) -> Any:
    """Turn blocks into what JSON can hold; a picture brings its words along.

    Examples
    --------
    >>> to_plain(Paragraph((Run("a"),)))
    {'type': 'paragraph', 'words': [{'text': 'a', 'kind': '', 'to': ''}], 'kind': 'intro'}
    """
    if is_dataclass(part) and not isinstance(part, type):
        kind = getattr(part, "type", "")
        plain = {"type": kind} if kind else {}
        plain |= {f.name: to_plain(getattr(part, f.name)) for f in fields(part)}
        return plain | ({"alt": part.alt} if isinstance(part, Picture) else {})
    if isinstance(part, tuple | list):
        return [to_plain(p) for p in part]
    return part
