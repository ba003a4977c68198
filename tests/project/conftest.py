"""The main job on the embedded example, run once for all tests here."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest

from sozialraum.demo import find_example
from sozialraum.model.atlas import Atlas
from sozialraum.project import inputs, job
from sozialraum.secrecy.edition import Edition


class Example(NamedTuple):
    atlas: Atlas
    edition: Edition
    folder: Path


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Example:
    """Run it as it is, and keep the atlas and the edition that were made on the way."""
    folder = tmp_path_factory.mktemp("job") / "ergebnis"
    kept = {}

    def keep(module: ModuleType, name: str) -> Callable[..., Any]:
        make = getattr(module, name)
        return lambda *given, **named: kept.setdefault(name, make(*given, **named))

    with pytest.MonkeyPatch.context() as patch:
        for module, name in ((inputs, "make_tables"), (job, "make_editions")):
            patch.setattr(module, name, keep(module, name))
        job.run(find_example(), folder, progress=False)
    return Example(kept["make_tables"].atlas, kept["make_editions"]["oeffentlich"], folder)
