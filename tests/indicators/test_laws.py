"""Paragraphs as offices write them."""

import pytest

from sozialraum.indicators.laws import read_paragraphs


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SGB VIII § 11", {"SGB VIII § 11"}),
        ("§ 11 SGB VIII", {"SGB VIII § 11"}),
        ("SGB VIII §§ 22–24", {"SGB VIII § 22", "SGB VIII § 23", "SGB VIII § 24"}),
        ("§§ 11 und 13a SGB 8", {"SGB VIII § 11", "SGB VIII § 13a"}),
        ("§ 11 SGB VIII, § 16a SGB II", {"SGB VIII § 11", "SGB II § 16a"}),
        ("SGB VIII § 16 Abs. 3 Nr. 2", {"SGB VIII § 16"}),
        ("SGB VIII §§ 27 ff.", {"SGB VIII § 27"}),
        ("PsychKG", {"PsychKG"}),
        ("KKG § 3", {"KKG § 3"}),
        ("SGB XII § 71; PsychKG", {"SGB XII § 71", "PsychKG"}),
        ("§ 11", set()),
        ("freiwillige Leistung", set()),
        ("", set()),
        (float("nan"), set()),
    ],
)
def test_paragraphs_are_read(text: object, found: set[str]) -> None:
    assert read_paragraphs(text) == found
