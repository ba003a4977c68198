"""Every rule withholds what it should, from Python and from the project file."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sozialraum.demo import build_musterstadt
from sozialraum.errors import InputError
from sozialraum.model.areas import WHOLE, Level
from sozialraum.model.indicator import Indicator
from sozialraum.project.settings import read_project
from sozialraum.secrecy.attack import bound_cells, reader
from sozialraum.secrecy.build import build_edition
from sozialraum.secrecy.contributions import list_unlisted, sum_contributions
from sozialraum.secrecy.protect import attack_values, protect_together
from sozialraum.secrecy.publication import build_publication
from sozialraum.secrecy.rules import Dominance, Secrecy
from sozialraum.secrecy.unsafe import judge

LEVELS = (
    Level(WHOLE, "Gesamt", "Gesamt"),
    Level("sozialraum", "Sozialraum", "Sozialräume", WHOLE),
    Level("quartier", "Quartier", "Quartiere", "sozialraum"),
)
KNOWN = {"n": Indicator(id="n", title="Fälle")}


def make_areas(children: list[int]) -> gpd.GeoDataFrame:
    rows = [(f"{s}", f"{s}{q}") for s, size in enumerate(children) for q in range(size)]
    sozialraum, quartier = zip(*rows, strict=True)
    return gpd.GeoDataFrame(
        {"gesamt": "gesamt", "sozialraum": list(sozialraum), "quartier": list(quartier)},
        index=list(quartier),
    )


def make_rows(
    areas: gpd.GeoDataFrame, name: str, top: list[float], below: list[float] | None = None
):  # type: ignore[no-untyped-def]
    """Rows of all levels."""
    parts = []
    for level in LEVELS:
        key = areas[level.id].to_numpy()
        z = pd.Series(top, dtype=float).groupby(key).sum()
        n = pd.Series(below or [np.nan] * len(top), dtype=float).groupby(key).sum(min_count=1)
        value = z if below is None else 100 * z / n
        parts.append(
            pd.DataFrame(
                {"level": level.id, "area": z.index, "indicator": name, "datenstand": "2024",
                 "value": value.to_numpy(), "numerator": z.to_numpy(), "denominator": n.to_numpy(),
                 "sign": ""}
            )
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def protect(rows, areas, known, rules, contributed=None):  # type: ignore[no-untyped-def]
    """Protect, attack, and give the withheld places as "level area indicator"."""
    found = protect_together(rows, None, areas, LEVELS, known, rules, contributed=contributed)
    broken = attack_values(rows, found.values, areas, LEVELS, known, rules, contributed=contributed)
    assert not len(broken)
    gone = found.values[found.values["sign"] == "."]
    return found, set(gone["level"] + " " + gone["area"] + " " + gone["indicator"])


def bounds(rows, found, areas, known, area, name="n"):  # type: ignore[no-untyped-def]
    """What a reader finds for a count of a Quartier."""
    hidden = (found.values["sign"] == ".").to_numpy()
    publication = build_publication(rows, areas, LEVELS, known)
    lower, upper = bound_cells(
        publication.system, publication.known(hidden), reader(publication.system)
    )
    at = rows.index[
        (rows["level"] == "quartier") & (rows["area"] == area) & (rows["indicator"] == name)
    ][0]
    cell = publication.numerator[at]
    return lower[cell], upper[cell]


def test_an_indicator_has_a_minimum_of_its_own() -> None:
    # 7 is no small count for k = 5, but for k = 10.
    areas = make_areas([3])
    rows = make_rows(areas, "n", [7, 30, 40])
    assert protect(rows, areas, KNOWN, Secrecy(minimum=5))[1] == set()
    rules = Secrecy(minimum=5, indicators={"n": {"minimum": 10}})
    assert protect(rows, areas, KNOWN, rules)[1] == {"quartier 00 n", "quartier 01 n"}


def test_the_interval_may_be_wider_than_the_minimum() -> None:
    # 3 and its smallest sibling 6: 9 in all, so 0 … 9 is left of the 3. An interval of 20 takes more:
    # 3 + 6 + 30 = 39 leaves 0 … 39; 3 + 30 leaves 0 … 33 and is cheaper, being one row.
    areas = make_areas([4])
    rows = make_rows(areas, "n", [3, 6, 30, 40])
    found, gone = protect(rows, areas, KNOWN, Secrecy(minimum=5))
    assert gone == {"quartier 00 n", "quartier 01 n"}
    assert bounds(rows, found, areas, KNOWN, "00") == (0, 9)
    found, gone = protect(rows, areas, KNOWN, Secrecy(minimum=5, interval=20))
    assert gone == {"quartier 00 n", "quartier 02 n"}
    assert bounds(rows, found, areas, KNOWN, "00") == (0, 33)


def test_zeros_are_withheld_where_told() -> None:
    areas = make_areas([3])
    rows = make_rows(areas, "n", [0, 30, 40])
    assert protect(rows, areas, KNOWN, Secrecy(minimum=5))[1] == set()
    found, gone = protect(rows, areas, KNOWN, Secrecy(minimum=5, zeros=True))
    # 0 and 30 are left as 0 … 30 each.
    assert gone == {"quartier 00 n", "quartier 01 n"}
    assert found.protocol["reason"].tolist() == ["zero", "sibling"]
    assert bounds(rows, found, areas, KNOWN, "00") == (0, 30)


def test_a_zero_of_nobody_is_no_secret() -> None:
    rate = {"q": Indicator(id="q", title="Quote", kind="rate", per=100, denominator="alle")}
    areas = make_areas([2])
    rows = make_rows(areas, "q", [0, 0], [0, 50])
    judged = judge(rows, rate, Secrecy(minimum=0, zeros=True))
    quartiere = (rows["level"] == "quartier").to_numpy()
    assert judged.reason[quartiere].tolist() == ["", "zero"]


def test_what_holds_for_everybody_is_withheld_where_told() -> None:
    # All 20 of an area: Z = N. With the total published, the other area's Z would give it.
    rate = {"q": Indicator(id="q", title="Quote", kind="rate", per=100, denominator="alle")}
    areas = make_areas([3])
    rows = make_rows(areas, "q", [20, 30, 25], [20, 60, 50])
    assert protect(rows, areas, rate, Secrecy(minimum=5))[1] == set()
    found, gone = protect(rows, areas, rate, Secrecy(minimum=5, all_in_one=True))
    assert "quartier 00 q" in gone
    assert len(gone) == 2
    assert found.protocol["reason"].tolist()[0] == "all_in_one"


def test_a_part_that_is_all_of_its_total_is_withheld_where_told() -> None:
    # Twelve of the first area, all women: the zero of the men tells the same and goes with it.
    known = {
        "alle": Indicator(id="alle", title="Alle", parts=("w", "m")),
        "w": Indicator(id="w", title="Frauen"),
        "m": Indicator(id="m", title="Männer"),
    }
    areas = make_areas([2])
    rows = pd.concat(
        [
            make_rows(areas, "alle", [12, 40]), make_rows(areas, "w", [12, 20]),
            make_rows(areas, "m", [0, 20]),
        ],
        ignore_index=True,
    )  # fmt: skip
    assert protect(rows, areas, known, Secrecy(minimum=5))[1] == set()
    found, gone = protect(rows, areas, known, Secrecy(minimum=5, all_in_one=True))
    assert {"quartier 00 w", "quartier 00 m"} <= gone
    low, high = bounds(rows, found, areas, known, "00", "w")
    assert high - low >= 5
    ages = {
        "alle": Indicator(id="alle", title="Alle"),
        "w": Indicator(id="w", title="unter 18", base="alle", ages=(0, 18)),
    }
    judged = judge(rows[rows["indicator"] != "m"], ages, Secrecy(minimum=5, all_in_one=True))
    assert (judged.reason == "all_in_one").sum() == 1


def given_by(*rows: tuple[str, str, float]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["area", "contributor", "amount"])
    return table.assign(indicator="n", datenstand="2024")


def test_dominance_counts_contributors_through_all_levels() -> None:
    # Quartier 00: 90 of 100 from one; the two largest have 98: 98 % ≥ 85 %, unsafe. Quartier 01: five
    # of 20 each, two have 40 %. Sozialraum 0: A has 90 + 20, B 8 + 20, so 138 of 200 = 69 %: safe.
    areas = make_areas([3])
    rows = make_rows(areas, "n", [100, 100, 80])
    contributions = given_by(
        ("00", "A", 90), ("00", "B", 8), ("00", "C", 2),
        *(("01", c, 20) for c in "ABCDE"), *(("02", c, 20) for c in "ABCD"),
    )  # fmt: skip
    rules = Secrecy(minimum=0, dominance=Dominance(largest=2, share=85))
    sums = sum_contributions(contributions, areas, LEVELS, KNOWN, rules)
    assert sums.loc[("quartier", "00", "n", "2024")].tolist() == [3, 100, 98, -1]
    assert sums.loc[("sozialraum", "0", "n", "2024")].tolist() == [
        5,
        280,
        90 + 20 + 20 + 8 + 40,
        -1,
    ]
    found, gone = protect(rows, areas, KNOWN, rules, sums)
    assert gone == {"quartier 00 n", "quartier 02 n"}
    assert found.protocol["reason"].tolist() == ["dominance", "sibling"]
    # The next safe total is 100 · 98 / 85 = 115.3; twice the way there is 30.6.
    low, high = bounds(rows, found, areas, KNOWN, "00")
    assert high - low >= 30.6


def test_the_only_contributor_finds_no_other_amount() -> None:
    # A alone gave to Quartier 00, two to 01, three to 02: were 02 shown beside the whole, A would
    # compute 01. With B alone in 01 each would compute the other's.
    areas = make_areas([3])
    three = [("02", c, 50.0) for c in "DEF"]
    for rules, contributions, amounts in (
        (Secrecy(minimum=0, providers=3),
         given_by(("00", "A", 100), ("01", "B", 40), ("01", "C", 30), *three), [100, 70, 150]),
        (Secrecy(minimum=0, dominance=Dominance(largest=1, share=85)),
         given_by(("00", "A", 100), ("01", "B", 60), *three), [100, 60, 150]),
    ):  # fmt: skip
        rows = make_rows(areas, "n", amounts)
        sums = sum_contributions(contributions, areas, LEVELS, KNOWN, rules)
        assert sums.loc[("quartier", "00", "n", "2024"), "sole"] == 0
        gone = protect(rows, areas, KNOWN, rules, sums)[1]
        assert gone == {"quartier 00 n", "quartier 01 n", "quartier 02 n"}


def test_a_dominated_number_reaches_up_to_a_safe_total() -> None:
    # A gave 9,500 of 10,000. Beside 2 of another Quartier B, who gave 500, would know that A gave at
    # most 9,502. The next safe total is 100 · 9500 / 85 = 11,176.5: the third Quartier goes too.
    areas = make_areas([3])
    contributions = given_by(
        ("00", "A", 9500), ("00", "B", 500), ("01", "C", 1), ("01", "D", 1),
        *(("02", c, 5000) for c in "DEF"),
    )  # fmt: skip
    rules = Secrecy(minimum=0, dominance=Dominance(largest=1, share=85))
    rows = make_rows(areas, "n", [10_000, 2, 15_000])
    sums = sum_contributions(contributions, areas, LEVELS, KNOWN, rules)
    found, gone = protect(rows, areas, KNOWN, rules, sums)
    assert "quartier 02 n" in gone
    assert bounds(rows, found, areas, KNOWN, "00")[1] >= 11_176.4


def test_a_dominated_number_that_an_earlier_edition_bounds_does_not_stop_this_one() -> None:
    # A gave 95 of 100; the next safe total is 95 / 0.85 = 111.8. An earlier edition shows the whole,
    # 105: nothing reaches beyond that any more. Beside it 100 may still be 0 … 105.
    areas = make_areas([2])
    contributions = given_by(
        ("00", "A", 95), ("00", "B", 5), ("01", "C", 2), ("01", "D", 2), ("01", "E", 1)
    )
    rules = Secrecy(minimum=0, dominance=Dominance(largest=1, share=85))
    rows = make_rows(areas, "n", [100, 5]).assign(gebietsstand="2024")
    sums = sum_contributions(contributions, areas, LEVELS, KNOWN, rules)
    before = {"contributed": sums, "earlier": [rows[rows["level"] == "gesamt"]]}
    found = protect_together(rows, None, areas, LEVELS, KNOWN, rules, **before)
    assert (found.values["sign"] == ".").all()
    lost = set(found.lost["level"] + " " + found.lost["area"])
    assert lost == {"gesamt gesamt", "sozialraum 0", "quartier 00"}
    assert attack_values(rows, found.values, areas, LEVELS, KNOWN, rules, **before).empty
    # The way down is protected all the same: 5 shown would leave 100 alone.
    shown = found.values.copy()
    at = shown["area"] == "01"
    shown.loc[at, ["value", "numerator"]], shown.loc[at, "sign"] = 5.0, ""
    broken = attack_values(rows, shown, areas, LEVELS, KNOWN, rules, **before)
    assert "00" in set(broken["area"])


@pytest.mark.parametrize("seed", range(6))
def test_dominated_numbers_of_a_crossed_table_reach_up_too(seed: int) -> None:
    """Two purposes and their sum by areas: equations in rings, where only linear programmes tell."""
    draw = np.random.default_rng(seed)
    areas = make_areas([3, 3])
    gifts = np.round(draw.lognormal(4, 1.5, (2, 6, 4)) * (draw.random((2, 6, 4)) < 0.6)) + 1
    known = {"bau": Indicator(id="bau", title="Bau"), "lohn": Indicator(id="lohn", title="Lohn")}
    known["n"] = Indicator(id="n", title="Summe", parts=("bau", "lohn"))
    given = {"bau": gifts[0], "lohn": gifts[1], "n": gifts.sum(axis=0)}
    rows = pd.concat(
        [make_rows(areas, name, amounts.sum(axis=1).tolist()) for name, amounts in given.items()],
        ignore_index=True,
    )
    contributions = pd.concat(
        given_by(*((area, f"{name if name != 'n' else ''}{who}", float(amounts[i, who]))
                   for i, area in enumerate(areas.index) for who in range(4))).assign(indicator=name)
        for name, amounts in given.items()
    )  # fmt: skip
    rules = Secrecy(minimum=0, dominance=Dominance(largest=1, share=75))
    sums = sum_contributions(contributions, areas, LEVELS, known, rules)
    found, gone = protect(rows, areas, known, rules, sums)
    judged = judge(rows, known, rules, sums)
    dominated = (judged.reason == "dominance") & (rows["level"] == "quartier").to_numpy()
    assert dominated.sum() >= 2
    for at in np.flatnonzero(dominated):
        row = rows.iloc[at]
        assert f"quartier {row['area']} {row['indicator']}" in gone
        high = bounds(rows, found, areas, known, row["area"], row["indicator"])[1]
        assert high - row["value"] >= judged.above[at] - 1e-4
    # Withheld alone, the one that should reach furthest is found to reach nowhere.
    one = np.nanargmax(np.where(dominated, judged.above, np.nan))
    only = rows.assign(sign=np.where(rows.index == one, ".", ""))
    only.loc[one, ["value", "numerator"]] = np.nan
    broken = attack_values(rows, only, areas, LEVELS, known, rules, contributed=sums)
    assert "rival" in set(broken["attacker"])


def test_too_few_providers() -> None:
    # A survey answered by two Träger in Quartier 00, by three in the others, by four in the whole.
    areas = make_areas([3])
    rows = make_rows(areas, "n", [60, 90, 70])
    contributions = given_by(
        ("00", "A", 30), ("00", "B", 30), *(("01", c, 30) for c in "ABC"),
        *(("02", c, 20) for c in "AB"), ("02", "D", 30),
    )  # fmt: skip
    rules = Secrecy(minimum=5, providers=3)
    sums = sum_contributions(contributions, areas, LEVELS, KNOWN, rules)
    assert sums["contributors"].groupby("level").max().to_dict() == {
        "gesamt": 4, "sozialraum": 4, "quartier": 3,
    }  # fmt: skip
    found, gone = protect(rows, areas, KNOWN, rules, sums)
    assert gone == {"quartier 00 n", "quartier 02 n"}
    # A fifth of 60 is 12.
    low, high = bounds(rows, found, areas, KNOWN, "00")
    assert high - low >= 12


def test_a_rule_without_contributions_withholds_everything_and_says_so() -> None:
    areas = make_areas([2])
    rows = make_rows(areas, "n", [60, 90])
    own = Secrecy(minimum=5, indicators={"n": {"providers": 3}})
    found, gone = protect(rows, areas, KNOWN, own)
    assert len(gone) == len(rows)
    assert set(found.protocol["reason"]) == {"providers"}
    assert [f.code for f in list_unlisted(rows, KNOWN, own, None)] == ["no_contributions"]
    # For an edition as a whole the rule concerns indicators with contributions, which is said too.
    whole = Secrecy(minimum=5, providers=3)
    assert protect(rows, areas, KNOWN, whole)[1] == set()
    assert [f.code for f in list_unlisted(rows, KNOWN, whole, None)] == ["no_contributions_at_all"]


def test_an_edition_names_no_rule_that_had_nothing_to_ask() -> None:
    atlas = build_musterstadt().atlas
    edition = build_edition(atlas, secrecy=Secrecy(minimum=5, providers=3))
    assert edition.secrecy.providers == 0
    assert not any("beigetragen" in sentence for sentence in edition.methods)
    assert any("contributions" in note for note in edition.notes)


def test_a_share_is_in_percent() -> None:
    with pytest.raises(InputError, match="von 1 bis 100"):
        Secrecy(dominance=Dominance(largest=1, share=0.85))


def test_a_place_nobody_is_known_to_have_given_to_is_withheld_unless_it_is_zero() -> None:
    areas = make_areas([3])
    rows = make_rows(areas, "n", [60, 0, 90])
    rules = Secrecy(minimum=5, providers=1)
    sums = sum_contributions(given_by(("02", "A", 90)), areas, LEVELS, KNOWN, rules)
    judged = judge(rows, KNOWN, rules, sums)
    quartiere = (rows["level"] == "quartier").to_numpy()
    assert judged.reason[quartiere].tolist() == ["providers", "", ""]
    assert [f.code for f in list_unlisted(rows, KNOWN, rules, sums)] == ["contributions_apart"]


def test_rules_of_contributors_hold_for_money_too() -> None:
    known = {"n": Indicator(id="n", title="Euro", protects="none")}
    areas = make_areas([2])
    rows = make_rows(areas, "n", [2, 48611])
    rules = Secrecy(minimum=5, dominance=Dominance(largest=1, share=80))
    sums = sum_contributions(
        given_by(("00", "A", 1), ("00", "B", 1), ("01", "A", 48611)), areas, LEVELS, known, rules
    )
    judged = judge(rows, known, rules, sums)
    assert judged.reason[(rows["level"] == "quartier").to_numpy()].tolist() == ["", "dominance"]


def test_contributions_are_checked() -> None:
    areas = make_areas([2])
    wrong = pd.DataFrame(
        {"area": ["00", "99", "00", "00"], "indicator": ["n", "n", "m", "n"], "datenstand": "2024",
         "contributor": ["Geheim e. V.", "B", "C", "Geheim e. V."], "amount": [1.0, 1.0, -2.0, 1.0]}
    )  # fmt: skip
    with pytest.raises(InputError) as caught:
        sum_contributions(wrong, areas, LEVELS, KNOWN, Secrecy())
    found = caught.value.report.findings
    assert [(f.code, f.row) for f in found] == [
        ("unknown_area", 3), ("unknown_indicator", 4), ("too_small", 4), ("contributor_twice", 5),
    ]  # fmt: skip
    assert "Geheim" not in str(caught.value)
    with pytest.raises(InputError, match="contributor"):
        sum_contributions(wrong.drop(columns="contributor"), areas, LEVELS, KNOWN, Secrecy())


def test_large_counts_go_first_if_told_so() -> None:
    # Beside the 3 one of 20, 30 and 40 must go.
    areas = make_areas([4])
    rows = make_rows(areas, "n", [3, 20, 30, 40])
    assert protect(rows, areas, KNOWN, Secrecy())[1] == {"quartier 00 n", "quartier 01 n"}
    first = Secrecy(large="first")
    assert protect(rows, areas, KNOWN, first)[1] == {"quartier 00 n", "quartier 03 n"}


def test_what_was_published_before_stays_if_it_can() -> None:
    # The 20 would go beside the 3; it stood in an earlier edition, so the 30 goes.
    areas = make_areas([4])
    rows = make_rows(areas, "n", [3, 20, 30, 40])
    rows = rows.assign(gebietsstand="2024")
    earlier = rows.assign(value=rows["value"].where(rows["area"] == "01"))
    earlier = earlier.assign(numerator=earlier["value"])
    found = protect_together(rows, None, areas, LEVELS, KNOWN, Secrecy(), earlier=[earlier])
    gone = found.values.loc[found.values["sign"] == ".", "area"]
    assert gone.tolist() == ["00", "02"]


counts = st.lists(st.lists(st.integers(0, 14), min_size=1, max_size=4), min_size=1, max_size=3)


def small(rows, rules):  # type: ignore[no-untyped-def]
    return judge(rows, KNOWN, rules).unsafe


@settings(max_examples=60)
@given(counts, st.integers(0, 12), st.integers(0, 12))
def test_a_higher_minimum_never_makes_a_row_safe(sizes: list[list[int]], a: int, b: int) -> None:
    areas = make_areas([len(s) for s in sizes])
    rows = make_rows(areas, "n", [float(n) for s in sizes for n in s])
    low, high = sorted((a, b))
    assert (small(rows, Secrecy(minimum=low)) <= small(rows, Secrecy(minimum=high))).all()
    strict = Secrecy(minimum=low, zeros=True, all_in_one=True)
    assert (small(rows, Secrecy(minimum=low)) <= small(rows, strict)).all()


@settings(max_examples=25)
@given(counts, st.booleans(), st.sampled_from([0, 8]))
def test_no_attacker_finds_anything_under_any_rules(
    sizes: list[list[int]], zeros: bool, interval: int
) -> None:
    areas = make_areas([len(s) for s in sizes])
    rows = make_rows(areas, "n", [float(n) for s in sizes for n in s])
    rules = Secrecy(minimum=5, zeros=zeros, interval=interval)
    found, _ = protect(rows, areas, KNOWN, rules)
    assert (found.values.loc[small(rows, rules), "sign"] == ".").all()


BEGIN = """[project]
title = "Stadt"
[areas]
file = "gebiete.csv"
[[level]]
id = "quartier"
title = "Quartier"
"""


def test_the_project_file_names_all_rules(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text(
        BEGIN
        + """[secrecy]
