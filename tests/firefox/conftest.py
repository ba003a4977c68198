"""Firefox as Debian ships it, spoken to by WebDriver BiDi: no driver program in between."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
EVENTS = ["log.entryAdded", "network.beforeRequestSent"]

# Firefox tells its own console of what a page's policy forbids, but not us.
_WATCH = """() => addEventListener("securitypolicyviolation",
  (e) => console.error(`policy: ${e.violatedDirective}`))"""


class Firefox:
    """One tab, and what the browser told about it."""

    def __init__(self, socket: Any) -> None:
        self.socket, self.count = socket, 0
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.call("session.new", capabilities={})
        self.call("session.subscribe", events=EVENTS)
        self.call("script.addPreloadScript", functionDeclaration=_WATCH)
        self.tab = self.call("browsingContext.create", type="tab")["context"]

    def call(self, method: str, **parameters: Any) -> Any:
        """Send a command and wait for its answer; note events that come before it."""
        self.count += 1
        self.socket.send(json.dumps({"id": self.count, "method": method, "params": parameters}))
        while True:
            told = json.loads(self.socket.recv(timeout=60))
            if told.get("id") == self.count:
                assert told["type"] == "success", told
                return told["result"]
            self.note(told)

    def note(self, told: dict[str, Any]) -> None:
        """Keep requests and complaints."""
        told_of = told.get("params", {})
        if told.get("method") == "network.beforeRequestSent":
            self.asked.append(told_of["request"]["url"])
        elif told.get("method") == "log.entryAdded" and told_of["level"] in ("error", "warn"):
            self.complaints.append(str(told_of["text"]))

    def open(self, path: Path, address: str = "", wide: int = 1366, high: int = 900) -> None:
        """Open a file and wait until its script is ready."""
        self.asked.clear()
        self.complaints.clear()
        self.call(
            "browsingContext.setViewport",
            context=self.tab,
            viewport={"width": wide, "height": high},
        )
        url = path.as_uri() + address
        self.call("browsingContext.navigate", context=self.tab, url=url, wait="complete")
        self.wait("document.documentElement.dataset.bereit === 'ja'")

    def ask(self, question: str) -> Any:
        """Evaluate an expression whose answer JSON can write."""
        found = self.call(
            "script.evaluate",
            expression=f"JSON.stringify({question})",
            target={"context": self.tab},
            awaitPromise=True,
        )
        assert found["type"] == "success", found
        return json.loads(found["result"].get("value", "null"))

    def wait(self, question: str, seconds: float = 30) -> None:
        """Ask until the answer is true."""
        end = time.monotonic() + seconds
        while not self.ask(question):
            assert time.monotonic() < end, (question, self.complaints)
            time.sleep(0.05)

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        actions = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self.call(
            "input.performActions",
            context=self.tab,
            actions=[{"type": "key", "id": "keys", "actions": actions}],
        )

    def calm(self, path: Path) -> None:
        """Nothing but the file was asked for, nothing was complained about."""
        # Firefox counts the icon font of its own controls, which lies in the browser.
        asked = {url.split("#")[0] for url in self.asked if not url.startswith("data:")}
        assert asked <= {path.as_uri()}
        assert self.complaints == []


@pytest.fixture(scope="session")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    """Start Firefox once; tests are counted as not checked where it is missing."""
    connect: Callable[..., Any] = pytest.importorskip("websockets.sync.client").connect
    if FIREFOX is None:
        pytest.skip("nicht geprüft: Firefox fehlt")
    profile = tmp_path_factory.mktemp("firefox")
    started = subprocess.Popen(
        [FIREFOX, "--headless", "--remote-debugging-port", "0", "--profile", str(profile),
         "--no-remote", "--new-instance", "about:blank"],
        stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        assert started.stderr is not None
        address = next(
            found[0] for line in started.stderr if (found := re.search(r"ws://[\w.:\[\]]+", line))
        )
        with connect(f"{address}/session", max_size=None) as socket:
            yield Firefox(socket)
    finally:
        started.kill()
        started.wait()
