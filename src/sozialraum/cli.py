"""Arguments in, one public call, exit code out."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from sozialraum.errors import InputError, SozialraumError
from sozialraum.model.audience import AUDIENCES
from sozialraum.present.sozialraumprofil import FORMATS
from sozialraum.project.audit import audit
from sozialraum.project.compare import compare
from sozialraum.project.edited import read_edited_offers, write_edited_offers
from sozialraum.project.inputs import check
from sozialraum.project.job import run
from sozialraum.project.tables import read_atlas
from sozialraum.texts import say, words

FINE, FINDINGS, WRONG_USE = 0, 1, 2
# Files of one folder that are named; of more only their number.
_NAMED = 9
_FIRST = ("ressourcenkarte.html", "halbjahresbericht.html")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the process unless given.

    Returns
    -------
    int
        0 fine, 1 findings, 2 wrong use.
    """
    with _german_parser():
        options = _parser().parse_args(arguments)
    try:
        if options.command == "check":
            _print(check(options.project))
        elif options.command == "audit":
            report = audit(options.table, options.structure)
            _print(report)
            return FINE if report.ok else FINDINGS
        elif options.command == "offers":
            atlas = read_atlas(options.project)
            edited = read_edited_offers(
                options.geopackage, atlas, categories=options.category or ()
            )
            _print(edited)
            if options.out is not None and edited.report.ok:
                _print(say("cli.edited_written", path=write_edited_offers(edited, options.out)))
            return FINE if edited.report.ok else FINDINGS
        else:
            written = (
                compare(
                    options.old, options.new, options.out, level=options.level,
                    indicators=options.indicator, uncertain=options.uncertain or (),
                    formats=options.format,
                )
                if options.command == "compare"
                else run(
                    options.project, options.out, progress=not options.quiet,
                    audiences=options.audience or (),
                )
            )  # fmt: skip
            _print("\n".join(_list_written(written, options.out)))
    except InputError as error:
        _print(error.report)
        if options.command not in ("check", "audit"):  # they never write
            print(say("cli.nothing_written"), file=sys.stderr)
        return FINDINGS
    except SozialraumError as error:
        print(error, file=sys.stderr)
        return FINDINGS
    except OSError as error:
        reason = error.strerror or error
        print(say("cli.no_access", path=error.filename or "", reason=reason), file=sys.stderr)
        if isinstance(error, PermissionError):
            print(say("cli.locked"), file=sys.stderr)
        return FINDINGS
    return FINE


def _list_written(written: Sequence[Path], folder: Path) -> list[str]:
    """Name what was written, of a full folder how much, and what to look at first."""
    lines = [say("cli.written", count=len(written), folder=folder)]
    by_folder: dict[Path, list[Path]] = {}
    for path in written:
        by_folder.setdefault(path.parent, []).append(path)
    for place, files in sorted(by_folder.items()):
        if place != folder and len(files) > _NAMED:
            lines.append(say("cli.written_many", folder=place, count=len(files)))
        else:
            lines += [f"  {path}" for path in files]
    first = [path for path in written if path.name.endswith(_FIRST)]
    return [*lines, *(say("cli.first", path=path) for path in first)]


def _print(text: object) -> None:
    """Print; who stops listening, as ``head`` does, has read enough."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        # Python writes what is left once more when it ends: let it go nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def _german_parser() -> Iterator[None]:
    """Let argparse speak German: all it says goes through the name ``_``, which is gettext's."""
    german = words("cli.parser")
    known = vars(argparse).get("_", str)
    vars(argparse)["_"] = lambda text: german.get(text, text)
    try:
        yield
    finally:
        vars(argparse)["_"] = known


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sozialraum", description=say("cli.what"))
    parser.add_argument(
        "--version", action="version", version=f"%(prog)s {version('sozialraum')}",
        help=say("cli.version"),
    )  # fmt: skip
    commands = parser.add_subparsers(dest="command", required=True, metavar="BEFEHL")
    for name in ("check", "run"):
        command = commands.add_parser(name, help=say(f"cli.{name}"), description=say(f"cli.{name}"))
        command.add_argument("project", type=Path, metavar="PROJEKT", help=say("cli.project"))
        if name == "run":
            command.add_argument(
                "--out", type=Path, metavar="ORDNER", default=Path("ergebnis"), help=say("cli.out")
            )
            command.add_argument(
                "--audience", action="append", choices=AUDIENCES, metavar="FÜR_WEN",
                help=say("cli.audience"),
            )  # fmt: skip
            command.add_argument("--quiet", action="store_true", help=say("cli.quiet"))
    command = commands.add_parser(
        "compare", help=say("cli.compare"), description=say("cli.compare")
    )
    command.add_argument("old", type=Path, metavar="ALT", help=say("cli.old"))
    command.add_argument("new", type=Path, metavar="NEU", help=say("cli.new"))
    command.add_argument(
        "--out", type=Path, metavar="ORDNER", default=Path("bericht"), help=say("cli.out_report")
    )
    command.add_argument("--level", metavar="EBENE", help=say("cli.level"))
    for name in ("indicator", "uncertain"):
        command.add_argument(
            f"--{name}", action="append", metavar="KENNUNG", help=say(f"cli.{name}")
        )
    command.add_argument(
        "--format", action="append", choices=FORMATS, metavar="FORMAT", help=say("cli.format")
    )
    command = commands.add_parser("offers", help=say("cli.offers"), description=say("cli.offers"))
    command.add_argument("project", type=Path, metavar="PROJEKT", help=say("cli.project"))
    command.add_argument("geopackage", type=Path, metavar="GEOPACKAGE", help=say("cli.edited_file"))
    command.add_argument("--out", type=Path, metavar="DATEI", help=say("cli.edited_out"))
    command.add_argument(
        "--category", action="append", metavar="KATEGORIE", help=say("cli.edited_category")
    )
    command = commands.add_parser("audit", help=say("cli.audit"), description=say("cli.audit"))
    command.add_argument("table", type=Path, metavar="TABELLE", help=say("cli.table"))
    command.add_argument(
        "--structure", type=Path, required=True, metavar="DATEI", help=say("cli.structure")
    )
    return parser
