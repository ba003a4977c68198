"""The print maps of a project file."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pypdfium2
import pytest

from sozialraum.demo import build_musterstadt
from sozialraum.errors import InputError, UnknownNameError
from sozialraum.project import maps
from sozialraum.project.maps import check_maps, write_maps
from sozialraum.project.settings import read_project
from sozialraum.secrecy.build import build_edition
from sozialraum.secrecy.edition import Edition

from .conftest import Example


@pytest.fixture(scope="module")
def town() -> Edition:
    return build_edition(build_musterstadt().atlas)


def test_the_example_holds_a_map_on_a4(example: Example) -> None:
    (path,) = (example.folder / "karten").iterdir()
    assert path.name == "kita_15min_quartier_A4.pdf"
    with pypdfium2.PdfDocument(path) as document:
        page = document[0]
        assert page.get_size() == pytest.approx((595.28, 841.89), abs=0.01)
        words = page.get_textpage().get_text_range()
    assert "Menschen mit einer Kita in 15 Minuten Fußweg" in words
    assert example.edition.head.notice in words


def test_each_entry_makes_a_file_of_its_own(town: Edition, tmp_path: Path) -> None:
    name = next(iter(town.indicators))
    entries = [
        {"format": "svg"},
        {"format": "svg", "hatched": True},
        {"format": "svg", "level": "sozialraum", "size": "A3"},
        {"format": "png", "dpi": 72},
    ]
    start = {"indicator": name, "level": "quartier", "limits": {}}
    assert write_maps(town, entries, tmp_path, start) == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        f"{name}_quartier_A4.png", f"{name}_quartier_A4.svg", f"{name}_quartier_A4_2.svg",
        f"{name}_sozialraum_A3.svg",
    ]  # fmt: skip


def test_a_version_without_the_indicator_says_how_many_maps_it_lacks(
    town: Edition, tmp_path: Path
) -> None:
    assert write_maps(town, [{"indicator": "foerderung"}], tmp_path, {}) == 1
    assert not list(tmp_path.iterdir())
    inside = build_edition(build_musterstadt().atlas, audience="intern")
    with pytest.raises(UnknownNameError):
        write_maps(inside, [{"indicator": "foerderung"}], tmp_path, {})


def test_a_missing_package_is_named_before_anything_is_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []
    monkeypatch.setattr(maps, "require", lambda name, extra: asked.append((name, extra)))
    check_maps([{"format": "svg"}])
    assert not asked
    check_maps([{}])
    assert asked == [("typst", "pdf")]


def test_wrong_entries_are_findings(root: Path, tmp_path: Path) -> None:
    text = (root / "sozialraum.toml").read_text(encoding="utf-8")
    assert tomllib.loads(text)["print_map"]
    path = tmp_path / "sozialraum.toml"
    path.write_text(
        text + '[[print_map]]\nsize = "A5"\nlevel = "quartir"\ndpi = 9\nfarbe = "rot"\n',
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        read_project(path)
    told = str(caught.value)
    for word in ("A5", "quartir", "72", "farbe"):
        assert word in told
