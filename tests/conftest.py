"""What all tests share: the real data, the browser, and an honest count of what could not be checked."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

ROOT = Path(__file__).parents[1]
NOT_CHECKED = "nicht geprüft"

# The same examples in every run, on machines of any speed.
settings.register_profile("fixed", deadline=None, derandomize=True)
settings.load_profile("fixed")


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@pytest.fixture(scope="session", autouse=True)
def _cache_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Kept networks do not end up in the user's folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOZIALRAUM_CACHE", str(tmp_path_factory.mktemp("netze")))
        yield


@pytest.fixture(scope="session")
def testdata() -> Path:
    """The folder of real data; without it the test is counted as not checked."""
    place = os.environ.get("SOZIALRAUM_TESTDATA")
    if not place or not Path(place).is_dir():
        pytest.skip(f"{NOT_CHECKED}: SOZIALRAUM_TESTDATA ist nicht gesetzt")
    return Path(place)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's Chromium, driven from outside; without it the test is counted as not checked."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip(f"{NOT_CHECKED}: Chromium fehlt")
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=path, headless=True, args=flags)
        yield chromium
        chromium.close()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Name everything that was not checked here, whatever was missing: no skip is silent."""
    reasons: Counter[str] = Counter()
    for report in terminalreporter.stats.get("skipped", []):
        said = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        reasons[str(said).removeprefix("Skipped: ").removeprefix(f"{NOT_CHECKED}: ")] += 1
    if reasons:
        terminalreporter.write_line(f"{reasons.total()} Tests {NOT_CHECKED}:")
    for reason, count in reasons.most_common():
        terminalreporter.write_line(f"  {count}: {reason}")
