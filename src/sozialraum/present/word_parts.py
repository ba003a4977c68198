"""Pieces of a Word document: elements, runs, rows, and the zip around them."""

from __future__ import annotations

import copy
import io
import re
import zipfile
from collections.abc import Sequence
from typing import Any

from sozialraum.present.svg import clean

# A law's number stays beside its name, a sign beside its number.
_TIED = re.compile(r"(?<=\bSGB) (?=[IVX]+\b)|(?<=§) (?=\d)|(?<=\d) (?=%)")
_DAY = (1980, 1, 1, 0, 0, 0)


def make_row(paragraphs: list[Any], *, head: bool = False, span: int = 1) -> Any:
    """Make a row of a table with a paragraph in each cell."""
    row, properties = make_element("w:tr"), make_element("w:trPr")
    properties.append(make_element("w:cantSplit"))
    if head:
        properties.append(make_element("w:tblHeader"))
    row.append(properties)
    for paragraph in paragraphs:
        cell = make_element("w:tc")
        if span > 1:
            settings = make_element("w:tcPr")
            settings.append(make_element("w:gridSpan", val=str(span)))
            cell.append(settings)
        cell.append(paragraph)
        row.append(cell)
    return row


def make_run(
    text: str, *, bold: bool = False, raised: bool = False, size: int = 0, colour: str = ""
) -> Any:
    """Make a run of text; its size is in half points."""
    run, properties = make_element("w:r"), make_element("w:rPr")
    if bold:
        properties.append(make_element("w:b"))
    if colour:
        properties.append(make_element("w:color", val=colour[1:]))
    if size:
        properties.append(make_element("w:sz", val=str(size)))
    if raised:
        properties.append(make_element("w:vertAlign", val="superscript"))
    run.append(properties)
    content = make_element("w:t")
    content.text = _TIED.sub("\u00a0", re.sub(r"\s*[\n\t]\s*", " ", clean(text)))
    content.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    run.append(content)
    return run


def split_section(
    document: Any, paragraph: Any, widths: Sequence[float] = (), gutter: float = 0.0
) -> Any:
    """Make a paragraph end a section that is set in columns; what follows goes on below them.

    Parameters
    ----------
    document : Document
    paragraph : element
        The last of the section.
    widths : sequence of float
        Of columns, in millimetres; none for one over the whole width.
    gutter : float
        Between them.

    Returns
    -------
    element
        The paragraph.
    """
    last = document.element.body[-1]
    _go_on(last)
    section = copy.deepcopy(last)
    columns = section.find(qualify("w:cols"))
    columns.attrib.clear()
    if widths:
        columns.set(qualify("w:num"), str(len(widths)))
        columns.set(qualify("w:equalWidth"), "0")
    for i, width in enumerate(widths):
        space = gutter if i < len(widths) - 1 else 0.0
        columns.append(make_element("w:col", w=_twips(width), space=_twips(space)))
    paragraph.find(qualify("w:pPr")).append(section)
    return paragraph


def _go_on(section: Any) -> None:
    """Let a section begin on the page where the one before ends."""
    if section.find(qualify("w:type")) is None:
        section.find(qualify("w:pgSz")).addprevious(make_element("w:type", val="continuous"))


def _twips(millimetres: float) -> str:
    return str(round(millimetres * 1440 / 25.4))


def hide_from_readers(named: Any) -> None:
    """Mark a picture as decoration, which is not read out."""
    from docx.oxml import parse_xml

    named.set("descr", "")
    named.append(
        parse_xml(
            '<a:extLst xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
            '<a:ext uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}"><adec:decorative val="1" '
            'xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative"/>'
            "</a:ext></a:extLst>"
        )
    )


def qualify(name: str) -> str:
    """Give a name such as "w:p" with its namespace."""
    from docx.oxml.ns import qn

    return str(qn(name))


def make_element(name: str, /, **attributes: str) -> Any:
    """Make an element with attributes of the main namespace."""
    from docx.oxml import OxmlElement

    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qualify(f"w:{key}"), value)
    return made


def repack(data: bytes) -> bytes:
    """Write the parts of a zip again, all of the same day."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, _DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return buffer.getvalue()
