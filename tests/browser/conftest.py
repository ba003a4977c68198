"""Pages opened from disk in a real browser that is allowed to ask nobody for anything."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

# The editions that are hard on writers are hard on pages too.
_spec = importlib.util.spec_from_file_location(
    "hard_editions", Path(__file__).parents[1] / "present" / "conftest.py"
)
_hard = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_hard)
town_edition, hostile_atlas = _hard.town_edition, _hard.hostile_atlas
hostile_edition = _hard.hostile_edition


@dataclass
class Opened:
    """A page and everything it did that it should not."""

    page: Any
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def wait(self, question: str, seconds: float = 15) -> Any:
        """Ask until the answer is true; the page's policy forbids Playwright's own waiting."""
        end = time.monotonic() + seconds
        while not (answer := self.page.evaluate(question)):
            assert time.monotonic() < end, question
            time.sleep(0.03)
        return answer

    def wait_until_still(self, question: str, *, polls: int = 5, seconds: float = 30) -> Any:
        """Ask until the answer is not null and the same several times in a row, frames apart.

        For what is drawn in stages: on a busy machine a stage may come late, never between frames.
        """
        frames = "new Promise(go => requestAnimationFrame(() => requestAnimationFrame(go)))"
        end = time.monotonic() + seconds
        answers: list[Any] = []
        while len(answers) < polls or answers[0] is None:
            assert time.monotonic() < end, question
            self.page.evaluate(frames)
            answer = self.page.evaluate(question)
            answers = [*answers, answer] if answer in answers[:1] else [answer]
        return answers[0]

    def calm(self) -> None:
        """Nothing was asked for, nothing was complained about."""
        assert self.asked == []
        assert self.complaints == []


@pytest.fixture
def open_page(browser: Any) -> Iterator[Callable[..., Opened]]:
    """Open a file; the context's options are Playwright's."""
    contexts = []

    def open_file(path: Path, address: str = "", **options: Any) -> Opened:
        options = {"viewport": {"width": 1366, "height": 900}, **options}
        context = browser.new_context(**options)
        contexts.append(context)
        opened = Opened(context.new_page())

        def answer(route: Any) -> None:
            if route.request.url.split("#")[0] == path.as_uri():
                route.continue_()
            else:
                opened.asked.append(route.request.url)
                route.abort()

        context.route("**/*", answer)
        opened.page.on(
            "console",
            lambda m: opened.complaints.append(m.text) if m.type in ("error", "warning") else None,
        )
        opened.page.on("pageerror", lambda e: opened.complaints.append(str(e)))
        opened.page.on("dialog", lambda d: (opened.complaints.append(d.message), d.dismiss()))
        opened.page.add_init_script(
            "addEventListener('securitypolicyviolation', e => console.error(e.violatedDirective))"
        )
        opened.page.goto(path.as_uri() + address)
        return opened

    yield open_file
    for context in contexts:
        context.close()
