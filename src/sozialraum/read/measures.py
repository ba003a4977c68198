"""The list of measures: what the council or an office has decided or planned to do."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from sozialraum.model.check import Reading
from sozialraum.model.schema import MEASURES
from sozialraum.read.files import load_table


def read_measures(
    path: str | Path, *, columns: Mapping[str, str] | None = None, layer: str | None = None
) -> pd.DataFrame:
    r"""Read a list of measures from a CSV, Excel or any other table.

    Parameters
    ----------
    path : path
        One row per measure.
    columns : mapping, optional
        Our column → heading in the file.
    layer : str, optional
        Sheet of a workbook.

    Returns
    -------
    DataFrame
        ``measure, title, area, topic``, whatever else of the schema is given, ``file`` and ``row``.

    Raises
    ------
    InputError

    Notes
    -----
    Whether areas, offers and topics exist is checked against them: see `settle_measures`. A measure is
    about an area; what concerns a single person does not belong into the list.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "massnahmen.csv"
    ...     _ = path.write_text(
    ...         "Nr;Maßnahme;Gebiet;Thema;Stand;Zieldatum\n"
    ...         "M1;Mittagstisch;Nordost;Armut;in Umsetzung;30.6.2025")
    ...     measures = read_measures(path)
    >>> measures[["measure", "title", "status", "end"]].values.tolist()
    [['M1', 'Mittagstisch', 'running', '2025-06-30']]
    """
    return load_measures(path, columns=columns, layer=layer).settle()


def load_measures(
    path: str | Path, *, columns: Mapping[str, str] | None = None, layer: str | None = None
) -> Reading:
    """Read a list of measures and collect findings instead of raising."""
    return load_table(path, MEASURES, columns=columns, layer=layer)
