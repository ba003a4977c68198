"""Headings of rows in tagged PDF: typst marks those of columns alone."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from sozialraum.errors import require


def mark_row_headings(data: bytes) -> bytes:
    """Make the first cell of every row of a tagged table the heading of its row.

    Parameters
    ----------
    data : bytes
        A tagged PDF whose tables have headings of columns, and cells that name them.

    Returns
    -------
    bytes
        The same PDF: the first cell of a row without headings is a TH with the scope Row, and the other
        cells of the row name it before the heading of their column. The same bytes for the same PDF.

    Raises
    ------
    MissingPackageError
        The extra ``pdf`` is not installed.

    Notes
    -----
    ISO 14289-1, 7.5: tables have headings; a heading that stands for a row says so (Scope).
    """
    pikepdf = require("pikepdf", extra="pdf")
    with pikepdf.open(io.BytesIO(data)) as pdf:
        tree = pdf.Root.StructTreeRoot
        named: dict[str, Any] = {}
        for count, row in enumerate(_find_rows(pikepdf, tree)):
            first, *others = [cell for cell in row.K if cell.get("/S") in ("/TH", "/TD")]
            if first.S == "/TH":
                continue
            ident = pikepdf.String(f"row{count:05}")
            first.S, first.ID = pikepdf.Name.TH, ident
            _find_table_attributes(first).Scope = pikepdf.Name.Row
            named[str(ident)] = first
            for cell in others:
                _find_table_attributes(cell).Headers.insert(0, ident)
        if not named:
            return data
        _enter(pikepdf, tree, named)
        buffer = io.BytesIO()
        pdf.save(
            buffer, deterministic_id=True, fix_metadata_version=False,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )  # fmt: skip
    return buffer.getvalue()


def _find_rows(pikepdf: Any, node: Any) -> Iterator[Any]:
    """Go through the rows of all tables."""
    if node.get("/S") == "/TR":
        yield node
        return
    kids = node.get("/K", ())
    for kid in kids if isinstance(kids, pikepdf.Array) else (kids,):
        if isinstance(kid, pikepdf.Dictionary):
            yield from _find_rows(pikepdf, kid)


def _find_table_attributes(cell: Any) -> Any:
    return next(attributes for attributes in cell.A if attributes.O == "/Table")


def _enter(pikepdf: Any, tree: Any, named: dict[str, Any]) -> None:
    """Add names to the tree's list of names, which is sorted."""
    listed = list(tree.IDTree.Names)
    known = dict(zip(map(str, listed[::2]), listed[1::2], strict=True)) | named
    pairs = [(pikepdf.String(name), known[name]) for name in sorted(known)]
    tree.IDTree = pikepdf.Dictionary(Names=pikepdf.Array([part for pair in pairs for part in pair]))
