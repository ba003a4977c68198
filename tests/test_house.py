"""The house itself: the public surface, light imports, the same dependencies everywhere, the wheel."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml

import sozialraum

# A conda package may be called differently from the one of the Python index.
CONDA_NAMES: dict[str, str] = {}


def test_everything_public_exists_and_says_what_it_does() -> None:
    for name in sozialraum.__all__:
        thing = getattr(sozialraum, name)
        assert isinstance(thing, str) or (thing.__doc__ or "").strip(), name
    assert sozialraum.__all__ == sorted(sozialraum.__all__)


def test_import_loads_geopandas_and_nothing_heavier() -> None:
    heavy = {
        "esda", "folium", "inequality", "jinja2", "libpysal", "mapclassify", "matplotlib", "numba",
        "openpyxl", "osmium", "rasterio", "scipy", "segregation", "sklearn", "tqdm.notebook",
    }  # fmt: skip
    code = "import geopandas, sys; before = set(sys.modules); import sozialraum; "
    code += "print(*sorted({m.split('.')[0] for m in set(sys.modules) - before}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not heavy & set(done.stdout.split())


def test_conda_and_pip_install_the_same(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = {*project["dependencies"], *extras["fast"], *extras["hours"]}
    wanted |= {*extras["notebook"], *extras["space"], *extras["pdf"], *extras["word"]}
    lines = yaml.safe_load((root / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    listed = [line for line in lines if isinstance(line, str)]
    listed += next(line["pip"] for line in lines if isinstance(line, dict))
    ours = {"pip", "--editable ."}
    named = {CONDA_NAMES.get(line, line) for line in listed if line not in ours}
    assert {line for line in named if not line.startswith("python>=")} == wanted


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", str(folder), str(root)], check=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_does_the_main_job_without_the_source_tree(wheel: Path, tmp_path: Path) -> None:
    installed = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    code = (
        "import sozialraum, sys; assert sozialraum.__file__.startswith(sys.argv[1]); "
        "example = sozialraum.find_example(); assert str(example).startswith(sys.argv[1]), example; "
        "print(*sozialraum.run(example, sys.argv[2], progress=False), sep='\\n')"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, str(installed), str(tmp_path / "ergebnis")],
        capture_output=True, text=True, cwd=tmp_path, check=False,
        env={**os.environ, "PYTHONPATH": str(installed)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "ergebnis" / "ressourcenkarte.html").is_file()
    assert "sozialraum.gpkg" in done.stdout


def test_no_sentence_for_a_planner_stands_in_code(root: Path) -> None:
    """Umlauts in code outside docstrings, aliases and demo data betray a German sentence."""
    import ast

    allowed = {"schema.py", "cells.py", "demo.py"}
    found = []
    for path in sorted((root / "src").rglob("*.py")):
        if path.name in allowed:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        docs = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        found += [
            f"{path.name}:{node.lineno} {node.value!r}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in docs
            and any(letter in node.value for letter in "äöüÄÖÜß")
            and " " in node.value
        ]
    assert not found