minimum = 3
interval = 4
dominance = { largest = 2, share = 85 }
providers = 3
all_in_one = true
large = "first"
contributions = "beitraege.csv"
[secrecy.indicators.befragung]
minimum = 10
zeros = true
[secrecy.audiences.nichtoeffentlich]
fields = ["notiz"]
without = ["website"]
""",
        encoding="utf-8",
    )
    project = read_project(path)
    rules, own = project.secrecy, project.secrecy.of("befragung")
    assert rules.dominance == Dominance(largest=2, share=85)
    assert (rules.minimum, rules.width, rules.providers, rules.large) == (3, 4.0, 3, "first")
    assert (own.minimum, own.zeros, own.providers, own.all_in_one) == (10, True, 3, True)
    assert rules.fields_of("nichtoeffentlich").without == ("website",)
    assert project.contributions == {"file": "beitraege.csv"}
    assert project.files == ["gebiete.csv", "beitraege.csv"]


def test_one_report_lists_every_wrong_rule(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text(
        BEGIN
        + """[secrecy]
minimun = 3
interval = "breit"
dominance = { largest = 0 }
contributions = 3
[secrecy.indicators.befragung]
zeros = "ja"
[secrecy.audiences.presse]
fields = "name"
""",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        read_project(path)
    texts = [f.text for f in caught.value.report.errors]
    for word in ("minimun", "breit", "share", "secrecy.indicators.befragung", "presse", "fields"):
        assert any(word in text for text in texts), word
    assert len(texts) == 8
