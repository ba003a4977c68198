"""No writer writes an edition that was changed after its protection, and none leaves a file behind."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

import sozialraum as sr
from sozialraum.demo import build_measures, build_musterstadt, build_needs
from sozialraum.errors import SecrecyError
from sozialraum.indicators.complete import list_missing
from sozialraum.indicators.extract import Extract, Sheet
from sozialraum.present.manifest import write_manifest
from sozialraum.secrecy.comparison import Comparison
from sozialraum.secrecy.edition import Edition
from sozialraum.secrecy.published import show_edition
from sozialraum.secrecy.rules import Secrecy
from sozialraum.secrecy.suppress import Completion

Writer = Callable[[Edition, Path], object]


def extract(edition: Edition, folder: Path) -> object:
    known = dict(edition.indicators)
    missing = list_missing(edition.values, edition.areas, known)
    report = Extract(
        id="bericht", title="Bericht", sheets=(Sheet("Menschen", ("einwohner", "u6")),),
        values=edition.values, indicators=known, missing=missing,
    )  # fmt: skip
    return sr.write_extract(report, edition, folder)


def needs(edition: Edition, folder: Path) -> object:
    atlas = build_musterstadt().atlas
    return sr.write_needs(
        edition, sr.settle_needs(build_needs(), atlas.areas, atlas.offers).table, folder
    )


def measures(edition: Edition, folder: Path) -> object:
    atlas = build_musterstadt().atlas
    listed = sr.settle_measures(build_measures(), atlas.areas, atlas.offers).table
    return sr.write_measures(edition, listed, folder)


def half_year(edition: Edition, folder: Path) -> object:
    return sr.write_halbjahresbericht(sr.compare_editions(edition, edition), folder)


WRITERS: dict[str, Writer] = {
    "write_extract": extract,
    "write_geopackage": lambda e, f: sr.write_geopackage(e, f / "stadt.gpkg"),
    "write_halbjahresbericht": half_year,
    "write_manifest": lambda e, f: write_manifest(e, f, parameters={}),
    "write_measures": measures,
    "write_needs": needs,
    "write_passports": sr.write_passports,
    "write_print_map": lambda e, f: sr.write_print_map(e, f / "karte.svg"),
    "write_protocol": sr.write_protocol,
    "write_ressourcenkarte": lambda e, f: sr.write_ressourcenkarte(e, f / "karte.html"),
    "write_sozialraumprofile": lambda e, f: sr.write_sozialraumprofile(
        e, level="sozialraum", folder=f
    ),
    "write_tables": sr.write_tables,
}
# What shows an edition's figures in a notebook.
SHOWN: dict[str, Callable[[Edition], object]] = {
    "passport": lambda e: e.passport("1101", "u6"),
    "plot_bars": lambda e: sr.plot_bars(e, "u6"),
    "plot_clusters": lambda e: sr.plot_clusters(e, "leistungsbezug"),
    "plot_funnel": lambda e: sr.plot_funnel(e, "leistungsbezug"),
    "plot_intervals": lambda e: sr.plot_intervals(e, "leistungsbezug"),
    "plot_lines": lambda e: sr.plot_lines(e, "u6"),
    "plot_map": lambda e: sr.plot_map(e, "u6"),
    "plot_moran": lambda e: sr.plot_moran(e, "leistungsbezug"),
    "plot_pyramid": sr.plot_pyramid,
    "show_edition": sr.show_edition,
    "show_print_map": sr.show_print_map,
    "show_ressourcenkarte": sr.show_ressourcenkarte,
    "show_sozialraumprofil": lambda e: sr.show_sozialraumprofil(e, "12", level="sozialraum"),
}


def copy(edition: Edition) -> Edition:
    """The same edition with tables of its own: its seal holds."""
    tables = ("values", "gaps", "offers", "areas", "protocol")
    return dataclasses.replace(edition, **{name: getattr(edition, name).copy() for name in tables})


def restate(edition: Edition) -> Edition:
    return dataclasses.replace(edition, values=edition.values.assign(value=1.0))


def edit_value(edition: Edition) -> Edition:
    """One figure that was withheld is put back, in place."""
    edition.values.loc[edition.values.index[edition.values["value"].isna()][0], "value"] = 3.0
    return edition


def edit_gap(edition: Edition) -> Edition:
    edition.gaps.loc[edition.gaps.index[edition.gaps["people"].isna()][0], "people"] = 3.0
    return edition


def edit_offer(edition: Edition) -> Edition:
    edition.offers["contact_name"] = "Ada"
    return edition


def edit_outline(edition: Edition) -> Edition:
    shapes = edition.areas.geometry
    edition.areas.loc[shapes.index[0], "geometry"] = shapes.iloc[0].buffer(-1)
    return edition


def edit_protocol(edition: Edition) -> Edition:
    edition.protocol.loc[edition.protocol.index[0], "area"] = ""
    return edition


CHANGES: dict[str, Callable[[Edition], Edition]] = {
    "values replaced": restate,
    "value edited": edit_value,
    "gap edited": edit_gap,
    "column of offers edited": edit_offer,
    "outline edited": edit_outline,
    "protocol edited": edit_protocol,
    "other cost": lambda e: dataclasses.replace(e, completion=Completion(9, 9.0, 1.0, 1, 1)),
    "other rules": lambda e: dataclasses.replace(e, secrecy=Secrecy(minimum=3)),
    "other audience": lambda e: dataclasses.replace(e, audience="intern"),
    "no seal": lambda e: dataclasses.replace(e, seal=""),
    "found by the attack": lambda e: dataclasses.replace(
        e,
        findings=pd.DataFrame(
            {"what": ["u6"], "level": ["quartier"], "area": ["1101"], "datenstand": ["2024-12-31"],
             "attacker": ["reader"], "lower": [3.0], "upper": [3.0]}
        ),
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def withheld(town_edition: Edition) -> Edition:
    """Musterstadt where a figure and a gap are withheld, so that each can be put back."""
    atlas = build_musterstadt().atlas
    gap = gpd.GeoDataFrame(
        {"rank": [1], "group": "u6", "people": [3.0], "minutes": [18.0], "metres": [1440.0],
         "offer": [None], "limit_min": [15.0]},
        geometry=[town_edition.gaps.geometry.iloc[0]], index=pd.Index(["1"], name="gap"), crs=25833,
    )  # fmt: skip
    return sr.build_edition(
        atlas, gaps={"kita_15min_u6": gap}, secrecy=Secrecy(minimum=30),
        statement=sr.Statement(created="2025-01-31"),
    )  # fmt: skip


def test_no_writer_is_forgotten() -> None:
    public = {
        name
        for name in sr.__all__
        if name.startswith("write_")
        and {"Edition", "Comparison"}
        & {p.annotation for p in inspect.signature(getattr(sr, name)).parameters.values()}
    }
    assert public == set(WRITERS) - {"write_manifest"}


def test_no_figure_of_a_notebook_is_forgotten() -> None:
    public = {
        name
        for name in sr.__all__
        if name.startswith(("plot_", "show_"))
        and any("Edition" in str(p.annotation)
                for p in inspect.signature(getattr(sr, name)).parameters.values())
    }  # fmt: skip
    assert public == set(SHOWN) - {"passport"}


@pytest.mark.parametrize("writer", WRITERS)
def test_an_unchanged_copy_is_written(writer: str, withheld: Edition, tmp_path: Path) -> None:
    WRITERS[writer](copy(withheld), tmp_path)
    assert any(path.is_file() for path in tmp_path.rglob("*"))


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_edition_is_refused_and_nothing_is_left(
    writer: str, change: str, withheld: Edition, tmp_path: Path
) -> None:
    changed = CHANGES[change](copy(withheld))
    with pytest.raises(SecrecyError):
        WRITERS[writer](changed, tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("shown", SHOWN)
@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_edition_is_not_shown_in_a_notebook(
    shown: str, change: str, withheld: Edition
) -> None:
    with pytest.raises(SecrecyError):
        SHOWN[shown](CHANGES[change](copy(withheld)))


def put_back(table: pd.DataFrame, column: str) -> None:
    """One number that was withheld is put back, in place."""
    table.loc[table.index[table[column].isna()][0], column] = 3.0


PUT_BACK: dict[str, Callable[[Comparison], object]] = {
    "difference": lambda c: put_back(c.values, "after"),
    "gap": lambda c: c.gaps.insert(0, "people", 3.0),
    "offer": lambda c: c.offers.insert(0, "contact", "Ada"),
    "revised": lambda c: c.revised.insert(0, "people", 3.0),
    "newer values": lambda c: put_back(c.new.values, "value"),
    "older values": lambda c: put_back(c.old.values, "value"),
    "newer offers": lambda c: c.new.offers.insert(0, "contact", "Ada"),
    "older areas": lambda c: c.old.tables["quartier"].insert(0, "contact", "Ada"),
}


@pytest.mark.parametrize("change", PUT_BACK)
def test_a_changed_comparison_is_refused_and_nothing_is_left(
    change: str, withheld: Edition, town_edition: Edition, tmp_path: Path
) -> None:
    found = sr.compare_editions(copy(town_edition), copy(withheld))
    sr.write_halbjahresbericht(found, tmp_path / "vorher")
    PUT_BACK[change](found)
    with pytest.raises(SecrecyError):
        sr.write_halbjahresbericht(found, tmp_path / "nachher")
    assert not (tmp_path / "nachher").exists()


def test_a_comparison_that_nobody_protected_is_refused(withheld: Edition, tmp_path: Path) -> None:
    found = sr.compare_editions(withheld, withheld)
    with pytest.raises(SecrecyError):
        sr.write_halbjahresbericht(dataclasses.replace(found, seal=""), tmp_path)
    more = dataclasses.replace(found, same=found.same + 1)
    with pytest.raises(SecrecyError):
        sr.write_halbjahresbericht(more, tmp_path)


def test_what_was_changed_is_not_compared(withheld: Edition) -> None:
    shown = show_edition(copy(withheld))
    put_back(shown.values, "value")
    for pair in ((shown, withheld), (withheld, shown)):
        with pytest.raises(SecrecyError):
            sr.compare_editions(*pair)
