"""Sheets as DOCX: headings, tables and pictures in an office's own styles."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from itertools import count, zip_longest
from pathlib import Path
from typing import Any

from sozialraum.errors import require
from sozialraum.present.looks import LOOKS
from sozialraum.present.profile.sheet import (
    Beside,
    Figure,
    Figures,
    Items,
    Paragraph,
    Picture,
    Run,
    Sheet,
    Spread,
    Subheading,
    Table,
    Tiles,
    Words,
    say_plain,
)
from sozialraum.present.svg import clean
from sozialraum.present.typeset import draw_png
from sozialraum.present.word_looks import describe, dress
from sozialraum.present.word_parts import (
    hide_from_readers,
    make_element,
    make_row,
    make_run,
    qualify,
    repack,
    split_section,
)
from sozialraum.texts import say

PLACEHOLDER = "{profil}"
# Widths of pictures in millimetres, by kind.
_WIDTHS = {"map": 44.0, "chart": 56.0, "wide": 125.0, "small": 38.0, "change": 88.0}
_TALLEST = 84.0
# Between two columns, and the height of a sign in a line, in millimetres.
_GUTTER, _SIGN = 7.0, 2.6
# Sizes of text in half points: in cells, and of method and sources.
_CELL, _NOTE = 15, 13
# Rows of a table that is not cut by the end of a page.
_SHORT = 12


def write_docx(sheet: Sheet, *, template: str | Path | None = None, author: str = "") -> bytes:
    """Write a sheet as DOCX.

    Parameters
    ----------
    sheet : Sheet
    template : path, optional
        A DOCX of the office: its styles, page, header, footer and logo are kept. The profile takes the
        place of a paragraph ``{profil}``, or of the whole text if there is none.
    author : str

    Returns
    -------
    bytes
        The same for the same sheet and template.

    Raises
    ------
    FileNotFoundError
        There is no such template.
    MissingPackageError
        The extra ``word`` is not installed.
    """
    docx = require("docx", extra="word")
    if template is not None and not Path(template).is_file():
        raise FileNotFoundError(str(template))
    document = docx.Document(str(template) if template is not None else None)
    describe(document, sheet, author)
    if template is None:
        dress(document, sheet)
    place, found = _find_place(document)
    _Writer(document, place, columns=template is None).write(sheet)
    if found:
        place.getparent().remove(place)
    buffer = io.BytesIO()
    document.save(buffer)
    return repack(buffer.getvalue())


def _find_place(document: Any) -> tuple[Any, bool]:
    """Give what the profile stands before: the placeholder, or the end of an emptied text."""
    body = document.element.body
    for paragraph in document.paragraphs:
        if paragraph.text.strip() == PLACEHOLDER:
            return paragraph._p, True
    for child in list(body):
        if child.tag != qualify("w:sectPr"):
            body.remove(child)
    return body[-1], False


class _Writer:
    """Writes blocks before a place in the document, side by side where it may set columns."""

    def __init__(self, document: Any, place: Any, *, columns: bool) -> None:
        self.document, self.place, self.columns = document, place, columns
        self.pictures: dict[str, bytes] = {}
        self.bookmarks, self.idents = count(1), count(document.part.next_id)
        self.small = self.kept = False
        section = document.sections[-1]
        self.width = (section.page_width - section.left_margin - section.right_margin) / 36000  # mm

    def write(self, sheet: Sheet) -> None:
        """Write a whole sheet."""
        svgs = list(dict.fromkeys(_find_svgs(sheet.parts)))
        self.pictures = dict(zip(svgs, draw_png(svgs), strict=True))
        if sheet.notice:
            self.add(self.paragraph((Run(sheet.notice, "strong"),), shade=LOOKS["sand"]))
        self.add(self.paragraph((Run(sheet.kind, "strong"), Run(f"· {sheet.place}", "quiet"))))
        self.add(self.paragraph((Run(sheet.name),), "Title"))
        if sheet.within:
            self.add(self.paragraph((Run(sheet.within, "quiet"),)))
        facts = [(Run(f"{word}:", "quiet"), Run(text)) for word, text in sheet.facts]
        if facts:
            self.add(self.paragraph(tuple(run for fact in facts for run in fact)))
        for part in sheet.parts:
            if isinstance(part, Spread):
                self.beside(*((s.title, *s.blocks) for s in part.sections), share=part.share)
            elif part.kind == "method":
                self.small = True
                self.add(self.paragraph(part.title, "Heading 1"))
                self.beside(part.blocks)
            else:
                self.block(part.title)
                for block, following in zip_longest(part.blocks, part.blocks[1:]):
                    self.kept = isinstance(block, Items) and isinstance(following, Table)
                    self.block(block)
                    self.kept = False
        if self.columns:
            self.add(self.space())

    def beside(self, *parts: Sequence[Any], share: float = 0.5) -> None:
        """Write parts in columns beside each other, one in two columns; without columns in a row."""
        whole = self.width
        if self.columns:
            self.add(split_section(self.document, self.space()))
            shares = [share, 1 - share]
            widths = [(whole - _GUTTER) * one for one in shares]
        for i, part in enumerate(parts):
            last = self.place.getprevious()
            if self.columns:
                self.width = widths[i]
            for block in part:
                self.block(block)
            if self.columns and len(part):
                self.open_column(last.getnext(), breaks=i > 0)
        if self.columns:
            self.width = whole
            self.add(split_section(self.document, self.space(), widths, _GUTTER))

    def open_column(self, first: Any, *, breaks: bool) -> None:
        """Let columns beside each other begin at the same height."""
        if first.tag != qualify("w:p"):
            first.addprevious(self.space())
            first = first.getprevious()
        properties = first.find(qualify("w:pPr"))
        spacing = properties.find(qualify("w:spacing"))
        if spacing is None:
            spacing = make_element("w:spacing")
            properties.append(spacing)
        spacing.set(qualify("w:before"), "0")
        if breaks:
            run = make_element("w:r")
            run.append(make_element("w:br", type="column"))
            properties.addnext(run)

    def add(self, element: Any) -> None:
        self.place.addprevious(element)

    def block(self, block: Any) -> None:
        match block:
            case tuple():
                self.add(self.paragraph(block, "Heading 1"))
            case Paragraph():
                self.add(self.paragraph(block.words, keep=block.kind == "intro"))
            case Subheading():
                self.add(self.paragraph((Run(block.text),), "Heading 2"))
            case Items(kind="notes"):
                for i, item in enumerate(block.items, 1):
                    self.add(self.note(i, item))
            case Items():
                for item in block.items:
                    self.add(self.paragraph(item, "List Bullet", bullet=True))
            case Figure():
                if block.title:
                    self.add(self.paragraph(block.title, keep=True))
                self.add(self.picture(block.picture, min(_WIDTHS[block.kind], self.width)))
                lines = block.legend if block.kind == "change" else (_join(block.legend),)
                for line in filter(None, lines):
                    self.add(self.paragraph(line, small=True))
            case Figures():
                for first in range(0, len(block.figures), block.columns):
                    self.add(self.picture_table(block.figures[first : first + block.columns]))
                    self.add(self.space())
            case Tiles():
                self.add(self.tile_table(block))
                self.add(self.space())
            case Table():
                kept = self.kept
                self.kept = kept or sum(len(group.rows) for group in block.groups) <= _SHORT
                self.add(self.table(block))
                self.kept = kept
                self.add(self.space())
            case Beside(left=(Figure(), *_)):
                # A picture that does not fit would push its neighbour into the wrong column.
                for part in (*block.left, *block.right):
                    self.block(part)
            case Beside():
                # Of two short tables beside each other none may go on on the next page.
                self.kept = all(isinstance(one, Table) for one in (*block.left, *block.right))
                self.beside(block.left, block.right, share=block.share)
                self.kept = False

    def paragraph(
        self, words: Words, style: str = "", *, keep: bool = False, bullet: bool = False,
        right: bool = False, small: bool = False, shade: str = "", bold: bool = False,
    ) -> Any:  # fmt: skip
        known = self.style(style) if style else None
        noted = self.small and not style.startswith("Heading")
        size = _NOTE if noted else _CELL if small else 0
        properties = make_element("w:pPr")
        if known:
            properties.append(make_element("w:pStyle", val=known))
        if keep or self.kept:
            properties.append(make_element("w:keepNext"))
        if shade:
            properties.append(make_element("w:shd", val="clear", color="auto", fill=shade[1:]))
        if small or noted:
            properties.append(make_element("w:spacing", before="2", after="2"))
        if right:
            properties.append(make_element("w:jc", val="right"))
        if style.startswith("Heading") and not known:
            properties.append(make_element("w:outlineLvl", val=str(int(style[-1]) - 1)))
        paragraph = make_element("w:p")
        paragraph.append(properties)
        if bullet and not known:
            paragraph.append(make_run("– "))
        for i, run in enumerate(words):
            space = " " if i and run.kind not in ("cite", "unit") else ""
            space = "\u00a0" if i and words[i - 1].kind == "sign" else space
            for part in self.run(run, space, size=size, bold=bold):
                paragraph.append(part)
        return paragraph

    def run(self, run: Run, space: str, *, size: int, bold: bool) -> Iterator[Any]:
        text = space + run.text
        if run.kind == "sign":
            if space:
                yield make_run(space, size=size)
            yield self.sign(run.text)
        elif run.kind == "cite":
            link = make_element("w:hyperlink", anchor=f"n{run.text}", history="1")
            link.append(make_run(text, raised=True, size=size))
            yield link
        elif run.kind == "link":
            if space:
                yield make_run(space, size=size)
            link = make_element("w:hyperlink", history="1")
            kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
            link.set(
                qualify("r:id"), self.document.part.relate_to(clean(run.to), kind, is_external=True)
            )
            link.append(make_run(run.text, size=size, colour=LOOKS["accent"]))
            yield link
        elif run.kind == "mark":
            yield make_run(f"{space}[{run.text}]", size=15, colour=LOOKS["quiet"])
        else:
            quiet = run.kind in ("quiet", "unit")
            yield make_run(
                text, bold=bold or run.kind in ("strong", "gap"), size=size,
                colour=LOOKS["quiet"] if quiet else "",
            )  # fmt: skip

    def space(self) -> Any:
        """Keep two tables apart, which would become one without it."""
        paragraph, properties = make_element("w:p"), make_element("w:pPr")
        properties.append(
            make_element("w:spacing", before="0", after="0", line="80", lineRule="exact")
        )
        paragraph.append(properties)
        return paragraph

    def note(self, number: int, words: Words) -> Any:
        """Write a source with the bookmark that its citations lead to."""
        paragraph = self.paragraph((Run(f"{number}", "strong"), *words), small=True)
        ident = str(next(self.bookmarks))
        paragraph.insert(1, make_element("w:bookmarkStart", id=ident, name=f"n{number}"))
        paragraph.append(make_element("w:bookmarkEnd", id=ident))
        return paragraph

    def picture(self, picture: Picture, width: float, *, keep: bool = False) -> Any:
        from docx.shared import Mm

        drawn = self.inline(picture.svg, width=Mm(width))
        if drawn.extent.cy > Mm(_TALLEST):
            drawn = self.inline(picture.svg, height=Mm(_TALLEST))
        words = clean(picture.alt)
        drawn.docPr.set("name", words.split(".")[0][:60])
        for named in (drawn.docPr, *drawn.iter(qualify("pic:cNvPr"))):
            named.set("descr", words)
        paragraph = self.paragraph((), keep=keep)
        paragraph.append(self.drawing(drawn))
        return paragraph

    def sign(self, svg: str) -> Any:
        """Write a picture that says no more than the word behind it."""
        from docx.shared import Mm

        drawn = self.inline(svg, height=Mm(_SIGN))
        drawn.docPr.set("name", "")
        hide_from_readers(drawn.docPr)
        return self.drawing(drawn)

    def inline(self, svg: str, **size: Any) -> Any:
        drawn = self.document.part.new_pic_inline(io.BytesIO(self.pictures[svg]), **size)
        drawn.docPr.set("id", str(next(self.idents)))
        for side in ("distT", "distB", "distL", "distR"):  # some programs take a gap for granted
            drawn.set(side, "0")
        for named in drawn.iter(qualify("pic:cNvPr")):
            named.set("name", "bild.png")
        return drawn

    def drawing(self, drawn: Any) -> Any:
        run, drawing = make_element("w:r"), make_element("w:drawing")
        drawing.append(drawn)
        run.append(drawing)
        return run

    def style(self, name: str) -> str | None:
        """Give the id of a style, None if the office's template has none of that name."""
        try:
            return str(self.document.styles[name].style_id)
        except KeyError:
            return None

    def table(self, table: Table) -> Any:
        """Write a table without its pictures; a text among them goes to the empty cell before."""
        kept = [i for i, column in enumerate(table.columns) if column.kind != "picture"]
        columns = [table.columns[i] for i in kept]
        shares = [c.share for c in columns]
        for i, column in enumerate(table.columns):
            if column.kind == "picture" and i:
                shares[kept.index(i - 1)] += column.share / 3
        made = self.frame(table.caption, shares)
        right = [c.kind in ("number", "own", "quiet") for c in columns]
        heads = [self.paragraph(c.title, right=r, small=True, bold=True)
                 for c, r in zip(columns, right, strict=True)]  # fmt: skip
        made.append(make_row(heads, head=True))

        def fill(cells: tuple[Any, ...], *, bold: bool = False) -> Any:
            texts: list[Words] = []
            for i, cell in enumerate(cells):
                if i in kept:
                    texts.append(cell)
                elif not isinstance(cell, Picture) and cell and not texts[-1]:
                    texts[-1] = cell
            return make_row(
                [self.paragraph(t, right=r, small=True, bold=bold or columns[i].kind == "own")
                 for i, (t, r) in enumerate(zip(texts, right, strict=True))]
            )  # fmt: skip

        for group in table.groups:
            if group.title:
                title = self.paragraph(group.title, keep=True, small=True, bold=True)
                made.append(make_row([title], span=len(columns)))
            for cells in group.rows:
                made.append(fill(cells))
        for cells in table.foot:
            made.append(fill(cells, bold=True))
        return made

    def tile_table(self, tiles: Tiles) -> Any:
        bases = list(dict.fromkeys(name for tile in tiles.tiles for name, _ in tile.bases))
        made = self.frame(say("profile.key_heading"), [3.0, 2.0, *[1.4 for _ in bases]])
        heads = [say("profile.indicator"), say("profile.value"), *bases]
        made.append(
            make_row([self.paragraph((Run(h),), right=i > 0, small=True, bold=True)
                  for i, h in enumerate(heads)], head=True)
        )  # fmt: skip
        for tile in tiles.tiles:
            known = dict(tile.bases)
            value = f"{tile.value} {tile.unit}".strip()
            cells = [self.paragraph((*tile.title, *tile.marks), small=True)]
            cells.append(self.paragraph((Run(value),), right=True, small=True, bold=True))
            cells += [
                self.paragraph((Run(known.get(b, "")),), right=True, small=True) for b in bases
            ]
            made.append(make_row(cells))
        return made

    def picture_table(self, figures: tuple[Figure, ...]) -> Any:
        """Write pictures beside each other, what they show as the heads of the columns."""
        caption = "; ".join(say_plain(f.title) for f in figures)
        made = self.frame(caption, [1.0] * 4)
        heads = [self.paragraph(f.title, small=True, keep=True) for f in figures]
        cells = [self.picture(f.picture, min(_WIDTHS[f.kind], self.width / 4 - 3)) for f in figures]
        blank = [[self.paragraph(()) for _ in range(4 - len(figures))] for _ in range(2)]
        made.append(make_row([*heads, *blank[0]], head=True))
        made.append(make_row([*cells, *blank[1]]))
        return made

    def frame(self, caption: str, shares: list[float]) -> Any:
        """Open a table with thin lines between its rows, over the whole width."""
        table, properties, grid = (make_element(f"w:{n}") for n in ("tbl", "tblPr", "tblGrid"))
        style = self.style("Normal Table") or self.style("Table Normal")
        if style:
            properties.append(make_element("w:tblStyle", val=style))
        properties.append(make_element("w:tblW", w="5000", type="pct"))
        borders = make_element("w:tblBorders")
        for side in ("top", "bottom", "insideH"):
            borders.append(
                make_element(f"w:{side}", val="single", sz="4", space="0", color=LOOKS["rule"][1:])
            )
        properties.append(borders)
        properties.append(make_element("w:tblLayout", type="fixed"))
        margins = make_element("w:tblCellMar")
        for side in ("left", "right"):
            margins.append(make_element(f"w:{side}", w="45", type="dxa"))
        properties.append(margins)
        properties.append(
            make_element("w:tblLook", val="0620", firstRow="1", lastRow="0", firstColumn="1",
                     lastColumn="0", noHBand="1", noVBand="1")
        )  # fmt: skip
        properties.append(make_element("w:tblCaption", val=clean(caption)))
        twips = self.width * 56.7
        for share in shares:
            grid.append(make_element("w:gridCol", w=str(round(twips * share / sum(shares)))))
        table.append(properties)
        table.append(grid)
        return table


def _find_svgs(part: Any) -> Iterator[str]:
    """Go through the pictures and signs that are drawn; pictures in cells of tables are not."""
    match part:
        case Picture():
            yield part.svg
        case Run(kind="sign"):
            yield part.text
        case Table():
            for group in part.groups:
                cells = [cell for row in (*group.rows, *part.foot) for cell in row]
                yield from _find_svgs((group.title, *(c for c in cells if isinstance(c, tuple))))
        case tuple():
            for one in part:
                yield from _find_svgs(one)
        case _ if is_dataclass(part):
            yield from _find_svgs(tuple(getattr(part, field.name) for field in fields(part)))


def _join(lines: tuple[Words, ...]) -> Words:
    """Join the entries of a legend to one line that breaks between them."""
    joined: list[Run] = []
    for i, line in enumerate(lines):
        end = "," if i < len(lines) - 1 else ""
        words = say_plain(line).replace(" ", "\u00a0")
        joined += [run for run in line if run.kind == "sign"]
        joined.append(Run(words + end, "quiet"))
    return tuple(joined)
