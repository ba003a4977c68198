"""Write the generated parts of the handbook: tables from the schema, the list of public names.

A page in ``docs/`` holds a generated part between two comments, ``<!-- erzeugt: NAME -->`` and
``<!-- ende -->``; everything else on it is written by hand and stays as it is.

    python scripts/build_docs.py
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import MISSING, fields
from pathlib import Path

import sozialraum
from sozialraum.model.indicator import Indicator
from sozialraum.model.schema import TABLES, Column, Table
from sozialraum.texts import listing, number, say, words

DOCS = Path(__file__).resolve().parents[1] / "docs"
_PART = re.compile(r"(<!-- erzeugt: (\S+) -->\n).*?(<!-- ende -->)", re.DOTALL)

# Rooms of the house in the order in which work passes through them, and what they are for.
_ROOMS = {
    "project": "The main job",
    "read": "Files to tables",
    "demo": "Examples",
    "model": "What a data set is",
    "access": "Who reaches what",
    "indicators": "What the figures say",
    "secrecy": "What may leave the house",
    "planning": "What is to be done",
    "present": "What lies on the table",
    "errors": "Errors",
}


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a Markdown table."""
    cells = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(c.replace("|", "\\|") for c in row) + " |" for row in cells)


def describe_table(schema: Table) -> str:
    """Describe the columns of a table in German."""
    headings = [say(f"docs.{key}") for key in ("column", "meaning", "kind", "required", "aliases")]
    rows = [
        (
            f"`{column.name}`",
            say(f"column.{schema.name}.{column.name}"),
            describe_kind(column),
            say("docs.yes") if column.required else say("docs.no"),
            ", ".join(column.aliases),
        )
        for column in schema.columns
    ]
    names = listing([f"`{name}`" for name in schema.key])
    key = say("docs.key", columns=names) if names else ""
    return "\n\n".join(filter(None, (key, table(headings, rows))))


def describe_kind(column: Column) -> str:
    """Say what may stand in a column."""
    kind = say(f"docs.kinds.{column.kind}")
    if column.choices:
        values = [
            say("docs.word", word=accepted[0], value=value) for value, accepted in column.choices
        ]
        return say("docs.choice", kind=kind, values=", ".join(values))
    if column.minimum is None:
        return kind
    minimum = number(column.minimum)
    if column.maximum is None:
        return say("docs.at_least", kind=kind, minimum=minimum)
    return say("docs.between", kind=kind, minimum=minimum, maximum=number(column.maximum))


def describe_indicator() -> str:
    """Describe the keys of an indicator's definition."""
    headings = [say(f"docs.{key}") for key in ("indicator_key", "meaning", "required", "default")]
    rows = [
        (
            f"`{field.name}`",
            say(f"column.indicator.{field.name}"),
            say("docs.yes") if field.default is MISSING else say("docs.no"),
            _show_default(field.default),
        )
        for field in fields(Indicator)
    ]
    return table(headings, rows)


def _show_default(value: object) -> str:
    if value is MISSING or value in ("", ()):
        return ""
    text = str(value).lower() if isinstance(value, bool) else f"{value}".removesuffix(".0")
    return f"`{text}`"


def describe_words(section: str) -> str:
    """List signs or qualities with their meaning."""
    headings = [say(f"docs.{section}"), say("docs.meaning")]
    return table(headings, [(f"`{key}`", text) for key, text in words(section).items()])


def list_categories() -> str:
    """List the categories of offers that have a word of their own."""
    return listing([f"`{key}` {word}" for key, word in words("category").items()])


def describe_api() -> str:
    """List every public name with its parameters and the first line of its docstring."""
    found: dict[str, list[str]] = {room: [] for room in _ROOMS}
    for name in sozialraum.__all__:
        thing = getattr(sozialraum, name)
        if isinstance(thing, str):
            continue
        room = thing.__module__.split(".")[1]
        found[room].append(f"* `{name}{_show_parameters(thing)}` – {_first_line(thing)}")
    parts = [f"## {_ROOMS[room]}\n\n" + "\n".join(lines) for room, lines in found.items() if lines]
    return "\n\n".join(parts)


def _show_parameters(thing: Callable[..., object]) -> str:
    if inspect.isclass(thing):
        return ""
    bare = inspect.Signature(
        [
            parameter.replace(annotation=inspect.Parameter.empty)
            for parameter in inspect.signature(thing).parameters.values()
        ]
    )
    return str(bare)


def _first_line(thing: object) -> str:
    return (inspect.getdoc(thing) or "").strip().splitlines()[0]


PARTS: dict[str, Callable[[], str]] = {
    **{schema.name: (lambda schema=schema: describe_table(schema)) for schema in TABLES},
    "indicator": describe_indicator,
    "signs": lambda: describe_words("sign"),
    "qualities": lambda: describe_words("quality"),
    "categories": list_categories,
    "api": describe_api,
}


def build_page(text: str) -> str:
    """Fill the generated parts of a page anew."""

    def fill(found: re.Match[str]) -> str:
        return f"{found[1]}\n{PARTS[found[2]]()}\n\n{found[3]}"

    return _PART.sub(fill, text)


def main() -> None:
    """Rewrite every page that has a generated part."""
    for page in sorted(DOCS.glob("*.md")):
        text = page.read_text(encoding="utf-8")
        built = build_page(text)
        if built != text:
            page.write_text(built, encoding="utf-8")
            print(page.relative_to(DOCS.parent))


if __name__ == "__main__":
    main()
