"""The profile pages: what stands in them, what must never, and that they are written alike twice."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from sozialraum.errors import UnknownNameError
from sozialraum.present.sozialraumprofil import write_sozialraumprofile


def fingerprints(paths: list[Path]) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in paths}


def test_one_page_per_area_and_the_same_bytes_again(town_edition, tmp_path):
    first = write_sozialraumprofile(town_edition, level="sozialraum", folder=tmp_path / "a")
    again = write_sozialraumprofile(town_edition, level="sozialraum", folder=tmp_path / "b")
    names = {"11.html", "12.html", "21.html", "22.html"}
    assert names <= {p.name for p in first}
    assert {p.parent.name for p in first} == {"sozialraum"}
    assert fingerprints(first) == fingerprints(again)


def test_unknown_level_offers_the_nearest(town_edition, tmp_path):
    with pytest.raises(UnknownNameError, match="sozialraum"):
        write_sozialraumprofile(town_edition, level="sozialräume", folder=tmp_path)
