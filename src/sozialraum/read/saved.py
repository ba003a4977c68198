"""An atlas from the folder `save_atlas` wrote."""

from __future__ import annotations

import csv
import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from sozialraum.errors import SozialraumError
from sozialraum.model.areas import Level
from sozialraum.model.atlas import Atlas, build_atlas
from sozialraum.model.check import CheckReport, Finding, find
from sozialraum.model.indicator import make_indicator
from sozialraum.read.toml import blame_toml
from sozialraum.texts import say

ATLAS = "INTERN_atlas.toml"
FORMAT = 1
_NUMBERS = ("value", "numerator", "denominator")


def read_saved_atlas(folder: str | Path) -> Atlas:
    """Read an atlas that was saved with `save_atlas`.

    Parameters
    ----------
    folder : path

    Returns
    -------
    Atlas
        Equal to the one that was saved. It is checked again, so what someone has changed in the
        files since is held to the same rules, and new findings are added to the saved ones.

    Raises
    ------
    InputError
        A file is missing or unreadable, or what it holds does not pass the check.
    SozialraumError
        The folder was written in a format of another version.

    Examples
    --------
    >>> import tempfile
    >>> from sozialraum.errors import InputError
    >>> try:
    ...     read_saved_atlas(tempfile.mkdtemp())
    ... except InputError as error:
    ...     print(error.report.errors[0].code)
    missing_file
    """
    folder = Path(folder)
    about = _load_description(folder)
    places, values = folder / about["places"], folder / about["values"]
    _need(places, values)
    tables = {key: _restore(places, part) for key, part in about["tables"].items()}
    levels = [Level(**level) for level in about["level"]]
    made = [make_indicator(entry, ATLAS) for entry in about.get("indicator", [])]
    CheckReport(tuple(f for _, findings in made for f in findings)).raise_for_errors()
    return build_atlas(
        tables["areas"],
        levels=levels,
        title=about["title"],
        offers=_given(tables["offers"]),
        population=_given(tables["population"]),
        values=_given(_load_values(values)),
        indicators={i.id: i for i, _ in made if i is not None},
        backdrop=tables["backdrop"],
        categories=about.get("categories"),
        findings=[Finding(**finding) for finding in about.get("finding", [])],
    )


def _load_description(folder: Path) -> dict[str, Any]:
    path = folder / ATLAS
    _need(path)
    try:
        about = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        finding = blame_toml(error, path.name)
        CheckReport((finding,)).raise_for_errors()
    if about.get("format") != FORMAT:
        found = about.get("format", "?")
        raise SozialraumError(say("folder.format", folder=folder.name, found=found, known=FORMAT))
    return about


def _need(*paths: Path) -> None:
    missing = [
        find("error", "missing_file", path.name, path=path.name)
        for path in paths
        if not path.is_file()
    ]
    CheckReport(tuple(missing)).raise_for_errors()


def _given(table: Any) -> Any:
    """Give nothing for an empty table: there was none."""
    return table if len(table) else None


def _restore(path: Path, about: Mapping[str, Any]) -> gpd.GeoDataFrame:
    """Give a layer the names, types, index and system it had."""
    stored = gpd.read_file(path, layer=about["layer"])
    columns: dict[str, Any] = {}
    for entry in about["columns"]:
        if entry["name"] == about["geometry"]:
            columns[about["geometry"]] = stored.geometry.to_numpy()
            continue
        cells = stored[entry["stored"]]
        if entry.get("json"):
            known = cells.notna()
            cells = pd.Series(
                [json.loads(c) if k else None for c, k in zip(cells, known, strict=True)],
                index=cells.index,
                dtype=object,
            )
        # Objects keep the missing cells of their own kind.
        columns[entry["name"]] = cells if entry["type"] == "object" else cells.astype(entry["type"])
    table = gpd.GeoDataFrame(columns, geometry=about["geometry"], crs=about["crs"] or None)
    return table.set_index(about["index"]) if about["index"] else table


def _load_values(path: Path) -> pd.DataFrame:
    with path.open(encoding="utf-8", newline="") as file:
        heading, *rows = list(csv.reader(file))
    table = pd.DataFrame(rows, columns=heading, dtype="str")
    table = table.mask(table == "", np.nan)
    return table.assign(**{name: table[name].astype("float64") for name in _NUMBERS})
