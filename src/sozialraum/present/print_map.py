"""Print maps: one indicator of one level on a sheet of A4 or A3, as SVG, PDF or PNG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from sozialraum.errors import UnknownNameError
from sozialraum.present.classes import Scheme
from sozialraum.present.files import mark_name, replacing
from sozialraum.present.print_content import Content, gather_content
from sozialraum.present.print_ground import Picture, draw_ground
from sozialraum.present.print_sheet import PAPERS, POINT, WRITERS, Sheet, Unit, flow, move
from sozialraum.present.print_words import (
    GUTTER,
    describe,
    explain,
    list_numbers,
    note_rest,
    say_title,
    write_foot,
    write_head,
)
from sozialraum.present.svg import element
from sozialraum.secrecy.edition import verify_edition
from sozialraum.texts import LANGUAGES, say, speaking

if TYPE_CHECKING:
    from sozialraum.secrecy.edition import Edition

Size = Literal["A4", "A3"]
Orientation = Literal["auto", "portrait", "landscape"]
_UNITS = {"A4": 1.0, "A3": 1.3}  # letters and lines, beside those on A4
_COLUMN = 164.0
_MARGIN_MM = 12.0
_MOST_COLUMNS = 3  # of explanations beside the map
_LEAST = 0.7  # of the size a map could have, which a list of numbers must leave it
_NARROWEST = 0.3  # of the width, for a map beside explanations
_LETTERS = (1.0, 0.9, 0.8)  # of the explanations; smaller ones where the sheet is too full


def write_print_map(
    edition: Edition,
    path: str | Path,
    *,
    indicator: str | None = None,
    level: str | None = None,
    datenstand: str | None = None,
    size: Size = "A4",
    orientation: Orientation = "auto",
    scheme: Scheme = "quantiles",
    limits: Sequence[float] | None = None,
    offers: Sequence[str] = (),
    gaps: bool = False,
    hatched: bool = False,
    dpi: int = 300,
    language: str = "de",
) -> Path:
    """Write a map for paper, in the classes, colours and words of the map page.

    Parameters
    ----------
    edition : Edition
        Protected tables; nothing else gets onto the paper.
    path : path
        Ends in ``.svg``, ``.pdf`` or ``.png``; written whole or not at all.
    indicator, level : str, optional
        What the map page starts with unless given.
    datenstand : str, optional
        The newest of the indicator on that level unless given.
    size : {"A4", "A3"}
    orientation : {"auto", "portrait", "landscape"}
        By itself the one on which the map becomes larger.
    scheme : {"quantiles", "equal", "natural"}
    limits : sequence of float, optional
        Fixed class limits, at most four.
    offers : sequence of str
        Categories of offers to draw as signs.
    gaps : bool
        Whether the indicator's gaps are hatched.
    hatched : bool
        Patterns instead of colours, for black and white.
    dpi : int
        Dots per inch of a PNG, 72 to 600.
    language : {"de", "en"}
        Of the words of the sheet; titles, notes and sources stay as they are.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    UnknownNameError
        There is no such indicator, level, Datenstand, category, paper, orientation, language or
        kind of file.
    MissingPackageError
        PDF and PNG need the extra ``pdf``.
    SecrecyError
        The edition was not made by `build_edition` or was changed.

    Notes
    -----
    Classes are those of `classify_indicator`: limits over all dates, so that maps of two years can be
    compared; counts are those of the date shown. A name stands inside its own area or not at all: an
    area without room gets a number, beside it with a line where even that does not fit, and a line
    in the list of numbers. The scale bar is exact on the printed paper at 100 %.

    Letters, patterns and picture are vectors in SVG and PDF. A PDF is PDF/A-2a and PDF/UA-1; its
    texts are tagged, the map itself is described in words. The same edition gives the same bytes.

    Examples
    --------
    >>> import tempfile
    >>> from sozialraum.demo import build_musterstadt
    >>> from sozialraum.secrecy.build import build_edition
    >>> edition = build_edition(build_musterstadt().atlas)
    >>> write_print_map(edition, Path(tempfile.mkdtemp()) / "karte.svg", level="sozialraum").name
    'karte.svg'
    """
    verify_edition(edition)
    path = mark_name(path, edition.audience)
    for name, given, known in (
        ("size", size, PAPERS),
        ("orientation", orientation, ("auto", "portrait", "landscape")),
        ("suffix", path.suffix, WRITERS),
        ("language", language, LANGUAGES),
    ):
        if given not in known:
            raise UnknownNameError(name, given, tuple(known))
    if not 72 <= dpi <= 600:
        raise ValueError(say("print.dpi", dpi=dpi))
    with speaking(language):
        content = gather_content(
            edition, indicator, level, datenstand, scheme=scheme, limits=limits, offers=offers,
            gaps=gaps, hatched=hatched,
        )  # fmt: skip
        sheet = compose_sheet(content, size=size, orientation=orientation)
    data = WRITERS[path.suffix](replace(sheet, language=language), dpi)
    with replacing(path) as temporary:
        temporary.write_bytes(data)
    return path


def compose_sheet(content: Content, *, size: Size, orientation: Orientation) -> Sheet:
    """Lay a map out: head, map, columns of explanations, foot.

    Parameters
    ----------
    content : Content
    size : {"A4", "A3"}
    orientation : {"auto", "portrait", "landscape"}

    Returns
    -------
    Sheet
    """
    return lay_out(content, size=size, orientation=orientation)[0]


def lay_out(
    content: Content, *, size: Size, orientation: Orientation
) -> tuple[Sheet, Picture, tuple[float, float]]:
    """Give the sheet, the map on it, and where that stands (left and upper edge in points)."""
    ways = [
        (turned, beside)
        for turned in (False, True)
        for beside in (False, True)
        if orientation in ("auto", ("portrait", "landscape")[turned])
    ]
    for letters in _LETTERS:
        plans = [_Plan(content, size, letters, *way) for way in ways]
        plan = max(plans, key=lambda p: p.scale)
        if plan.scale > 0:
            return plan.finish()
    raise ValueError(say("print.full", size=size))


class _Plan:
    """One way to divide the paper: how it lies, and whether the explanations stand beside or below."""

    def __init__(
        self, content: Content, size: Size, letters: float, turned: bool, beside: bool
    ) -> None:
        unit = _UNITS[size]
        self.content, self.unit, self.small, self.beside = content, unit, unit * letters, beside
        short, long = PAPERS[size]
        self.size_mm = (long, short) if turned else (short, long)
        self.margin = _MARGIN_MM * POINT * (1 + (unit - 1) / 2)
        self.width = self.size_mm[0] * POINT - 2 * self.margin
        self.height = self.size_mm[1] * POINT - 2 * self.margin
        self.head = write_head(content, self.width, unit)
        self.foot = write_foot(content, self.width, self.small)
        self.gutter = GUTTER * unit
        self.columns = 1 if beside else max(int((self.width + 1) // ((_COLUMN - 6) * unit)), 1)
        self.column = (
            _COLUMN * unit
            if beside
            else (self.width - (self.columns - 1) * self.gutter) / self.columns
        )
        self.middle = self.height - self.head.height - self.foot.height - 20 * unit
        self.below = 0.0
        self.fixed = explain(content, self.column, self.small)
        # What the map turns out to leave out must find room too.
        rest = note_rest(len(content.rows), len(content.ground.offers), self.column, self.small)
        fullest = [*self.fixed, *rest]
        while beside and self._frame(fullest) is None and self.columns < _MOST_COLUMNS:
            self.columns += 1
        frame = self._frame(fullest)
        self.scale = self._scale(frame) if frame else 0.0

    def _frame(self, units: Sequence[Unit]) -> tuple[float, float] | None:
        """Give width and height that the map gets, if any; it only ever becomes smaller."""
        if self.beside:
            width = self.width - self.columns * (self.column + self.gutter)
            if width < _NARROWEST * self.width or flow(units, self.columns, self.middle) is None:
                return None
            return width, self.middle
        low = max(*(u.height for u in units), sum(u.height for u in units) / self.columns / 2)
        for height in np.arange(max(low, self.below), self.middle * 0.62, 3.0):
            if flow(units, self.columns, float(height)) is not None:
                self.below = float(height)
                return self.width, self.middle - float(height) - 10 * self.unit
        return None

    def _scale(self, frame: tuple[float, float]) -> float:
        x0, y0, x1, y1 = self.content.ground.bounds()
        return min(frame[0] / max(x1 - x0, 1), frame[1] / max(y1 - y0, 1))

    def finish(self) -> tuple[Sheet, Picture, tuple[float, float]]:
        """Draw the map; its list of numbers must find room, or the map gives some up."""
        first = self.columns
        most = max(first, _MOST_COLUMNS) if self.beside else first
        ways = [(n, figures, True) for n in range(first, most + 1) for figures in (True, False)]
        for columns, figures, numbers in [*ways, (first, True, False)]:
            self.columns, self.below = columns, 0.0
            frame = self._frame(self.fixed)
            new = None
            while frame is not None:
                picture = draw_ground(
                    self.content.ground, *frame, unit=self.unit, figures=figures, numbers=numbers
                )
                listed = list_numbers(self.content, picture.numbered, self.column, self.small)
                rest = note_rest(picture.unnamed, picture.beyond, self.column, self.small)
                units = [*self.fixed, *listed, *rest]
                new = self._frame(units)
                if new is None or new == frame:
                    break
                frame = new
            if new is not None and self._scale(new) > _LEAST * self.scale:
                break
        assert frame is not None  # the last way needs no more room than was found at the start
        return self._put_together(units, frame, picture)

    def _put_together(
        self, units: Sequence[Unit], frame: tuple[float, float], picture: Picture
    ) -> tuple[Sheet, Picture, tuple[float, float]]:
        content, unit, left = self.content, self.unit, self.margin
        top = self.margin + self.head.height + 10 * unit
        placed = [move(self.head, left, self.margin)]
        start = (left + frame[0] + self.gutter, top)
        room = self.middle
        if not self.beside:
            start, room = (left, top + frame[1] + 10 * unit), self.below
        places = flow(units, self.columns, room)
        assert places is not None
        placed += [
            move(u, start[0] + column * (self.column + self.gutter), start[1] + y)
            for u, (column, y) in zip(units, places, strict=True)
        ]
        end = self.margin + self.height - self.foot.height
        placed.append(move(self.foot, left, end))
        shapes = "".join(shape for p in placed for shape in p.shapes)
        clip = element(
            "clipPath", element("rect", width=frame[0], height=frame[1]), id="ausschnitt"
        )
        picture_at = element(
            "g", element("g", picture.svg, clip_path="url(#ausschnitt)"),
            transform=f"translate({left:.4f} {top:.4f})",
        )  # fmt: skip
        defs = content.ground.patterns() + element("defs", clip)
        head = content.edition.head
        sheet = Sheet(
            self.size_mm,
            defs + picture_at + shapes,
            tuple(w for p in placed for w in p.words),
            title=say_title(content),
            alt=describe(content),
            author=head.office,
            created=content.edition.created,
        )
        return sheet, picture, (left, top)
