"""The command line speaks German, where it helps and where it refuses."""

from __future__ import annotations

import argparse
import inspect
import json
import re
from pathlib import Path

import pytest

from sozialraum.cli import _list_written, main
from sozialraum.texts import words

ENGLISH = re.compile(
    r"\b(usage|error|options|arguments?|required|invalid|choose|expected|unrecognized|ambiguous"
    r"|show|exit|ignored|could)\b",
    re.IGNORECASE,
)
WRONG = {
    "": "Es fehlt: BEFEHL",
    "rnu stadt.toml": "'rnu' gibt es nicht; möglich sind 'check', 'run'",
    "run": "Es fehlt: PROJEKT",
    "run stadt.toml mehr": "Nicht verstanden: mehr",
    "run stadt.toml --audience alle": "möglich sind 'oeffentlich', 'nichtoeffentlich', 'intern'",
    "run stadt.toml --quiet=3": "die Angabe '3' ist hier nicht vorgesehen",
    "compare alt": "Es fehlt: NEU",
    "compare alt neu --level": "--level: dahinter fehlt eine Angabe",
    "audit tabelle.csv": "Es fehlt: --structure",
}


@pytest.mark.parametrize("arguments", WRONG)
def test_a_wrong_call_is_told_in_german(arguments: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as wrong:
        main(arguments.split())
    said = capsys.readouterr().err
    assert wrong.value.code == 2
    # Some versions of Python put quotes around choices, some do not.
    assert WRONG[arguments].replace("'", "") in said.replace("'", "")
    assert said.splitlines()[-1].startswith("Hilfe gibt: sozialraum")
    assert not ENGLISH.findall(said)


def test_every_sentence_is_one_this_python_says() -> None:
    said = inspect.getsource(argparse)
    assert [text for text in words("cli.parser") if json.dumps(text)[1:-1] not in said] == []


@pytest.mark.parametrize("command", ["", "check", "run", "compare", "offers", "audit"])
def test_help_is_german(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main([*command.split(), "--help"])
    said = capsys.readouterr().out
    assert end.value.code == 0
    assert said.startswith(f"Aufruf: sozialraum {command}".rstrip())
    assert not ENGLISH.findall(re.sub(r"--\w+", "", said))
    # Other programs in this process are spoken to as before.
    assert argparse.ArgumentParser(prog="other").format_help().startswith("usage: other")


def test_a_file_is_not_replaced_by_a_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "notizen"
    own.write_text("wichtig")
    monkeypatch.setattr("sozialraum.project.job.read_project", lambda path: Empty())
    for command in ("run stadt.toml --quiet", "compare alt neu"):
        assert main([*command.split(), "--out", str(own)]) == 1
        said = capsys.readouterr().err
        assert said == (
            f"„{own}“ lässt sich nicht lesen oder schreiben: "
            "Gebraucht wird ein Ordner, dort liegt aber eine Datei.\n"
        )
        assert own.read_text() == "wichtig"


class Empty:
    """A project file in which nothing stands."""

    def section(self, name: str) -> dict[str, str]:
        return {}

    def entries(self, name: str) -> list[str]:
        return []


def test_a_locked_file_is_told_as_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def deny(*given: object, **more: object) -> None:
        raise PermissionError(13, "Permission denied", "tabellen.xlsx")

    monkeypatch.setattr("sozialraum.cli.run", deny)
    assert main(["run", "stadt.toml"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("„tabellen.xlsx“ lässt sich nicht lesen oder schreiben: ")
    assert "noch in einem anderen Programm geöffnet" in said


def test_what_is_written_is_told_in_a_few_lines() -> None:
    folder = Path("ergebnis")
    written = [folder / "ressourcenkarte.html", folder / "tabellen" / "werte.csv"]
    written += [folder / "profile" / "quartier" / f"{i}.html" for i in range(542)]
    assert [line.replace("\\", "/") for line in _list_written(written, folder)] == [
        "Geschriebene Dateien in ergebnis: 544",
        "  ergebnis/ressourcenkarte.html",
        "  ergebnis/profile/quartier: 542 Dateien",
        "  ergebnis/tabellen/werte.csv",
        "Zuerst ansehen: ergebnis/ressourcenkarte.html",
    ]
