"""Recipes: everything wrong is named at once; the shipped ones are right."""

from __future__ import annotations

from pathlib import Path

import pytest

from sozialraum.errors import InputError, UnknownNameError
from sozialraum.indicators.recipe import make_recipe
from sozialraum.read.recipes import find_recipe, read_recipes

WRONG = """
[[recipe]]
id = "eins"
title = "Eins"
method = "z_sum"
standardabweichung = "population"
minimum_inhabitants = 300

[[recipe.indicator]]
id = "arbeitslsoe"
direction = "high_is_need"
weight = -2

[[recipe.indicator]]
id = "sgb2"
direction = "high_is_need"

[[recipe.indicator]]
id = "sgb2"
direction = "high_is_need"
gewicht = 2

[[recipe.classes]]
id = "k"
title = "Klasse"
limits = [1, 1, 0]
names = ["a", "b", "c"]

[[recipe]]
id = "zwei"
title = "Zwei"
method = "pca"

[[recipe.indicator]]
id = "sgb2"
direction = "high_is_need"
"""


def test_one_report_of_everything_wrong(tmp_path: Path) -> None:
    path = tmp_path / "eigen.toml"
    path.write_text(WRONG, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_recipes([path], {"arbeitslosenanteil_18_65", "sgb2"})
    assert [f.code for f in caught.value.report.errors] == [
        "unknown_key", "unknown_key",  # standardabweichung, gewicht
        "recipe_doubled", "recipe_weight", "recipe_inhabitants", "recipe_names", "recipe_limits",
        "recipe_dimension",
    ]  # fmt: skip
    text = str(caught.value)
    assert "Das Gewicht von „arbeitslsoe“ ist -2" in text
    assert "3 Namen und 3 Grenzen" in text
    assert "Die Grenzen steigen nicht an: 1; 1; 0" in text


def test_unknown_indicators_come_with_the_nearest_spelling(tmp_path: Path) -> None:
    path = tmp_path / "eigen.toml"
    path.write_text(
        '[[recipe]]\nid = "i"\ntitle = "I"\nmethod = "z_sum"\n[[recipe.indicator]]\n'
        'id = "arbeitslsoe"\ndirection = "high_is_need"\n',
        encoding="utf-8",
    )
    with pytest.raises(InputError, match="Ähnlich ist: arbeitslosenanteil_18_65"):
        read_recipes([path], {"arbeitslosenanteil_18_65", "sgb2"})
    assert list(read_recipes([path])) == ["i"]  # nothing to compare with


@pytest.mark.parametrize(
    ("entry", "codes"),
    [
        ({}, {"key_missing"}),
        ({"id": "i", "title": "I", "method": "summe"}, {"not_a_choice"}),
        ({"id": "i", "title": "I", "method": "z_sum"}, {"recipe_empty"}),
        ({"id": "i", "title": "I", "method": "z_sum", "indicator": ["a"]}, {"recipe_table"}),
        ({"id": "i", "title": "I", "method": "z_sum", "indicator": {"id": "a"}}, {"wrong_type"}),
        ({"id": "i", "title": 3, "method": "z_sum"}, {"wrong_type"}),
        ({"id": "i", "title": "I", "method": "z_sum", "rank": "ja"}, {"wrong_type"}),
        ({"id": "i", "title": "I", "method": "z_sum", "exclude": [1]}, {"wrong_type"}),
        ({"id": "i", "title": "I", "method": "z_sum", "digits": True}, {"wrong_type"}),
        ({"id": "i", "title": "I", "method": "groups", "of": ["a"]}, {"recipe_groups"}),
    ],
)
def test_entries_that_make_no_recipe(entry: dict[str, object], codes: set[str]) -> None:
    recipe, found = make_recipe(entry, "x.toml")
    assert recipe is None
    assert {f.code for f in found} == codes


@pytest.mark.parametrize(
    ("classes", "code"),
    [
        ({"names": ["a", "a"], "limits": [1]}, "recipe_names_few"),
        ({"names": ["a", "b"], "limits": [1], "limit_belongs": ["oben"]}, "recipe_sides"),
        ({"names": ["a", "b"], "scheme": "natural", "limits": [1]}, "recipe_limits_vain"),
        ({"names": ["a", "b"], "scheme": "quantile_9", "shares": [1.5]}, "recipe_shares"),
        ({"names": ["a", "b"], "scheme": "quantiles", "shares": [0.5]}, "recipe_shares"),
    ],
)
def test_classes_that_contradict_themselves(classes: dict[str, object], code: str) -> None:
    entry = {
        "id": "i", "title": "I", "method": "z_sum",
        "indicator": [{"id": "a", "direction": "high_is_need"}],
        "classes": [{"id": "k", "title": "K", **classes}],
    }  # fmt: skip
    assert [f.code for f in make_recipe(entry, "x.toml")[1]] == [code]


def test_files_that_hold_no_recipe(tmp_path: Path) -> None:
    for text, code in (
        ("=", "bad_toml"), ("a = 1", "unknown_key"), ("", "not_a_list"), ("recipe = 1", "not_a_list"),
    ):  # fmt: skip
        path = tmp_path / "x.toml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(InputError) as caught:
            read_recipes([path])
        assert code in {f.code for f in caught.value.report.errors}
    with pytest.raises(InputError, match="gibt es nicht"):
        read_recipes([tmp_path / "fehlt.toml"])
    with pytest.raises(UnknownNameError, match="mss_berlin"):
        find_recipe("mss_berlni")


def test_one_id_from_two_recipes_is_refused() -> None:
    with pytest.raises(InputError, match="„gisd_5“ entsteht aus zwei Rezepten"):
        read_recipes(["gisd", "gisd"])


def test_shipped_recipes() -> None:
    folder = find_recipe("gisd").parent
    recipes = read_recipes(sorted(p.stem for p in folder.glob("*.toml")))
    assert {r.method for r in recipes.values()} == {
        "z_sum", "z_mean", "exponential", "pca", "groups",
    }  # fmt: skip
    weights = {
        name: sum(part.weight for part in recipes[name].indicator) for name in ("simd", "imd")
    }
    assert weights == pytest.approx({"simd": 1.0, "imd": 0.999})
    dimensions = [part.dimension for part in recipes["gisd"].indicator]
    assert {d: dimensions.count(d) for d in dimensions} == {
        "bildung": 3, "beschaeftigung": 3, "einkommen": 3,
    }  # fmt: skip
