"""Tables of edges and nodes → what a street network is built from."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS

from sozialraum.access.network import refuse, to_floats
from sozialraum.errors import CrsError
from sozialraum.read.street_rules import Rules
from sozialraum.texts import say


class Streets(NamedTuple):
    """What ``build_network`` needs: nodes by id, edges open to the mode, their system and more."""

    points: pd.DataFrame
    edges: pd.DataFrame
    crs: CRS
    barriers: npt.NDArray[np.object_] | None = None
    notes: tuple[str, ...] = ()


def read_street_table(file: Path, rules: Rules, crs: Any, nodes: str | Path | None) -> Streets:
    """Read edges and nodes from parquet.

    Raises
    ------
    InputError, CrsError
    """
    edges = _load(file, crs)
    _need_columns(edges, file, "u", "v", *(["class"] if rules.mode != "walk" else []))
    if "length_m" not in edges and "geometry" not in edges:
        refuse("streets.columns", file.name, columns="length_m", seen=", ".join(edges.columns))
    places = find_nodes(file, nodes)
    if places:
        points = _load_nodes(places[0], crs)
    elif "geometry" in edges:
        points = _ends_of_lines(edges)
    else:
        beside = file.with_name(file.name.replace("_edges", "_nodes"))
        refuse("streets.no_nodes", file.name, beside=beside.name)
    system = crs or points.attrs["crs"] or getattr(edges, "crs", None)
    if system is None:
        raise CrsError(say("error.no_crs", what=file.name))

    if "class" in edges:
        known = rules.open | rules.tagged | rules.closed
        strange = sorted({str(c) for c in edges["class"].unique()} - known)
        if strange:
            refuse(
                "streets.classes", file.name, names=", ".join(strange[:5]),
                known=", ".join(sorted(known)),
            )  # fmt: skip
        edges = edges[edges["class"].isin(rules.open)]
    chosen = pd.DataFrame({"u": edges["u"], "v": edges["v"]})
    notes = []
    if "class" in edges:
        chosen["through"] = edges["class"].isin(["motorway", "motorway_link"])
    if rules.timed:
        chosen["kmh"] = edges["class"].map({kind: pace[0] for kind, pace in rules.pace.items()})
        if "oneway" in edges:
            chosen["oneway"] = np.sign(np.nan_to_num(to_floats(edges["oneway"]))).astype(int)
        else:
            notes.append(say("streets.no_oneway", file=file.name))
    if rules.mode != "walk" and (edges["class"] == "path").any():
        notes.append(say(f"streets.paths_{rules.mode}", file=file.name))
    if "geometry" in edges:
        chosen["geometry"] = _turn_lines(edges, points)
    chosen["length_m"] = (
        edges["length_m"] if "length_m" in edges else shapely.length(chosen["geometry"].to_numpy())
    )
    used = points.index.isin(pd.concat([chosen["u"], chosen["v"]]))
    return Streets(points[used], chosen, CRS.from_user_input(system), notes=tuple(notes))


def find_nodes(file: Path, nodes: str | Path | None) -> list[Path]:
    """Give the one table of nodes of a table of edges, if there is one.

    Raises
    ------
    InputError
        The table given does not exist.
    """
    if nodes is not None:
        place = Path(nodes)
        if not place.is_file():
            refuse("streets.missing_file", place.name, path=place)
        return [place]
    beside = file.with_name(file.name.replace("_edges", "_nodes"))
    return [beside] if beside != file and beside.is_file() else []


def _load(file: Path, crs: Any) -> Any:
    """Read a parquet table, with its lines or points as geometry in ``crs`` where given."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        metadata = pq.read_schema(file).metadata or {}
        table = gpd.read_parquet(file) if b"geo" in metadata else pd.read_parquet(file)
        if "geometry" in table and b"geo" not in metadata:
            shapes = shapely.from_wkb(table["geometry"].to_numpy())
            table = gpd.GeoDataFrame(table.assign(geometry=shapes), geometry="geometry", crs=crs)
    except (pa.ArrowException, OSError, ValueError, shapely.errors.GEOSException) as error:
        refuse("streets.unreadable", file.name, reason=error)
    if isinstance(table, gpd.GeoDataFrame) and crs is not None and table.crs is not None:
        return table.to_crs(crs)
    return table


def _load_nodes(file: Path, crs: Any) -> pd.DataFrame:
    table = _load(file, crs)
    _need_columns(table, file, "node")
    if "geometry" in table:
        shapes = table.geometry.to_numpy()
        places = {"x": shapely.get_x(shapes), "y": shapely.get_y(shapes)}
    else:
        _need_columns(table, file, "x", "y")
        places = {"x": to_floats(table["x"]), "y": to_floats(table["y"])}
    points = pd.DataFrame(places, index=pd.Index(table["node"]))
    if not points.index.is_unique:
        twice = points.index[points.index.duplicated()].astype("str").unique()
        refuse("access.twice", file.name, ids=", ".join(twice[:5]))
    points.attrs["crs"] = getattr(table, "crs", None)
    return points


def _ends_of_lines(edges: gpd.GeoDataFrame) -> pd.DataFrame:
    lines = edges.geometry.to_numpy()
    ends = np.concatenate([shapely.get_point(lines, 0), shapely.get_point(lines, -1)])
    ids = np.concatenate([edges["u"].to_numpy(), edges["v"].to_numpy()])
    points = pd.DataFrame({"x": shapely.get_x(ends), "y": shapely.get_y(ends)}, index=ids)
    points = points[~points.index.duplicated()]
    points.attrs["crs"] = edges.crs
    return points


def _turn_lines(edges: gpd.GeoDataFrame, points: pd.DataFrame) -> Any:
    """Draw every line from u to v, whichever way it came."""
    lines = edges.geometry.to_numpy()
    u = points.reindex(edges["u"])
    starts, ends = shapely.get_point(lines, 0), shapely.get_point(lines, -1)
    here = shapely.points(u["x"].to_numpy(), u["y"].to_numpy())
    wrong = shapely.distance(ends, here) < shapely.distance(starts, here)
    return np.where(wrong, shapely.reverse(lines), lines)


def _need_columns(table: pd.DataFrame, file: Path, *columns: str) -> None:
    missing = [c for c in columns if c not in table]
    if missing:
        refuse(
            "streets.columns", file.name,
            columns=", ".join(missing), seen=", ".join(map(str, table.columns)),
        )  # fmt: skip
