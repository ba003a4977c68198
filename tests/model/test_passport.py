"""A number says what it is made of and what was done to it; a withheld one shows nothing."""

import numpy as np
import pandas as pd
import pytest

from sozialraum.demo import build_musterstadt
from sozialraum.errors import UnknownNameError
from sozialraum.model.indicator import Indicator
from sozialraum.model.passport import passport
from sozialraum.secrecy.build import build_edition

SHARE = Indicator(
    id="q", title="Quote", unit="%", kind="rate", per=100, digits=1, source="Jugendamt",
    numerator="betreute Kinder", denominator="alle Kinder", licence="dl-de/by-2-0",
)  # fmt: skip


def row(**more: object) -> pd.DataFrame:
    plain = {
        "area": "1", "level": "quartier", "indicator": "q", "datenstand": "2024-12-31",
        "gebietsstand": "2024", "value": 12.5, "numerator": 5.0, "denominator": 40.0,
        "quality": "exact", "sign": "", "steps": "",
    }  # fmt: skip
    return pd.DataFrame([{**plain, **more}])


def test_it_gives_the_parts_with_their_words() -> None:
    entries = passport(row(), "1", SHARE)
    assert entries["Wert"] == "12,5 %"
    assert entries["Zähler"] == "5 (betreute Kinder)"
    assert entries["Nenner"] == "40 (alle Kinder)"
    assert entries["Quelle"] == "Jugendamt"
    assert "Schritte" not in entries


def test_it_names_every_step_in_order() -> None:
    entries = passport(row(steps="weighted:Menschen; aggregated:4"), "1", SHARE)
    assert entries["Schritte"] == (
        "Zähler und Nenner gerechnet mit: Menschen; zusammengefasst aus 4 Teilgebieten"
    )


def test_without_a_definition_it_says_what_is_unknown() -> None:
    entries = passport(row(), "1", "q")
    assert entries["Quelle"] == "keine Angabe"


def test_a_missing_number_shows_its_sign() -> None:
    gone = row(
        value=np.nan, numerator=np.nan, denominator=np.nan, sign="/", steps="incomplete:2 von 3"
    )
    entries = passport(gone, "1", SHARE)
    assert entries["Wert"] == "/ (Zahlenwert zu unsicher)"
    assert entries["Schritte"] == "nicht gebildet, Angaben fehlen: 2 von 3 Teilgebieten"


@pytest.mark.parametrize("asked", [("2", "q", None), ("1", "r", None), ("1", "q", "2020")])
def test_what_is_not_there_is_refused(asked: tuple[str, str, str | None]) -> None:
    with pytest.raises(UnknownNameError):
        passport(row(), *asked)


def test_the_newest_day_counts() -> None:
    both = pd.concat([row(value=10.0), row(value=20.0, datenstand="2025-12-31")])
    assert passport(both, "1", SHARE)["Wert"] == "20,0 %"
    assert passport(both, "1", SHARE, "2024-12-31")["Wert"] == "10,0 %"


def test_a_withheld_number_shows_neither_part_nor_place() -> None:
    edition = build_edition(build_musterstadt().atlas)
    hidden = edition.values[edition.values["sign"] == "."].iloc[0]
    entries = edition.passport(hidden["area"], hidden["indicator"], hidden["datenstand"])
    assert entries["Wert"] == "zurückgehalten oder unbekannt"
    assert entries.get("Zähler", "zurückgehalten oder unbekannt") == "zurückgehalten oder unbekannt"
    assert "Nenner" not in entries or "Zähler" in entries
    assert entries["Schritte"].endswith("zum Schutz von Personen zurückgehalten")
