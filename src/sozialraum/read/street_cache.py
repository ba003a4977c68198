"""Street networks kept on disk, so that the same file need not be read twice.

A network is stored under the hash of all it depends on: the file's bytes, the mode and its options, and
the source of the packages that read. Whatever changes, the old network is not found again. What
cannot be read back whole is as good as absent.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import fields
from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS

from sozialraum.access.network import Adjacency, Edges, StreetNetwork, refuse

Arrays = dict[str, npt.NDArray[Any]]

_GRAPHS = ("forward", "backward")
_EDGES = ("u", "v", "forward", "backward", "through")
_DAMAGED = (
    OSError, ValueError, KeyError, EOFError, NotImplementedError,
    zipfile.BadZipFile, shapely.errors.GEOSException,
)  # fmt: skip


def make_key(contents: Iterable[Path], *options: object) -> str:
    """Hash the content of files, options, and the code that reads them.

    Examples
    --------
    >>> make_key([], "walk") == make_key([], "walk"), make_key([], "walk") == make_key([], "car")
    (True, False)
    """
    digest = hashlib.sha256(_hash_code().encode())
    for option in options:
        digest.update(repr(option).encode() + b"\0")
    for file in contents:
        with file.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()


@cache
def _hash_code() -> str:
    """Hash all modules that may take part in reading: rather too many than one forgotten."""
    digest = hashlib.sha256()
    for package in ("sozialraum.access", "sozialraum.read"):
        for module in sorted(files(package).iterdir(), key=lambda module: module.name):
            if module.name.endswith(".py"):
                digest.update(module.read_bytes())
    return digest.hexdigest()


def cache_path(folder: Path, file: Path, mode: str, key: str) -> Path:
    """Name the place of a network.

    Examples
    --------
    >>> cache_path(Path("nd"), Path("ort.osm.pbf"), "walk", "0123456789abcdef").name
    'ort-walk-0123456789abcdef.npz'
    """
    return folder / f"{file.name.split('.')[0]}-{mode}-{key[:16]}.npz"


def find_cache_folder() -> Path | None:
    """Give the folder where the user's system keeps what can be made again.

    Returns
    -------
    Path or None
        What the environment variable SOZIALRAUM_CACHE says (empty: no folder), else ``sozialraum`` in
        ``~/.cache`` or XDG_CACHE_HOME, on macOS in ``~/Library/Caches``, on Windows in LOCALAPPDATA.
        None where it cannot be made or written to.

    Examples
    --------
    >>> folder = find_cache_folder()
    >>> folder is None or folder.is_dir()
    True
    """
    named = os.environ.get("SOZIALRAUM_CACHE")
    if named == "":
        return None
    try:
        folder = Path(named).expanduser() if named else _user_cache() / "sozialraum"
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):  # RuntimeError: nobody's home
        return None
    return folder if os.access(folder, os.W_OK) else None


def _user_cache() -> Path:
    if sys.platform == "win32":
        given, usual = os.environ.get("LOCALAPPDATA"), "~/AppData/Local"
    elif sys.platform == "darwin":
        given, usual = None, "~/Library/Caches"
    else:
        given, usual = os.environ.get("XDG_CACHE_HOME"), "~/.cache"
    return Path(given or usual).expanduser()


def save_network(network: StreetNetwork, place: Path, key: str) -> None:
    """Write a network whole or not at all.

    Raises
    ------
    InputError
        The folder cannot be written to.
    """
    arrays: Arrays = {"x": network.x, "y": network.y, "component": network.component}
    for graph in _GRAPHS:
        part = getattr(network, graph)
        arrays |= {f"{graph}.{f.name}": getattr(part, f.name) for f in fields(part)}
    arrays |= {f"edges.{name}": getattr(network.edges, name) for name in _EDGES}
    arrays |= _pack("lines", network.edges.lines) | _pack("barriers", network.barriers)
    told = {
        "key": key,
        "crs": network.crs.to_wkt(),
        "mode": network.mode,
        "speed_kmh": network.speed_kmh,
        "timed": network.timed,
        "notes": network.notes,
    }
    arrays["told"] = np.frombuffer(json.dumps(told).encode(), dtype=np.uint8)
    given = {name: array for name, array in arrays.items() if array is not None}
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent) as beside:
            whole = Path(beside) / place.name
            np.savez(whole, **given)  # type: ignore[arg-type]
            whole.replace(place)
    except OSError as error:
        refuse("streets.cache", place.name, folder=place.parent, reason=error)


def load_network(place: Path, key: str, source: str) -> StreetNetwork | None:
    """Read a network back; None if it is not there, damaged, or another one."""
    if not place.is_file():
        return None
    try:
        with np.load(place, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        told = json.loads(arrays["told"].tobytes())
        if told["key"] != key:
            return None
        forward, backward = (
            Adjacency(**{f.name: arrays[f"{graph}.{f.name}"] for f in fields(Adjacency)})
            for graph in _GRAPHS
        )
        edges = {name: arrays.get(f"edges.{name}") for name in _EDGES}
        return StreetNetwork(
            x=arrays["x"],
            y=arrays["y"],
            forward=forward,
            backward=backward,
            component=arrays["component"],
            edges=Edges(**edges, lines=_unpack("lines", arrays)),  # type: ignore[arg-type]
            crs=CRS.from_wkt(told["crs"]),
            mode=told["mode"],
            speed_kmh=told["speed_kmh"],
            source=source,
            timed=told["timed"],
            barriers=_unpack("barriers", arrays),
            notes=tuple(told["notes"]),
        )
    except _DAMAGED:
        return None


def _pack(name: str, shapes: npt.NDArray[np.object_] | None) -> Arrays:
    """Lines as their corners, which is faster, anything else as bytes; and the end of each."""
    if shapes is None:
        return {}
    if len(shapes) and (shapely.get_type_id(shapes) == shapely.GeometryType.LINESTRING).all():
        _, corners, (ends,) = shapely.to_ragged_array(shapes)
        return {f"{name}.corners": corners, f"{name}.ends": ends}
    parts = shapely.to_wkb(shapes)
    ends = np.cumsum([len(part) for part in parts], dtype=np.int64)
    return {f"{name}.bytes": np.frombuffer(b"".join(parts), np.uint8), f"{name}.ends": ends}


def _unpack(name: str, arrays: Arrays) -> npt.NDArray[np.object_] | None:
    """Geometries as ``_pack`` stored them."""
    if f"{name}.ends" not in arrays:
        return None
    ends = arrays[f"{name}.ends"]
    if f"{name}.corners" in arrays:
        kind, corners = shapely.GeometryType.LINESTRING, arrays[f"{name}.corners"]
        return np.asarray(shapely.from_ragged_array(kind, corners, (ends,)), dtype=object)
    content, places = arrays[f"{name}.bytes"].tobytes(), [0, *ends.tolist()]
    parts = [content[a:b] for a, b in pairwise(places)]
    return np.asarray(shapely.from_wkb(np.array(parts, dtype=object)), dtype=object)
