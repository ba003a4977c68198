"""Small OpenStreetMap files, written by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sozialraum.read.streets import read_streets

# Near Neubrandenburg: 0.001° of latitude are 111 m, of longitude some 66 m.
CORNERS = {1: (13.260, 53.550), 2: (13.261, 53.550), 3: (13.262, 53.550), 4: (13.261, 53.551),
           5: (13.261, 53.549), 6: (13.270, 53.560)}  # fmt: skip


def _tags(entries: dict[str, str]) -> str:
    return "".join(f'<tag k="{k}" v="{v}"/>' for k, v in entries.items())


@pytest.fixture(scope="session")
def corners() -> dict[int, tuple[float, float]]:
    """The places of the corners."""
    return CORNERS


@pytest.fixture(scope="session")
def osm() -> Callable[..., str]:
    """An OpenStreetMap file of ways (corners, tags) and of areas made of several ways."""

    def make(ways: Any, nodes: Any = CORNERS, node_tags: Any = None, areas: Any = ()) -> str:
        head = '<?xml version="1.0" encoding="UTF-8"?><osm version="0.6">'
        points = "".join(
            f'<node id="{i}" version="1" lon="{x}" lat="{y}">'
            f"{_tags((node_tags or {}).get(i, {}))}</node>"
            for i, (x, y) in nodes.items()
        )
        lines = "".join(
            f'<way id="{n}" version="1">{"".join(f"<nd ref={c!r}/>" for c in map(str, corners))}'
            f"{_tags(entries)}</way>".replace("'", '"')
            for n, (corners, entries) in enumerate(ways, 1)
        )
        parts = "".join(
            f'<relation id="{n}" version="1">'
            + "".join(f'<member type="way" ref="{way}" role="outer"/>' for way in members)
            + f"{_tags({'type': 'multipolygon', **entries})}</relation>"
            for n, (members, entries) in enumerate(areas, 1)
        )
        return f"{head}{points}{lines}{parts}</osm>"

    return make


@pytest.fixture
def read(tmp_path: Any, osm: Callable[..., str]) -> Callable[..., Any]:
    """The network of ways (corners, tags)."""

    def make(ways: Any, **more: Any) -> Any:
        parts = ("nodes", "node_tags", "areas")
        options = {k: more.pop(k) for k in parts if k in more}
        file = tmp_path / "ort.osm"
        file.write_text(osm(ways, **options), encoding="utf-8")
        return read_streets(file, **more)

    return make
