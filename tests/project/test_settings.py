"""The project file is checked before anything is read."""

from pathlib import Path

import pytest

from sozialraum.errors import InputError
from sozialraum.project.settings import read_project

GOOD = """
[project]
title = "Stadt"
[[level]]
id = "sozialraum"
title = "Sozialraum"
plural = "Sozialräume"
[[level]]
id = "quartier"
title = "Quartier"
[areas]
file = "quartiere.gpkg"
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "sozialraum.toml"
    path.write_text(text, encoding="utf-8")
    return path


def codes(folder: Path, text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_project(write(folder, text))
    return [finding.code for finding in caught.value.report.errors]


def test_levels_know_their_parents(tmp_path: Path) -> None:
    project = read_project(write(tmp_path, GOOD))
    assert [(level.id, level.parent, level.plural) for level in project.levels] == [
        ("sozialraum", "", "Sozialräume"),
        ("quartier", "sozialraum", "Quartier"),
    ]
    assert project.files == ["quartiere.gpkg"]


def test_everything_wrong_is_named_at_once(tmp_path: Path) -> None:
    text = GOOD + '[secrecy]\nminimum = "fünf"\n[[offers]]\nkategorie = "kita"\n[stret]\n'
    assert codes(tmp_path, text) == ["wrong_type", "unknown_key", "key_missing", "unknown_key"]


def test_a_near_spelling_is_offered(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="streets"):
        read_project(write(tmp_path, GOOD + '[street]\nfile = "a"\n'))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (GOOD + '[streets]\nfile = "a.osm.pbf"\nmode = "rakete"\n', "not_a_choice"),
        (GOOD + '[areas.upper.sozialraum]\ndatei = "a.gpkg"\n', "key_missing"),
        ("[project", "bad_toml"),
        ("", "section_missing"),
        (GOOD + "[offers]\n", "not_a_list"),
    ],
)
def test_broken_files(tmp_path: Path, text: str, code: str) -> None:
    assert code in codes(tmp_path, text)


def test_a_missing_file_is_a_finding(tmp_path: Path) -> None:
    for path in (tmp_path / "fehlt.toml", tmp_path):
        with pytest.raises(InputError, match="gibt es keine Projektdatei"):
            read_project(path)


COVERAGE = '[[coverage]]\nid = "k"\ntitle = "K"\ncategory = "kita"\ngroup = "u6"\n'


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'title = "Stadt"',
            'title = "Stadt"\nredaktionsschluss = "gestern"',
            "„gestern“ ist kein Tag",
        ),
        ('title = "Stadt"', 'title = "Stadt"\nredaktionsschluss = "2024"', "„2024“ ist kein Tag"),
        ("[areas]", '[head]\ndate = "2025-02-30"\n[areas]', "„2025-02-30“ ist kein Tag"),
        # fewer than none would have withheld nothing
        ("[areas]", "[secrecy]\nminimum = -5\n[areas]", "-5 ist nicht brauchbar"),
        ("[areas]", "[uncertainty]\nminimum = nan\n[areas]", "nan ist nicht brauchbar"),
        ("[areas]", COVERAGE + "limit_min = 0\n[areas]", "0 ist nicht brauchbar"),
        ("[areas]", COVERAGE + "limit_min = inf\n[areas]", "inf ist nicht brauchbar"),
        ("[areas]", COVERAGE + "limit_min = 9\nmin_people = -1\n[areas]", "eine Zahl ab 0."),
        ("[areas]", "[straight_line]\ndetour = 0.9\n[areas]", "0.9 ist nicht brauchbar"),
        (
            "[areas]",
            '[ressourcenkarte]\nlevel = "quartir"\n[areas]',
            "gesamt, sozialraum, quartier",
        ),
        # would have been known only when the map is written, or never
        ("[areas]", "[ressourcenkarte]\ncells_m = 0\n[areas]", "eine Zahl ab 100."),
        ("[areas]", "[ressourcenkarte]\ncells_offers = true\n[areas]", "fehlt „cells_m“"),
        ("[areas]", '[profiles]\nlevels = ["gesamt", "qu"]\n[areas]', "„qu“ wird nicht verstanden"),
    ],
)
def test_what_cannot_be_meant_is_found_before_anything_is_computed(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    with pytest.raises(InputError) as caught:
        read_project(write(tmp_path, GOOD.replace(old, new, 1)))
    (finding,) = caught.value.report.errors
    assert said in finding.text


def test_the_edge_of_a_range_is_fine(tmp_path: Path) -> None:
    text = GOOD.replace('title = "Stadt"', 'title = "Stadt"\nredaktionsschluss = "2024-02-29"', 1)
    text += '[secrecy]\nminimum = 0\n[straight_line]\ndetour = 1\n[profiles]\nlevels = ["gesamt"]\n'
    assert read_project(write(tmp_path, text)).secrecy.minimum == 0


def test_a_key_is_guessed_from_its_beginning(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Gemeint sein könnte: minimum"):
        read_project(write(tmp_path, GOOD + "[secrecy]\nmindest = 5\n"))
