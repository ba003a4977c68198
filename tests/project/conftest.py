"""The main job on the embedded example, run once for all tests here."""

from pathlib import Path
from typing import NamedTuple

import pytest

from sozialraum.demo import find_example
from sozialraum.model.atlas import Atlas
from sozialraum.project.job import make_edition, run
from sozialraum.project.tables import read_atlas
from sozialraum.secrecy.edition import Edition


class Example(NamedTuple):
    atlas: Atlas
    edition: Edition
    folder: Path


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Example:
    folder = tmp_path_factory.mktemp("job") / "ergebnis"
    run(find_example(), folder, progress=False)
    return Example(read_atlas(find_example()), make_edition(find_example()), folder)
