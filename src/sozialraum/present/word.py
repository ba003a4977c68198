"""Sheets as DOCX: headings, tables and pictures in an office's own styles."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from itertools import count
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
    Subheading,
    Table,
    Tiles,
    Words,
    say_plain,
)
from sozialraum.present.svg import clean
from sozialraum.present.typeset import draw_png
from sozialraum.present.word_looks import describe, dress
from sozialraum.present.word_parts import make_element, make_row, make_run, qualify, repack
from sozialraum.texts import say

PLACEHOLDER = "{profil}"
# Widths of pictures in millimetres, by kind.
_WIDTHS = {"map": 64.0, "chart": 80.0, "wide": 140.0, "small": 38.0}
# Sizes of text in half points: in cells, and of method and sources.
_CELL, _NOTE = 16, 14


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
    _Writer(document, place).write(sheet)
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
    """Writes blocks before a place in the document."""

    def __init__(self, document: Any, place: Any) -> None:
        self.document, self.place = document, place
        self.pictures: dict[str, bytes] = {}
        self.bookmarks = count(1)
        self.small = False
        section = document.sections[-1]
        self.width = (section.page_width - section.left_margin - section.right_margin) / 36000  # mm

    def write(self, sheet: Sheet) -> None:
        """Write a whole sheet."""
        svgs = [p.svg for s in sheet.sections for p in _find_pictures(s.blocks)]
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
        for section in sheet.sections:
            self.small = section.kind == "method"
            self.add(self.paragraph(section.title, "Heading 1"))
            for block in section.blocks:
                self.block(block)

    def add(self, element: Any) -> None:
        self.place.addprevious(element)

    def block(self, block: Any) -> None:
        match block:
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
                if block.legend:
                    self.add(self.paragraph(_join(block.legend)))
            case Figures():
                for first in range(0, len(block.figures), block.columns):
                    self.add(self.picture_table(block.figures[first : first + block.columns]))
                    self.add(self.space())
            case Tiles():
                self.add(self.tile_table(block))
                self.add(self.space())
            case Table():
                self.add(self.table(block))
                self.add(self.space())
            case Beside():
                for part in (*block.left, *block.right):
                    self.block(part)

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
        if keep:
            properties.append(make_element("w:keepNext"))
        if shade:
            properties.append(make_element("w:shd", val="clear", color="auto", fill=shade[1:]))
        if small or noted:
            properties.append(make_element("w:spacing", before="10", after="10"))
        if right:
            properties.append(make_element("w:jc", val="right"))
        if style.startswith("Heading") and not known:
            properties.append(make_element("w:outlineLvl", val=str(int(style[-1]) - 1)))
        paragraph = make_element("w:p")
        paragraph.append(properties)
        if bullet and not known:
            paragraph.append(make_run("– "))
        for i, run in enumerate(r for r in words if r.kind != "sign"):
            space = " " if i and run.kind not in ("cite", "unit") else ""
            for part in self.run(run, space, size=size, bold=bold):
                paragraph.append(part)
        return paragraph

    def run(self, run: Run, space: str, *, size: int, bold: bool) -> Iterator[Any]:
        text = space + run.text
        if run.kind == "cite":
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
        """Keep two tables apart; without it they would become one."""
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

        data = self.pictures[picture.svg]
        inline = self.document.part.new_pic_inline(io.BytesIO(data), width=Mm(width))
        inline.docPr.set("descr", clean(picture.alt))
        inline.docPr.set("name", clean(picture.alt.split(".")[0])[:60])
        for named in inline.iter(qualify("pic:cNvPr")):
            named.set("name", "bild.png")
            named.set("descr", clean(picture.alt))
        drawing = make_element("w:drawing")
        drawing.append(inline)
        run = make_element("w:r")
        run.append(drawing)
        paragraph = self.paragraph((), keep=keep)
        paragraph.append(run)
        return paragraph

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
        made = self.frame(say("profile.key_heading"), [3.0, 1.4, *[1.4 for _ in bases]])
        heads = [say("profile.indicator"), say("profile.value"), *bases]
        made.append(
            make_row([self.paragraph((Run(h),), right=i > 0, small=True, bold=True)
                  for i, h in enumerate(heads)], head=True)
        )  # fmt: skip
        for tile in tiles.tiles:
            known = dict(tile.bases)
            value = f"{tile.value} {tile.unit}".strip()
            cells = [self.paragraph((*tile.title, *tile.marks), small=True)]
            cells.append(self.paragraph((Run(value),), right=True, bold=True))
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


def _find_pictures(blocks: Iterable[Any]) -> Iterator[Picture]:
    """Go through the pictures that are drawn; those in cells of tables are not."""
    for block in blocks:
        match block:
            case Figure():
                yield block.picture
            case Figures():
                yield from (f.picture for f in block.figures)
            case Beside():
                yield from _find_pictures((*block.left, *block.right))


def _join(lines: tuple[Words, ...]) -> Words:
    """Join the entries of a legend to one line."""
    ends = [Run(f"{say_plain(line)}{',' if i < len(lines) - 1 else ''}", "quiet")
            for i, line in enumerate(lines)]  # fmt: skip
    return tuple(ends)
