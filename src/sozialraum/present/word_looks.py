"""What a Word document says of itself, and the looks of one without an office's template."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sozialraum.present.looks import LOOKS
from sozialraum.present.profile.sheet import Sheet
from sozialraum.present.svg import clean
from sozialraum.present.word_parts import make_element, qualify

_FONT = "Arial"
_TITLES = {"Title": 22, "Heading 1": 14, "Heading 2": 10}


def describe(document: Any, sheet: Sheet, author: str) -> None:
    """State title, language and day; nothing of who wrote it when."""
    known = document.core_properties
    known.title, known.author, known.language = clean(sheet.title), clean(author), "de-DE"
    known.subject = clean(sheet.kind)
    known.comments = known.keywords = known.category = known.last_modified_by = ""
    year, month, day = [*(int(p) for p in (sheet.created or "1980").split("-")), 1, 1][:3]
    known.created = known.modified = dt.datetime(year, month, day, tzinfo=dt.UTC)
    known.revision = 1
    settings = document.settings.element
    if settings.find(qualify("w:autoHyphenation")) is None:
        after = settings.find(qualify("w:defaultTabStop"))
        hyphens = make_element("w:autoHyphenation")
        settings.insert(0, hyphens) if after is None else after.addnext(hyphens)
    for style in document.styles.element.iter(qualify("w:rPrDefault")):
        fonts = style.find(qualify("w:rPr"))
        if fonts is None:
            fonts = make_element("w:rPr")
            style.append(fonts)
        for old in fonts.findall(qualify("w:lang")):
            fonts.remove(old)
        fonts.append(make_element("w:lang", val="de-DE", eastAsia="de-DE", bidi="ar-SA"))


def dress(document: Any, sheet: Sheet) -> None:
    """Give the plain document the looks of the page, a foot and narrower margins."""
    from docx.shared import Mm, Pt, RGBColor

    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = _FONT, Pt(8)
    normal.paragraph_format.space_after = Pt(2)
    normal.paragraph_format.line_spacing = 1.0
    for name, size in _TITLES.items():
        style = document.styles[name]
        style.font.name, style.font.size, style.font.bold = _FONT, Pt(size), name == "Heading 2"
        style.font.color.rgb = RGBColor.from_string(LOOKS["deep"][1:])
        fonts = style.element.rPr.rFonts
        for key in [k for k in fonts.attrib if "Theme" in k]:
            del fonts.attrib[key]
        style.paragraph_format.space_before = Pt({"Title": 0, "Heading 1": 6}.get(name, 4))
        style.paragraph_format.space_after = Pt(2)
        for border in style.element.iter(qualify("w:pBdr")):
            border.getparent().remove(border)
            break
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(18)
    section.top_margin = section.bottom_margin = Mm(12)
    section.header_distance = section.footer_distance = Mm(7)
    foot = section.footer.paragraphs[0]
    foot.add_run(clean(sheet.running))
    for before, code in ((" · ", "PAGE"), (" / ", "NUMPAGES")):
        foot.add_run(before)
        parts = [make_element("w:fldChar", fldCharType=kind) for kind in ("begin", "end")]
        parts.insert(1, make_element("w:instrText"))
        parts[1].text = code
        for part in parts:
            foot.add_run()._r.append(part)
    for run in foot.runs:
        run.font.size = Pt(7.5)
