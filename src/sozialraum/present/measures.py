"""The list of measures as a table for offices."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sozialraum.model.schema import MEASURES
from sozialraum.planning.measures import show_measures
from sozialraum.planning.settle import settle_again
from sozialraum.present.files import mark_name, replacing
from sozialraum.present.office import name_areas
from sozialraum.present.tables import guard, write_csv
from sozialraum.texts import date, say

if TYPE_CHECKING:
    import pandas as pd

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
    table = show_measures(settle_again(measures, MEASURES, edition.areas), edition.audience)
    if table is None:
        return []
    titles = {level.id: level.title for level in edition.levels}
    names = name_areas(edition)["name"]
    places = list(zip(table["level"], table["area"], strict=True))
    table.insert(table.columns.get_loc("area") + 1, "name", names.reindex(places).to_numpy())
    table["level"] = table["level"].map(titles)
    cells = []
    for name in table.columns:
        column = MEASURES.column(name)
        kind, values = column.kind if column else "text", table[name]
        if column and column.choices:
            values = values.map(column.words, na_action="ignore")
        elif kind == "date":
            values = values.map(date, na_action="ignore")
        elif kind == "number":
            values = values.map(lambda x: f"{x:.2f}".replace(".", ","), na_action="ignore")
        cells.append([guard(cell) for cell in values])
    path = mark_name(Path(folder) / NAME, edition.audience)
    with replacing(path) as temporary:
        headings = [say(f"measures.column.{name}") for name in table.columns]
        write_csv(temporary, headings, cells, office=True)
    return [path]
