"""The Ressourcenkarte: one HTML file that opens from disk and asks nobody for anything.

The page is whole without script: a still map, its legend and its table. The script then puts a map
in its place that answers. A policy in the page allows just this script and this style sheet, by
their hashes, and no address at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sozialraum.errors import UnknownNameError
from sozialraum.model.check import CheckReport
from sozialraum.model.schema import SIGNS
from sozialraum.present import classes as look
from sozialraum.present import schemes
from sozialraum.present.basemap import Basemap, find_basemap
from sozialraum.present.files import mark_name, replacing
from sozialraum.present.looks import write_css_colours, write_css_fonts
from sozialraum.present.page import digest, drawn, render_page
from sozialraum.present.payload import build_payload
from sozialraum.present.payload_packing import pack
from sozialraum.present.payload_reach import lay_reach
from sozialraum.present.payload_streets import list_streets
from sozialraum.present.still_map import draw_still_map
from sozialraum.present.svg import clean
from sozialraum.secrecy.arguments import find_wrong, list_faults
from sozialraum.secrecy.edition import verify_edition
from sozialraum.texts import LANGUAGES, date, say, speaking, words

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from sozialraum.present.topology import Topology
    from sozialraum.secrecy.edition import Edition

_ASSETS = files("sozialraum.present") / "assets"
_SCRIPTS = tuple(
    sorted(p.name for p in (_ASSETS / "ressourcenkarte").iterdir() if p.name.endswith(".js"))
)


def write_ressourcenkarte(
    edition: Edition,
    path: str | Path,
    *,
    level: str | None = None,
    indicator: str | None = None,
    limits: Mapping[str, Sequence[float]] | None = None,
    compare: Edition | None = None,
    land: str | None = None,
    cells: gpd.GeoDataFrame | None = None,
    travel: pd.DataFrame | None = None,
    streets: gpd.GeoDataFrame | None = None,
    language: str = "de",
    basemap: str | None = None,
) -> Path:
    """Write the map page of an edition.

    Parameters
    ----------
    edition : Edition
        Protected tables; nothing else enters the page.
    path : path
        Of the HTML file; replaced as a whole or not at all.
    level, indicator : str, optional
        What the page shows first. Unless given: the smallest level, and the first indicator that
        is neither a count nor practice data, if there is one.
    limits : mapping of indicator to sequence of float, optional
        Fixed class limits, at most four for an indicator; round numbers unless given. Where they are
        given for the indicator shown first, the page begins with them.
    compare : Edition, optional
        An older edition, which the reader can put beside this one.
    land : str, optional
        Whose holidays count, such as "MV": readers can then ask which offers are open at a weekday and
        time. Hours are evaluated for the first week without holidays from the edition's day on.
    cells : GeoDataFrame, optional
        Centres of a regular grid of at least 100 m (`build_grid`), each numeric column the minutes to
        the next offer of the category it is named after.
    travel : DataFrame, optional
        Ways from ``cells`` to the edition's offers within 30 minutes (`measure_travel`): the page then
        shows the way to the next of whatever offers its reader chooses, at a weekday and time too.
    streets : GeoDataFrame, optional
        ``name`` and points or lines (`read_street_names`): streets that can be searched. Nothing but
        their names and one place per street and area enters the page.
    language : {"de", "en"}
        Of the page's own words, numbers and dates; what the edition says stays as it was written.
    basemap : {"basemap.de", "topplus"}, optional
        An online map the reader can put under the areas. Only then may the page ask a host, and only
        after the reader has switched it on.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    InputError
        An argument is of another kind than expected; ``travel`` without ``cells``; cells that are no
        regular grid.
    UnknownNameError
        There is no such level, indicator, language or online map.
    CrsError
        The online map does not come in the edition's coordinate system.

    Notes
    -----
    The same edition gives the same bytes. All names are text to the page: they are escaped in the
    still part and become text nodes in the script's part.

    Examples
    --------
    >>> import tempfile
    >>> from sozialraum.demo import build_musterstadt
    >>> from sozialraum.secrecy.build import build_edition
    >>> edition = build_edition(build_musterstadt().atlas)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     page = write_ressourcenkarte(edition, f"{folder}/karte.html", indicator="u6")
    ...     "Musterstadt" in page.read_text(encoding="utf-8")
    True
    """
    verify_edition(edition)
    _need_tables(cells, travel, streets)
    path = mark_name(path, edition.audience)
    if compare is not None:
        edition.verify_beside(compare)
    level, indicator = choose_start(edition, level, indicator)
    if language not in LANGUAGES:
        raise UnknownNameError("language", language, LANGUAGES)
    ground = find_basemap(basemap, edition.areas.crs) if basemap else None
    with speaking(language):
        header, numbers, topology = build_payload(
            edition, limits=limits, compare=compare, land=land, cells=cells
        )
        fixed = (limits or {}).get(indicator)
        start = [level, indicator, "fixed" if fixed else "quantiles"]
        header |= {"start": start, "look": _look(), **_words()}
        if travel is not None and cells is not None:
            header["cells"]["reach"] = lay_reach(travel, cells, header)
        if streets is not None:
            header["streets"] = list_streets(streets, edition, topology)
        if ground:
            header["basemap"] = ground.to_dict()
        page = _render(
            edition,
            language=language,
            payload=pack(header, numbers),
            still=draw_still_map(edition, topology, level, indicator, breaks=fixed),
            method=_method(edition, topology, ground),
            imprint=_imprint(edition),
            ground=ground,
            layers={
                "offers": header["offers"]["ids"],
                "gaps": header["gaps"],
                "older": header.get("older"),
            },
        )
    with replacing(path) as temporary:
        temporary.write_bytes(clean(page).encode("utf-8"))
    return Path(path)


def _need_tables(cells: object, travel: object, streets: object) -> None:
    """Refuse tables of another kind, and ways without the cells that they begin at."""
    import geopandas as gpd
    import pandas as pd

    faults = list_faults({
        "cells": (cells, gpd.GeoDataFrame), "travel": (travel, pd.DataFrame),
        "streets": (streets, gpd.GeoDataFrame),
    })  # fmt: skip
    faults += find_wrong("cells", cells, travel is None or cells is not None)
    CheckReport(tuple(faults)).raise_for_errors()


def _render(edition: Edition, *, ground: Basemap | None, **parts: Any) -> str:
    style, script = _style(), _script()
    return render_page(
        "ressourcenkarte.html.jinja",
        head=edition.head,
        levels=edition.levels,
        policy=_policy(style, script, ground.host if ground else ""),
        style=drawn(style),
        script=drawn(script),
        ground=ground,
        **parts,
    )


def choose_start(edition: Edition, level: str | None, indicator: str | None) -> tuple[str, str]:
    """Decide what a map shows first.

    Parameters
    ----------
    edition : Edition
    level, indicator : str, optional

    Returns
    -------
    tuple of str
        Level and indicator; the indicator is empty where the level has no values at all.

    Raises
    ------
    UnknownNameError
        There is no such level, or no such indicator on it.
    """
    levels = [one.id for one in edition.levels]
    level = levels[-1] if level is None else level
    if level not in levels:
        raise UnknownNameError("level", level, levels)
    rows = edition.values
    present = set(rows.loc[rows["level"] == level, "indicator"])
    shown = [name for name in edition.indicators if name in present]
    if indicator is not None and indicator not in shown:
        raise UnknownNameError("indicator", indicator, shown)
    # A share can be compared between large and small areas, a count cannot; practice data last.
    known = edition.indicators
    shown.sort(key=lambda name: (known[name].practice, known[name].kind == "count"))
    return level, indicator or (shown[0] if shown else "")


def _words() -> dict[str, Any]:
    own = words("map.script")
    for key in ("datenstand", "gebietsstand", "quality", "source", "steps"):
        own[key] = say(f"passport.{key}")
    own["missing"] = say("number.missing")
    return {"words": own, "signs": words("sign"), "qualities": words("quality")}


def _look() -> dict[str, Any]:
    return {
        "water": look.WATER,
        "land": look.LAND,
        "hidden": look.HIDDEN,
        "hiddenInk": look.HIDDEN_INK,
        "missingInk": look.MISSING_INK,
        "missing": look.MISSING,
        "gap": look.GAP,
        "ink": look.INK,
        "hiddenHatch": look.HIDDEN_HATCH[:3],
        "missingHatch": look.MISSING_HATCH[:3],
        "gapHatch": look.GAP_HATCH[:3],
        "pair": schemes.PAIR,
        "pairHatches": [[hatch[:3] for hatch in row] for row in schemes.PAIR_HATCHES],
    }


def _style() -> str:
    own = (_ASSETS / "ressourcenkarte.css").read_text(encoding="utf-8")
    plain = re.sub(r"/\*.*?\*/", "", write_css_colours() + own, flags=re.DOTALL)
    return write_css_fonts() + "\n".join(
        line.strip() for line in plain.splitlines() if line.strip()
    )


def _script() -> str:
    """Join the parts of the script and leave its comments (and with them the types) out."""
    parts = [(_ASSETS / "ressourcenkarte" / n).read_text(encoding="utf-8") for n in _SCRIPTS]
    text = re.sub(r"/\*\*.*?\*/ ?", "", "\n".join(parts), flags=re.DOTALL)
    lines = [line.strip() for line in text.splitlines()]
    body = "\n".join(line for line in lines if line and not line.startswith("//"))
    return f'(() => {{\n"use strict";\n{body}\n}})();\n'


def _policy(style: str, script: str, host: str = "") -> str:
    return (
        f"default-src 'none'; script-src '{digest(script)}'; "
        f"style-src '{digest(style)}'; font-src data:; img-src data: blob:{host and ' ' + host}; "
        "base-uri 'none'; form-action 'none'"
    )


def _method(
    edition: Edition, topology: Topology, ground: Basemap | None
) -> list[tuple[str, list[str]]]:
    signs = [f"{sign}   {text}" for sign, text in words("sign").items() if sign in SIGNS]
    notes = [*edition.notes, *([] if topology.coverage_valid else [say("map.torn")])]
    parts = [
        (say("map.methods"), list(edition.methods)),
        (say("map.sources"), [*edition.sources, *([ground.source] if ground else [])]),
        (say("map.notes"), notes),
        (say("map.signs"), signs),
    ]
    return [(title, items) for title, items in parts if items]


def _imprint(edition: Edition) -> str:
    head = edition.head
    made = say("map.created", date=date(edition.created)) if edition.created else ""
    return " · ".join(filter(None, (head.office, head.contact, made)))
