"""An edition after another one, read from what that one wrote."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import sozialraum as sr
from sozialraum.cli import main
from sozialraum.errors import InputError
from sozialraum.secrecy.earlier import find_same_gaps

from .conftest import Example

NUMBERS = ["value", "numerator", "denominator"]


def test_what_an_edition_wrote_is_read_as_it_was(example: Example) -> None:
    earlier = sr.read_earlier(example.folder)
    shown = example.edition.values
    assert len(earlier.values) == len(shown)
    pd.testing.assert_frame_equal(
        earlier.values[NUMBERS].isna(), shown[NUMBERS].isna().reset_index(drop=True)
    )
    assert earlier.gaps is not None
    gaps = example.edition.gaps
    # The polygons of the GeoPackage are those of the edition; withheld people are no news.
    assert find_same_gaps(gaps, [earlier.gaps]).tolist() == gaps["people"].notna().tolist()
    table = sr.read_earlier(example.folder / "tabellen" / "werte.csv")
    assert table.gaps is None
    assert table.values.equals(earlier.values)


def test_a_higher_minimum_comes_too_late_for_what_was_shown(example: Example) -> None:
    atlas = example.atlas
    some = atlas.values[atlas.values["indicator"].isin(["einwohner", "sgb2"])]
    first = sr.build_edition(atlas.with_values(some), secrecy=sr.Secrecy(minimum=5))
    second = sr.build_edition(
        atlas.with_values(some), secrecy=sr.Secrecy(minimum=30), earlier=[first]
    )
    second.verify()
    alone = sr.build_edition(atlas.with_values(some), secrecy=sr.Secrecy(minimum=30))
    assert not len(alone.lost)
    assert len(second.lost)
    # What is too small now is withheld though it is known.
    shown = second.values["sign"] != "."
    counts = second.values.loc[shown & (second.values["indicator"] == "einwohner"), "value"]
    assert not ((counts > 0) & (counts < 30)).any()
    # Nothing is withheld for the sake of what cannot be saved.
    assert len(second.protocol) <= len(alone.protocol)


def test_a_folder_without_an_edition_is_refused(
    tmp_path: Path, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "leer").mkdir()
    with pytest.raises(InputError, match="frühere Ausgabe"):
        sr.read_earlier(tmp_path / "leer")
    (tmp_path / "werte.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"keine Tabelle"):
        sr.read_earlier(tmp_path / "werte.csv")
    (tmp_path / "data").symlink_to(root / "data", target_is_directory=True)
    text = (root / "sozialraum.toml").read_text(encoding="utf-8")
    project = tmp_path / "sozialraum.toml"
    project.write_text(
        text.replace("[secrecy]\n", '[secrecy]\nearlier = ["leer"]\n'), encoding="utf-8"
    )
    assert main(["check", str(project)]) == 1
    assert "Unter „leer“ liegt keine frühere Ausgabe" in capsys.readouterr().out
