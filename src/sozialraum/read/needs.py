"""The needs register: what Träger and residents say about areas."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from sozialraum.model.check import Reading
from sozialraum.model.schema import NEEDS
from sozialraum.read.files import load_table


def read_needs(
    path: str | Path, *, columns: Mapping[str, str] | None = None, layer: str | None = None
) -> pd.DataFrame:
    r"""Read what was said about needs, from a CSV, Excel or any other table.

    Parameters
    ----------
    path : path
        One row per statement.
    columns : mapping, optional
        Our column → heading in the file.
    layer : str, optional
        Sheet of a workbook.

    Returns
    -------
    DataFrame
        ``date, source, area, topic, statement``, if given ``level, target_group, offer, traeger``,
        ``file`` and ``row``.

    Raises
    ------
    InputError

    Notes
    -----
    Whether areas, offers and topics exist is checked against them: see `settle_needs`. Statements are
    free text: leave names of persons out.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "bedarfe.csv"
    ...     _ = path.write_text(
    ...         "Datum;Quelle;Gebiet;Thema;Träger;Aussage\n"
    ...         "3.6.2024;Träger;Nordost;Armut;Gemeinde;Die Ausgabe reicht nicht mehr.")
    ...     needs = read_needs(path)
    >>> needs[["date", "source", "area", "traeger"]].values.tolist()
    [['2024-06-03', 'provider', 'Nordost', 'Gemeinde']]
    """
    return load_needs(path, columns=columns, layer=layer).settle()


def load_needs(
    path: str | Path, *, columns: Mapping[str, str] | None = None, layer: str | None = None
) -> Reading:
    """Read a needs register and collect findings instead of raising."""
    return load_table(path, NEEDS, columns=columns, layer=layer)
