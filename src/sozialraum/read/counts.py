"""Counts of people by area, one column per group, as registers give them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from sozialraum.model.check import Reading
from sozialraum.model.schema import Column, Table
from sozialraum.read.files import load_table


def load_counts(
    path: str | Path,
    *,
    groups: Mapping[str, str] | Sequence[str],
    columns: Mapping[str, str] | None = None,
    layer: str | None = None,
) -> Reading:
    """Read counts by area and collect findings.

    Parameters
    ----------
    path : path
    groups : mapping or sequence
        Group → heading in the file, or the groups if the headings are called the same.
    columns : mapping, optional
        Our column (``area``) → heading in the file.
    layer : str, optional
        Sheet or layer.

    Returns
    -------
    Reading
        ``area``, the groups as numbers, ``file``, ``row``.
    """
    headings = dict(groups) if isinstance(groups, Mapping) else {name: name for name in groups}
    declared = (
        Column("area", "id", required=True, aliases=("id", "gebiet", "schlüssel", "raumid")),
        *(Column(name, "number", required=True, minimum=0) for name in headings),
    )
    schema = Table("population", key=("area",), columns=declared)
    return load_table(path, schema, columns={**(columns or {}), **headings}, layer=layer)
