"""The list of measures as a table for offices."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from sozialraum.present.files import mark_name, replacing
from sozialraum.present.office import list_measures
from sozialraum.present.tables import guard, write_csv

if TYPE_CHECKING:
    from sozialraum.secrecy.edition import Edition

NAME = "massnahmen.csv"


def write_measures(edition: Edition, measures: pd.DataFrame, folder: str | Path) -> list[Path]:
    """Write what an edition's readers see of a list of measures as a table for offices.

    Parameters
    ----------
    edition : Edition
    measures : DataFrame
        As `settle_measures` gives it.
    folder : path
        Made if it does not exist.

    Returns
    -------
    list of Path
        ``massnahmen.csv``, which `read_measures` understands; nothing where the readers see no row. The
        format is that of ``werte_buero.csv``, see `write_tables`.

    Raises
    ------
    InputError
        The list names areas that the edition does not have.
    SecrecyError
        The edition was not made by `build_edition` or was changed.

    Examples
    --------
    >>> import tempfile
    >>> from sozialraum.demo import build_measures, build_musterstadt
    >>> from sozialraum.planning.measures import settle_measures
    >>> from sozialraum.secrecy.build import build_edition
    >>> atlas = build_musterstadt().atlas
    >>> listed = settle_measures(build_measures(), atlas.areas, atlas.offers).table
    >>> [path.name for path in write_measures(build_edition(atlas), listed, tempfile.mkdtemp())]
    ['massnahmen.csv']
    """
    edition.verify()
    table = list_measures(edition, measures)
    if table is None:
        return []
    cells = [
        [guard("" if pd.isna(x) else f"{x:.2f}".replace(".", ",")) for x in table[name]]
        if pd.api.types.is_float_dtype(table[name])
        else [guard(x) for x in table[name]]
        for name in table.columns
    ]
    path = mark_name(Path(folder) / NAME, edition.audience)
    with replacing(path) as temporary:
        write_csv(temporary, list(table.columns), cells, office=True)
    return [path]
