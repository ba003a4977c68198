"""Areas and classes that a project file puts together."""

from __future__ import annotations

from pathlib import Path

import pytest

import sozialraum as sr
from sozialraum.model.atlas import Atlas
from sozialraum.project.settings import read_project

MERGE = """
[[secrecy.merge]]
area = "010403"
with = "010404"

[[secrecy.coarser]]
indicator = "alter_00_05_w"
classes = ["alter_00_02_w", "alter_03_05_w"]

[[secrecy.coarser]]
indicator = "alter_65_plus_w"
classes = ["alter_65_79_w", "alter_80_plus_w"]
"""


@pytest.fixture
def project(tmp_path: Path, root: Path) -> Path:
    """Give the embedded example with a section more; its data stay where they are."""
    (tmp_path / "data").symlink_to(root / "data", target_is_directory=True)
    text = (root / "sozialraum.toml").read_text(encoding="utf-8")
    path = tmp_path / "sozialraum.toml"
    path.write_text(text.replace("[secrecy]\nminimum = 5\n", f"[secrecy]\nminimum = 5\n{MERGE}"))
    return path


def sums(atlas: Atlas, indicator: str, level: str) -> dict[str, float]:
    rows = atlas.values[(atlas.values["indicator"] == indicator) & (atlas.values["level"] == level)]
    newest = rows[rows["datenstand"] == rows["datenstand"].max()]
    return dict(zip(newest["area"], newest["value"], strict=True))


def test_areas_and_classes_are_joined_before_anything_is_computed(
    project: Path, root: Path
) -> None:
    before, after = sr.read_atlas(root / "sozialraum.toml"), sr.read_atlas(project)
    assert len(before.areas) - len(after.areas) == 1
    for name in ("einwohner", "alter_00_02_w", "sgb2", "anzahl_kita"):
        assert sums(after, name, "sozialraum") == pytest.approx(sums(before, name, "sozialraum"))
    single = sums(before, "einwohner", "quartier")
    joint = sums(after, "einwohner", "quartier")["010403 + 010404"]
    assert joint == pytest.approx(single["010403"] + single["010404"])
    young = [sums(after, f"alter_{span}_w", "sozialraum") for span in ("00_02", "03_05", "00_05")]
    assert all(young[2][area] == young[0][area] + young[1][area] for area in young[2])
    assert {after.indicators[f"alter_{s}_w"].audience for s in ("00_02", "03_05")} == {"intern"}
    # 65–79 and 80 and older are nowhere below five: they stay apart.
    assert "alter_65_plus_w" not in after.indicators
    codes = [note.code for note in after.report.notes]
    assert {"joint_area", "classes_joined", "classes_kept"} <= set(codes)
    edition = sr.build_edition(after)
    shown = set(edition.values["indicator"])
    assert "alter_00_05_w" in shown
    assert not {"alter_00_02_w", "alter_03_05_w"} & shown
    assert "Küssow + Carlshöhe" in " ".join(edition.notes)


def test_the_section_is_checked(project: Path) -> None:
    text = project.read_text(encoding="utf-8").replace('with = "010404"', 'mit = "010404"')
    project.write_text(text, encoding="utf-8")
    with pytest.raises(sr.InputError, match="mit"):
        read_project(project)
