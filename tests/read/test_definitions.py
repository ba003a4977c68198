"""Definitions from TOML, and the catalogue they inherit from."""

from pathlib import Path

import pytest

from sozialraum.errors import InputError
from sozialraum.indicators.form import cover_ages
from sozialraum.model.indicator import QUOTIENTS
from sozialraum.read.definitions import read_catalogue, read_indicators

CATALOGUE = read_catalogue()


def read(folder: Path, text: str) -> dict[str, object]:
    path = folder / "merkmale.toml"
    path.write_text(text, encoding="utf-8")
    return dict(read_indicators([path]))


def test_the_catalogue_covers_the_reports() -> None:
    assert len(CATALOGUE) >= 60
    assert {
        "jugendquotient_u18_18_65", "jugendquotient_u20_20_65", "jugendquotient_u15_15_65",
        "altenquotient_65_18_65", "altenquotient_65_20_65", "altenquotient_65_15_65", "billeter",
        "greying_80_65", "haushalte", "alleinerziehendenquote", "sgb2_quote", "kinderarmut_sgb2",
        "altersarmut_grundsicherung", "arbeitslosenanteil", "anteil_migrationshintergrund_melde",
        "anteil_einwanderungsgeschichte_mz", "pflegequote", "kita_versorgungsquote_u3",
        "kita_betreuungsquote_u3", "kita_bedarfsquote_u3", "klassenfrequenz", "anteil_leerstand",
        "saldo_wanderung", "wahlbeteiligung_kommunal", "foerderung",
    } <= set(CATALOGUE)  # fmt: skip


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_definition_of_the_catalogue_is_whole(name: str) -> None:
    known = CATALOGUE[name]
    assert known.title
    assert known.theme
    assert known.numerator
    assert known.supplier
    # Whoever delivers a number says where it comes from; a catalogue cannot know it.
    assert not known.source
    assert not known.datenstand
    assert bool(known.denominator) == (known.kind in QUOTIENTS)
    named = [part.removeprefix("-") for part in (*known.numerator_of, *known.denominator_of)]
    assert set(named) <= set(CATALOGUE)
    assert bool(known.denominator_of) == (bool(known.numerator_of) and known.kind in QUOTIENTS)
    if known.unit == "%":
        assert known.per == 100
    if known.ages:
        assert CATALOGUE[known.base].kind == "count"


def test_every_span_of_ages_can_be_formed_of_the_finest_groups() -> None:
    groups = {n: i.ages for n, i in CATALOGUE.items() if i.kind == "count" and i.ages}
    # the finest groups are those no other lies within
    finest = {
        n: a for n, a in groups.items()
        if not any(set(b) != set(a) and a[0] <= b[0] and len(b) == 2 and len(a) == 2 and b[1] <= a[1]
                   for b in groups.values())
    }  # fmt: skip
    for known in CATALOGUE.values():
        for ages in (known.ages, known.denominator_ages):
            if ages and known.id not in finest:
                assert cover_ages(ages, groups), known.id


def test_a_town_says_only_where_its_numbers_come_from(tmp_path: Path) -> None:
    text = """
    [common]
    source = "Melderegister der Stadt"
    kind = "count"
    [[indicator]]
    id = "kinderarmut_sgb2"
    datenstand = "2024-12-31"
    """
    known = read(tmp_path, text)["kinderarmut_sgb2"]
    assert known.source == "Melderegister der Stadt"
    assert known.kind == "rate"
    assert known.denominator == "Personen unter 18 Jahren"


def test_two_meanings_need_two_ids(tmp_path: Path) -> None:
    text = """
    [[indicator]]
    id = "jugendquotient_u18_18_65"
    denominator_ages = [20, 65]
    """
    with pytest.raises(InputError, match=r"denominator_ages = \(18, 65\), hier mit \[20, 65\]"):
        read(tmp_path, text)


def test_an_id_outside_the_catalogue_means_what_the_town_says(tmp_path: Path) -> None:
    text = '[[indicator]]\nid = "eigenes"\ntitle = "Eigenes"\nunit = "Fälle"'
    assert read(tmp_path, text)["eigenes"].unit == "Fälle"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        # a misspelt word here once switched secrecy off
        ('protects = "person"', "„person“ wird nicht verstanden. Möglich sind: persons, none."),
        ('direction = "hoch"', "„hoch“ wird nicht verstanden"),
        ('per = "hundert"', "hat „per“ den Wert „hundert“. Erwartet wird: Zahl."),
        ("per = 0", "per = 0 ist nicht größer als 0"),
        ("digits = 99", "digits = 99 liegt nicht zwischen 0 und 10"),
        ("digits = true", "hat „digits“ den Wert „True“"),
        ('practice = "ja"', "Erwartet wird: true / false."),
        ("datenstand = 2024-12-31", "hat „datenstand“ den Wert „2024-12-31“. Erwartet wird: Text."),
        ('numerator_of = "einwohner"', "hat „numerator_of“ den Wert „einwohner“"),
        ('base = "einwohner"\nages = ["0", "18"]', "hat „ages“ den Wert"),
        ('base = "einwohner"\nages = [18, 6]', "ages = [18, 6] ist keine Altersspanne"),
        ('base = "einwohner"\nages = [-3, 6]', "ages = [-3, 6] ist keine Altersspanne"),
        ('base = "einwohner"\nages = [6, 6]', "ages = [6, 6] ist keine Altersspanne"),
        ('base = "einwohner"\nages = [0, 3, 6]', "ages = [0, 3, 6] ist keine Altersspanne"),
        (
            'base = "einwohner"\ndenominator_ages = [65, 18]',
            "denominator_ages = [65, 18] ist keine",
        ),
        ("ages = [0, 6]", "Zu ages fehlt „base“"),
        ("zeile = 1", "gibt es „zeile“ nicht"),
        ('kind = "rate"', "fehlt „denominator“"),
        ('kind = "Anteil"', "Möglich sind: count, rate, ratio, mean, index."),
    ],
)
def test_a_definition_that_makes_no_sense_is_refused(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(InputError) as error:
        read(tmp_path, f'[[indicator]]\nid = "eigen"\ntitle = "Eigenes"\n{line}\n')
    (finding,) = error.value.report.errors
    assert said in str(finding)
    assert "eigen" in str(finding)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("indicator = 3", "steht in doppelten Klammern: [[indicator]]"),
        ('[indicator]\nid = "a"\ntitle = "A"', "steht in doppelten Klammern: [[indicator]]"),
        (
            'common = 3\n[[indicator]]\nid = "a"\ntitle = "A"',
            "steht in einfachen Klammern: [common]",
        ),
        ('[[indikator]]\nid = "a"\ntitle = "A"', "gibt es „indikator“ nicht"),
    ],
)
def test_a_file_of_something_else_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match="Fehler") as error:
        read(tmp_path, text)
    assert said in str(error.value)


def test_an_editor_s_byte_order_mark_is_no_part_of_the_file(tmp_path: Path) -> None:
    text = '\ufeff[[indicator]]\nid = "eigen"\ntitle = "Eigenes"\nages = [65]\nbase = "einwohner"\n'
    assert read(tmp_path, text)["eigen"].ages == (65,)  # type: ignore[attr-defined]
