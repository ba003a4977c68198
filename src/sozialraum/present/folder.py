"""An atlas as a folder of files anyone can open. Nothing is protected, and the names say so."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import pandas as pd

from sozialraum.errors import SozialraumError
from sozialraum.model.indicator import Indicator
from sozialraum.model.schema import VALUE_COLUMNS
from sozialraum.present.files import replacing
from sozialraum.present.geopackage import free_column
from sozialraum.present.geopackage_file import Layer, write_layers
from sozialraum.present.office import clean
from sozialraum.texts import say

if TYPE_CHECKING:
    from sozialraum.model.atlas import Atlas

ATLAS, PLACES, VALUES = "INTERN_atlas.toml", "INTERN_atlas.gpkg", "INTERN_werte.csv"
FORMAT = 1
_LAYERS = {
    "areas": "gebiete",
    "offers": "angebote",
    "population": "bevoelkerung",
    "backdrop": "hintergrund",
}
_NATIVE = "biuf"  # kinds of numpy that a GeoPackage stores as they are


def save_atlas(atlas: Atlas, folder: str | Path) -> list[Path]:
    """Save an atlas as it is; `read_saved_atlas` gives it back.

    Parameters
    ----------
    atlas : Atlas
    folder : path
        Made if it does not exist.

    Returns
    -------
    list of Path
        ``INTERN_atlas.gpkg`` (areas, offers, people, backdrop), ``INTERN_werte.csv`` (the values
        table), ``INTERN_atlas.toml`` (levels, definitions, findings, types of columns).

    Raises
    ------
    SozialraumError
        A column carried along holds something that cannot be stored.

    Notes
    -----
    For the planner's own desk: small numbers, contacts and unknown columns are all in it. What was
    saved is what is read: ids, types, order, missing cells and findings. A text with control signs
    is stored as JSON; column names that SQLite cannot tell apart are numbered, and the TOML file
    holds the real ones. The same atlas gives the same bytes.

    Examples
    --------
    >>> import tempfile
    >>> from sozialraum.demo import build_musterstadt
    >>> [path.name for path in save_atlas(build_musterstadt().atlas, tempfile.mkdtemp())]
    ['INTERN_atlas.toml', 'INTERN_atlas.gpkg', 'INTERN_werte.csv']
    """
    stored = {key: _store(getattr(atlas, key), key) for key in _LAYERS}
    layers = [
        Layer(_LAYERS[key], say("folder.internal", title=_LAYERS[key]), part.table, "Unknown")
        for key, part in stored.items()
    ]
    targets = [Path(folder) / name for name in (ATLAS, PLACES, VALUES)]
    with ExitStack() as together:
        about, places, values = (together.enter_context(replacing(path)) for path in targets)
        write_layers(layers, places)
        with values.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(VALUE_COLUMNS)
            writer.writerows(
                ["" if pd.isna(cell) else cell for cell in row]
                for row in atlas.values[list(VALUE_COLUMNS)].itertuples(index=False)
            )
        about.write_text(_describe(atlas, stored), encoding="utf-8")
    return targets


class _Stored(NamedTuple):
    """A table as it is written, and what is needed to get it back."""

    table: gpd.GeoDataFrame
    about: dict[str, Any]


def _store(table: gpd.GeoDataFrame, label: str) -> _Stored:
    geometry = table.geometry.name
    index = table.index.name
    plain = table.reset_index() if index else table.reset_index(drop=True)
    taken = {"fid", "geom"}
    columns, described = {}, []
    for name in plain.columns:
        entry: dict[str, Any] = {"name": str(name)}
        if name != geometry:
            entry["stored"] = free_column(str(name), taken)
            columns[entry["stored"]], as_json = _encode(plain[name], label)
            entry["type"] = str(plain[name].dtype)
            entry |= {"json": True} if as_json else {}
        described.append(entry)
    about = {
        "layer": _LAYERS[label],
        "index": index or "",
        "geometry": geometry,
        "crs": _name_crs(table.crs),
        "columns": described,
    }
    shapes = table.geometry.to_numpy()
    return _Stored(gpd.GeoDataFrame(columns, geometry=shapes, crs=table.crs), about)


def _encode(cells: pd.Series, label: str) -> tuple[pd.Series, bool]:
    """Give cells a GeoPackage can hold, and whether they became JSON."""
    kind = cells.dtype
    if isinstance(kind, pd.StringDtype):
        known = cells.dropna()
        if (known.map(clean) == known).all():
            return cells, False
    elif getattr(kind, "kind", "") in _NATIVE and not hasattr(kind, "na_value"):
        return cells, False
    try:
        if getattr(kind, "kind", "") == "M" and getattr(kind, "tz", None) is None:
            cells = cells.map(str, na_action="ignore")
        elif isinstance(kind, pd.CategoricalDtype):
            raise TypeError("category")  # noqa: TRY301 - told apart from other objects only here
        texts = [None if _is_missing(cell) else json.dumps(_bare(cell)) for cell in cells]
    except TypeError as error:
        text = say("folder.column", column=cells.name, table=label, kind=str(kind))
        raise SozialraumError(text) from error
    return pd.Series(texts, index=cells.index, dtype="str"), True


def _is_missing(cell: Any) -> bool:
    return cell is None or cell is pd.NA or cell is pd.NaT or cell != cell


def _bare(cell: Any) -> Any:
    return cell.item() if hasattr(cell, "dtype") and not getattr(cell, "shape", ()) else cell


def _name_crs(crs: Any) -> str:
    if crs is None:
        return ""
    authority = crs.to_authority()
    short = ":".join(authority) if authority else ""
    return short if short and type(crs).from_user_input(short) == crs else str(crs.to_wkt())


def _describe(atlas: Atlas, stored: Mapping[str, _Stored]) -> str:
    default = asdict(Indicator(id="", title=""))
    names = [field.name for field in fields(Indicator)]
    indicators = [
        {n: getattr(i, n) for n in names if getattr(i, n) != default[n] or n in ("id", "title")}
        for i in atlas.indicators.values()
    ]
    findings = [
        {key: value for key, value in asdict(finding).items() if value is not None}
        for finding in atlas.report.findings
    ]
    quoted = {_toml(category): word for category, word in atlas.categories.items()}
    blocks = [
        "# " + say("folder.about"),
        _block({"format": FORMAT, "title": atlas.title, "values": VALUES, "places": PLACES}),
        *([_block(quoted, "[categories]")] if quoted else []),
        *(_block(about, f"[tables.{key}]") for key, (_, about) in stored.items()),
        *(_block(asdict(level), "[[level]]") for level in atlas.levels),
        *(_block(indicator, "[[indicator]]") for indicator in indicators),
        *(_block(finding, "[[finding]]") for finding in findings),
    ]
    return "\n\n".join(blocks) + "\n"


def _block(entries: Mapping[str, Any], head: str = "") -> str:
    lines = [f"{key} = {_toml(value)}" for key, value in entries.items()]
    return "\n".join([head, *lines] if head else lines)


def _toml(value: Any) -> str:
    """Write a value as TOML; JSON's strings are TOML's but for the delete sign."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{k} = {_toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        gap = "\n  " if any(isinstance(v, Mapping) for v in value) else " "
        inner = f",{gap}".join(_toml(v) for v in value)
        return f"[{gap}{inner}{gap.rstrip(' ')}]" if inner else "[]"
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
