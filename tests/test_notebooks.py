"""The notebooks run from the first cell to the last, draw something, and are stored without outputs."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

SHOWING = ("sr.show_print_map", "sr.show_ressourcenkarte", "sr.show_sozialraumprofil")
NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


def test_all_are_there() -> None:
    assert [path.stem for path in NOTEBOOKS] == [
        "01_erste_schritte",
        "02_ressourcenkarte_und_versorgungsluecken",
        "03_erreichbarkeit_und_versorgungsluecken",
        "04_demografiebericht",
        "05_tagesbetreuung",
        "06_ressourcenkarte_fuer_den_ausschuss",
        "07_sozialraumprofile",
        "08_halbjahresbericht",
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_outputs_are_stripped(path: Path) -> None:
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_cell_fails_and_a_picture_comes_out(path: Path, tmp_path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(tmp_path)}})
    client.execute()
    outputs = [o for cell in notebook.cells for o in cell.get("outputs", [])]
    assert not [o for o in outputs if o.output_type == "error" or o.get("name") == "stderr"]
    for cell in notebook.cells:
        kinds = {kind for o in cell.get("outputs", []) for kind in o.get("data", {})}
        if "plot" in cell.source and cell.cell_type == "code" and "import" not in cell.source:
            assert "image/png" in kinds, cell.source
        if cell.cell_type == "code" and cell.source.splitlines()[-1].startswith(SHOWING):
            assert kinds == {"text/html", "image/svg+xml", "text/plain"}, cell.source
    drawn = {kind for o in outputs for kind in o.get("data", {})}
    assert drawn & {"image/png", "image/svg+xml"}
    assert not list(tmp_path.iterdir())  # nothing is left lying about
