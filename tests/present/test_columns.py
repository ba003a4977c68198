"""Columns of a profile's tables: wide enough for their words, where there is room for all."""

from __future__ import annotations

import pytest

from sozialraum.present.profile.columns import fit, fit_columns, measure_columns
from sozialraum.present.profile.lines import plain
from sozialraum.present.profile.sheet import Beside, Column, Group, Section, Table


def make(*titles: str, first: str = "Mitte") -> Table:
    heads = (Column(plain("Gebiet"), "text"), *(Column(plain(t)) for t in titles))
    rows = ((plain(first), *(plain("1,0") for _ in titles)),)
    return Table("Tabelle", heads, (Group(rows),))


def test_a_narrow_column_takes_from_the_others_in_proportion_to_theirs() -> None:
    # 12 for shares 1 : 1 : 2 are 3, 3 and 6. The first needs 6, so 6 are left for 1 : 2, or 2 and 4;
    # then the second, which needs 3, gets them too, and the last what is left.
    assert fit([1, 1, 2], [6, 3, 1], 12) == [6, 3, 3]
    assert fit([1, 1, 2], [1, 1, 1], 12) == [3, 3, 6]
    # 20 are needed where there are 10: half of it each.
    assert fit([1, 1], [16, 4], 10) == [8, 2]


def test_the_longest_word_counts_in_headings_and_names_of_areas() -> None:
    short, long = make("in der Mitte"), make("Bedarfsgemeinschaften in der Mitte")
    assert measure_columns(short, 65)[1] < measure_columns(long, 65)[1] < 14
    assert measure_columns(make("a", first="Katharinenviertel"), 65)[0] > 9
    # The number of people is no word to be broken either.
    assert measure_columns(make("a"), 65)[1] < 3


def test_what_fits_is_said_and_what_cannot_may_be_hyphenated() -> None:
    def whole(part: object) -> list[bool]:
        return [column.whole for column in fit_columns(part).columns]

    assert whole(make("Menschen in Bedarfsgemeinschaften", "Anteil")) == [True] * 3
    # A word of 42 letters gets what six shorter columns can spare, and no more.
    long = "Donaudampfschifffahrtsgesellschaftskapitän"
    assert whole(make(long, *["Alleinerziehende"] * 5))[1] is False
    # Twelve long words need more than a page has.
    assert not all(whole(make(*["Bedarfsgemeinschaften"] * 12)))


@pytest.mark.parametrize("share", [0.2, 0.5])
def test_a_table_beside_another_has_less_room(share: float) -> None:
    table = make("Einwohnerdichte", "Alleinerziehende", "Migrationshintergrund")
    section = Section("a", plain("A"), (Beside((table,), (table,), share),))
    (beside,) = fit_columns(section).blocks
    assert sum(c.share for c in beside.left[0].columns) == pytest.approx(65 * share)
    assert sum(c.share for c in beside.right[0].columns) == pytest.approx(65 * (1 - share))
