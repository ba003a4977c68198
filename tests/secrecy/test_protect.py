"""Small counts, and what would follow from them, are withheld at all levels."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sozialraum.demo import LEVELS, build_musterstadt
from sozialraum.errors import InputError, SecrecyError
from sozialraum.model.areas import WHOLE, Level
from sozialraum.model.atlas import build_atlas
from sozialraum.model.indicator import Indicator
from sozialraum.secrecy.build import build_edition
from sozialraum.secrecy.protect import attack_values, protect_gaps, protect_values
from sozialraum.secrecy.rules import Secrecy
from sozialraum.secrecy.unsafe import judge

TWO_LEVELS = (
    Level(WHOLE, "Gesamt", "Gesamt"),
    Level("sozialraum", "Sozialraum", "Sozialräume", WHOLE),
    Level("quartier", "Quartier", "Quartiere", "sozialraum"),
)
COUNT = {"n": Indicator(id="n", title="Fälle")}


def hierarchy(children: list[int]) -> gpd.GeoDataFrame:
    """Sozialräume with the given numbers of Quartiere."""
    rows = [(f"{s}", f"{s}{q}") for s, size in enumerate(children) for q in range(size)]
    sozialraum, quartier = zip(*rows, strict=True)
    return gpd.GeoDataFrame(
        {"gesamt": "gesamt", "sozialraum": list(sozialraum), "quartier": list(quartier)}
    )


def counts(areas: gpd.GeoDataFrame, amounts: list[int]) -> pd.DataFrame:
    parts = []
    for level in ("gesamt", "sozialraum", "quartier"):
        sums = pd.Series(amounts, index=areas[level]).groupby(level=0).sum()
        parts.append(pd.DataFrame({"level": level, "area": sums.index, "value": sums.to_numpy()}))
    table = pd.concat(parts, ignore_index=True).astype({"value": float})
    return table.assign(
        indicator="n", datenstand="2024", numerator=table["value"], denominator=np.nan, sign=""
    )


def test_hides_the_small_count_and_its_smallest_sibling() -> None:
    # 3 is below 5; with 20 published it would follow as 20 - 3 of the total, so 7, the smallest
    # other child, is hidden too; 10 and the total stay.
    areas = hierarchy([3])
    protected, protocol = protect_values(
        counts(areas, [3, 10, 7]), areas, TWO_LEVELS, COUNT, Secrecy(minimum=5)
    )
    quartiere = protected[protected["level"] == "quartier"]
    assert quartiere["sign"].tolist() == [".", "", "."]
    assert protected.loc[protected["level"] != "quartier", "value"].tolist() == [20.0, 20.0]
    assert protocol["reason"].tolist() == ["small", "sibling"]


def test_a_hidden_only_child_hides_its_parent() -> None:
    # The only Quartier of the second Sozialraum has 2: both must go, and with them the first
    # Sozialraum, since total minus the first would give the second.
    areas = hierarchy([2, 1])
    protected, _ = protect_values(
        counts(areas, [10, 12, 2]), areas, TWO_LEVELS, COUNT, Secrecy(minimum=5)
    )
    hidden = protected[protected["sign"] == "."]
    assert set(hidden["level"] + hidden["area"]) == {
        "sozialraum1", "quartier10", "sozialraum0", "quartier00"
    }  # fmt: skip


@pytest.mark.parametrize(("each", "hidden"), [(3.0, 16), (4.0, 23)])
def test_the_sum_of_the_whole_goes_only_where_it_would_tell_its_parts(
    each: float, hidden: int
) -> None:
    """16 Quartiere with 4 each: who knows that small counts are 1 to 4 knows them all from 64.

    48 may be 3 each or many other ways. So 4 go on every level (16 + 4 + 2 + 1), 3 only below.
    """
    atlas = build_musterstadt().atlas
    known = {"n": Indicator(id="n", title="Fälle")}
    rows = atlas.values[atlas.values["indicator"] == "einwohner"]
    parts = rows["level"].map({WHOLE: 16, "planregion": 8, "sozialraum": 4, "quartier": 1})
    rows = rows.assign(indicator="n", value=each * parts, numerator=each * parts)
    edition = build_edition(atlas.with_values(rows), indicators=known)
    assert (edition.values["sign"] == ".").sum() == hidden
    open_ = edition.values.copy()
    at = open_["level"] == WHOLE
    open_.loc[at, ["value", "numerator", "sign"]] = [16 * each, 16 * each, ""]
    truth = rows.set_index(["level", "area"]).loc[
        list(zip(open_["level"], open_["area"], strict=True))
    ]
    found = attack_values(truth.reset_index(), open_, atlas.areas, atlas.levels, known, Secrecy())
    assert set(found["attacker"]) == ({"insider"} if each == 4 else set())


def test_zero_is_not_a_small_count_and_offers_are_not_persons() -> None:
    values = pd.DataFrame(
        {
            "indicator": ["n", "kitas"],
            "value": [0.0, 2.0],
            "numerator": [0.0, 2.0],
            "denominator": np.nan,
        }
    )
    indicators = {**COUNT, "kitas": Indicator(id="kitas", title="Kitas", protects="none")}
    assert not judge(values, indicators, Secrecy(minimum=5)).unsafe.any()


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [
        (3, 100, True),
        (98, 100, True),
        (0, 4, True),
        (0, 100, False),
        (50, 100, False),
        (5, 10, False),
    ],
)
def test_a_rate_is_unsafe_if_z_or_the_rest_or_n_is(
    numerator: int, denominator: int, expected: bool
) -> None:
    values = pd.DataFrame(
        {"indicator": ["q"], "value": [1.0], "numerator": [numerator], "denominator": [denominator]}
    )
    rate = Indicator(id="q", title="Quote", kind="rate", per=100, denominator="alle")
    assert judge(values, {"q": rate}, Secrecy(minimum=5)).unsafe.tolist() == [expected]


@given(st.lists(st.lists(st.integers(0, 12), min_size=1, max_size=5), min_size=1, max_size=4))
def test_no_equation_has_a_single_hidden_member(sizes: list[list[int]]) -> None:
    areas = hierarchy([len(s) for s in sizes])
    amounts = [n for s in sizes for n in s]
    table = counts(areas, amounts)
    protected, _ = protect_values(table, areas, TWO_LEVELS, COUNT, Secrecy(minimum=5))
    hidden = protected.set_index(["level", "area"])["sign"] == "."
    small = (table["value"] > 0) & (table["value"] < 5)
    assert (protected.loc[small, "sign"] == ".").all()
    equations = [[(WHOLE, "gesamt"), *(("sozialraum", s) for s in areas["sozialraum"].unique())]]
    equations += [
        [("sozialraum", s), *(("quartier", q) for q in part["quartier"])]
        for s, part in areas.groupby("sozialraum")
    ]
    assert all(sum(hidden[m] for m in equation) != 1 for equation in equations)
    assert (
        protected.loc[hidden.to_numpy(), ["value", "numerator", "denominator"]]
        .isna()
        .all(axis=None)
    )


def test_small_gaps_keep_their_shape_and_lose_their_number() -> None:
    gaps = gpd.GeoDataFrame({"people": [4.0, 5.0], "rank": [1, 2]})
    protected = protect_gaps(gaps, Secrecy(minimum=5))
    assert protected["sign"].tolist() == [".", ""]
    assert protected["people"].isna().tolist() == [True, False]


def test_an_edition_knows_whether_it_was_changed() -> None:
    edition = build_edition(build_musterstadt().atlas)
    edition.verify()
    edition.values.loc[0, "value"] = 48611.0
    with pytest.raises(SecrecyError, match="geschützt"):
        edition.verify()


def test_contacts_and_unknown_columns_stay_behind() -> None:
    town = build_musterstadt().atlas
    offers = town.offers.assign(contact_name="Frau Beispiel", notiz="vertraulich").reset_index()
    areas = town.areas.reset_index()[["area", "name", "planregion", "sozialraum", "geometry"]]
    edition = build_edition(build_atlas(areas, levels=LEVELS, title="Musterstadt", offers=offers))
    assert not {"contact_name", "notiz", "file", "row"} & set(edition.offers.columns)


def test_the_passport_of_a_withheld_number_says_so() -> None:
    edition = build_edition(build_musterstadt().atlas)
    hidden = edition.values[edition.values["sign"] == "."].iloc[0]
    passport = edition.passport(hidden["area"], hidden["indicator"], hidden["datenstand"])
    assert passport["Wert"] == "zurückgehalten oder unbekannt"
    shown = edition.passport("11", "einwohner")
    assert shown["Wert"] == "1.000 Personen"


def delivered_without_one(sign: str) -> tuple[pd.DataFrame, gpd.GeoDataFrame]:
    """Quartiere of 3, 10, 7 and 8 beside their sum; the last was delivered without a number."""
    areas = hierarchy([4])
    rows = counts(areas, [3, 10, 7, 8])
    gone = rows["area"] == "03"
    rows.loc[gone, ["value", "numerator"]] = np.nan
    rows.loc[gone, "sign"] = sign
    return rows, areas


@pytest.mark.parametrize("sign", ["x", "…", ""])
def test_what_is_merely_missing_may_follow_from_the_others(sign: str) -> None:
    # 3 is withheld, and for its sake one more: the missing 8 is unknown too, 7 need not go.
    rows, areas = delivered_without_one(sign)
    protected, _ = protect_values(rows, areas, TWO_LEVELS, COUNT, Secrecy(minimum=5))
    assert protected.loc[protected["sign"] == ".", "area"].tolist() == ["00"]
    # With nothing withheld the missing number is 28 − 20 = 8, and no secret.
    rows.loc[rows["area"] == "00", ["value", "numerator"]] = 6.0
    rows.loc[rows["level"] != "quartier", ["value", "numerator"]] = 31.0
    rules = Secrecy(minimum=5)
    shown, _ = protect_values(rows, areas, TWO_LEVELS, COUNT, rules)
    assert not (shown["sign"] == ".").any()
    assert attack_values(rows, shown, areas, TWO_LEVELS, COUNT, rules).empty


def test_what_was_delivered_withheld_does_not_follow_from_the_others() -> None:
    # All else known, the fourth Quartier would be 31 − 23; the smallest other one, 6, goes with it.
    rows, areas = delivered_without_one(".")
    rows.loc[rows["area"] == "00", ["value", "numerator"]] = 6.0
    rows.loc[rows["level"] != "quartier", ["value", "numerator"]] = 31.0
    rules = Secrecy(minimum=5)
    protected, protocol = protect_values(rows, areas, TWO_LEVELS, COUNT, rules)
    assert protected.loc[protected["sign"] == ".", "area"].tolist() == ["00", "03"]
    # The source's own secret is no choice of ours.
    assert protocol["area"].tolist() == ["00"]
    assert attack_values(rows, protected, areas, TWO_LEVELS, COUNT, rules).empty
    # Shown as delivered, it is found.
    found = attack_values(rows, rows, areas, TWO_LEVELS, COUNT, rules)
    assert set(found["area"]) == {"03"}
    assert found["lower"].tolist() == found["upper"].tolist() == [8.0] * len(found)


def by_sex(areas: gpd.GeoDataFrame, boys: list[float], girls: list[float]) -> pd.DataFrame:
    parts = {"m": boys, "w": girls, "n": [m + w for m, w in zip(boys, girls, strict=True)]}
    tables = [counts(areas, amounts).assign(indicator=name) for name, amounts in parts.items()]
    return pd.concat(tables, ignore_index=True)


SEXES = {**{k: Indicator(id=k, title=k) for k in "mw"}, "n": Indicator(
    id="n", title="n", parts=("m", "w"))}  # fmt: skip


def test_sums_that_ask_different_amounts_of_a_missing_number_are_no_obstacle() -> None:
    # The boys of the second Quartier are missing: 9 by the sum of all (20 − 11), 10 by the sexes
    # (19 − 9), as a source gives that perturbs its numbers. The small count is withheld all the same.
    areas = hierarchy([3])
    rows = by_sex(areas, [3, 9, 8], [11, 9, 12])
    at = (rows["indicator"] == "n") & (rows["area"] == "01")
    rows.loc[at, ["value", "numerator"]] = 19.0
    at = (rows["indicator"] == "m") & (rows["area"] == "01")
    rows.loc[at, ["value", "numerator"]] = np.nan
    rules = Secrecy(minimum=5)
    protected, _ = protect_values(rows, areas, TWO_LEVELS, SEXES, rules)
    small = (protected["indicator"] == "m") & (protected["area"] == "00")
    assert protected.loc[small, "sign"].tolist() == ["."]
    assert attack_values(rows, protected, areas, TWO_LEVELS, SEXES, rules).empty


@pytest.mark.parametrize(
    ("whole", "rows_of", "withheld"),
    [
        # The third Quartier has no row and 2 people: beside 15 and 10 the 3 may be 0 … 5.
        (15, ["00", "01"], ["00"]),
        # What has rows is all there is: a missing row means nobody, and 10 must go too.
        (13, ["00", "01"], ["00", "01"]),
        # All have rows and are 2 less than the whole, as a source that perturbs its numbers gives
        # them: 3 would be known to within this difference, and the smallest other one, 7, goes.
        (22, ["00", "01", "02"], ["00", "02"]),
    ],
)
def test_a_part_without_a_row_is_unknown_unless_nothing_is_left_for_it(
    whole: float, rows_of: list[str], withheld: list[str]
) -> None:
    areas = hierarchy([3])
    rows = counts(areas, [3, 10, 7])
    rows = rows[rows["area"].isin(rows_of) | (rows["level"] != "quartier")].reset_index(drop=True)
    rows.loc[rows["level"] != "quartier", ["value", "numerator"]] = whole
    protected, _ = protect_values(rows, areas, TWO_LEVELS, COUNT, Secrecy(minimum=5))
    assert protected.loc[protected["sign"] == ".", "area"].tolist() == withheld


def test_a_count_and_its_numerator_are_one_number() -> None:
    atlas = build_musterstadt().atlas
    values = atlas.values.copy()
    at = values.index[(values["indicator"] == "u6") & (values["area"] == "1101")][0]
    values.loc[at, "value"] = 24.0
    with pytest.raises(InputError) as caught:
        build_edition(atlas.with_values(values))
    (found,) = caught.value.report.errors
    assert (found.code, found.row, found.column) == ("count_contradicts", at + 2, "value")
    assert "quartier 1101, „u6“" in found.text


def test_what_contradicts_itself_is_named_with_its_place() -> None:
    # As a value, 3 is too small, so an insider takes it for 1 … 4; as a numerator it is 30.
    areas = hierarchy([3])
    rows = counts(areas, [30, 10, 7])
    rows.loc[rows["area"] == "00", "value"] = 3.0
    with pytest.raises(InputError) as caught:
        protect_values(rows, areas, TWO_LEVELS, COUNT, Secrecy(minimum=5))
    places = [
        (found.code, "quartier 00, „n“" in found.text) for found in caught.value.report.errors
    ]
    assert ("contradiction", True) in places
