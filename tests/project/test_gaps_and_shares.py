"""On the embedded example no gap tells what a share withholds."""

from __future__ import annotations

import pandas as pd
import pytest

from sozialraum.access.coverage import aggregate_people, measure_coverage
from sozialraum.access.gaps import find_gaps
from sozialraum.access.travel import measure_nearest
from sozialraum.demo import find_example
from sozialraum.project.settings import read_project
from sozialraum.read.streets import read_streets
from sozialraum.secrecy.protect import attack_values, protect_together
from sozialraum.secrecy.rules import Secrecy

from .conftest import Example


@pytest.mark.parametrize("minimum", [5, 10])
def test_a_gap_inside_a_quartier_does_not_tell_its_share(example: Example, minimum: int) -> None:
    atlas, project = example.atlas, read_project(find_example())
    streets = read_streets(project.locate("data/geometries/streets.osm.pbf"), crs=atlas.areas.crs)
    kitas = atlas.offers[atlas.offers["category"] == "kita"]
    nearest = measure_nearest(atlas.population, kitas, streets)
    reached = measure_coverage(atlas.population["einwohner"], nearest, limit_min=15)
    known = atlas.indicators["kita_15min"]
    shares = aggregate_people(reached, atlas.population, atlas.areas, indicator=known)
    counts = atlas.values[atlas.values["indicator"] == "einwohner"]
    values = pd.concat([counts, shares], ignore_index=True)
    gaps = find_gaps(atlas.population, nearest, group="einwohner", limit_min=15)
    gaps = gaps.assign(measure="kita_15min")
    rules = Secrecy(minimum=minimum)
    common = (atlas.areas, atlas.levels, atlas.indicators, rules)
    alone = protect_together(values, None, *common).values
    withheld = alone[(alone["sign"] == ".") & (alone["level"] == "quartier")]
    assert len(withheld)
    broken = attack_values(values, alone, *common, gaps=gaps, shown=gaps)
    # Beside the gaps, as they are, withheld shares follow too closely.
    assert broken["what"].isin(["kita_15min/Z/rest", "kita_15min/rest"]).any()
    found = protect_together(values, gaps, *common)
    assert not len(attack_values(values, found.values, *common, gaps=gaps, shown=found.gaps))
    assert 0 < (found.gaps["sign"] == ".").sum() < len(gaps) / 2


def test_the_edition_withholds_people_of_gaps_and_keeps_their_polygons(example: Example) -> None:
    gaps = example.edition.gaps
    assert (gaps["sign"] == ".").any()
    assert gaps.loc[gaps["sign"] == ".", "people"].isna().all()
    assert gaps.geometry.notna().all()
    assert "pieces" not in gaps
    assert "min_people" not in gaps
