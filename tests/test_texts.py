"""Every sentence is said somewhere; whatever is said exists and gets what its blanks ask for."""

from __future__ import annotations

import ast
import re
import string
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PRESENT = ROOT / "src" / "sozialraum" / "present"
TREES = {
    path: ast.parse(path.read_text(encoding="utf-8"))
    for folder in ("src", "scripts")
    for path in sorted((ROOT / folder).rglob("*.py"))
}
NODES = [(path.name, node) for path, tree in TREES.items() for node in ast.walk(tree)]
TEMPLATES = "".join(p.read_text(encoding="utf-8") for p in sorted(PRESENT.rglob("*.jinja")))
SCRIPT = "".join(p.read_text(encoding="utf-8") for p in sorted(PRESENT.rglob("*.js")))
# Who says a key: which argument it is, and what stands before it.
SAYERS = {
    "say": (0, ""),
    "_say": (0, "profile.sentence."),
    "refuse": (0, ""),
    "find": (1, "finding."),
    "find_rows": (1, "finding."),
}
# Asked for by what stands in the data (a category, a sign, a day) or by argparse.
LOOKED_UP = (
    "category.", "cli.parser.", "map.script.rule_", "map.script.scheme_", "map.tab_",
    "one.", "openings.reason.", "profile.days.", "profile.strength.", "profile.weekdays.", "quality.",
    "read.invalid.", "sign.", "step.",
)  # fmt: skip


def flatten(table: dict[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for key, entry in table.items():
        if isinstance(entry, dict):
            yield from flatten(entry, f"{above}{key}.")
        else:
            yield f"{above}{key}", entry


TEXTS = dict(flatten(tomllib.loads((files("sozialraum.texts") / "de.toml").read_text("utf-8"))))
CONSTANTS = {n.value for _, n in NODES if isinstance(n, ast.Constant) and isinstance(n.value, str)}
FIELDS = {
    node.target.id
    for _, node in NODES
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
}
# Sections that are given whole, as the headings of columns are.
WHOLE = {
    node.args[0].value
    for _, node in NODES
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "words"
    if isinstance(node.args[0], ast.Constant)
}


def write_pattern(node: ast.expr) -> str:
    """Write what a key can be that is put together, such as ``f"passport.{key}"``."""
    if isinstance(node, ast.Constant):
        return re.escape(str(node.value))
    if isinstance(node, ast.JoinedStr):
        return "".join(map(write_pattern, node.values))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return write_pattern(node.left) + write_pattern(node.right)
    return r"([^.]+)"


COMPUTED = {
    pattern
    for _, node in NODES
    if isinstance(node, ast.JoinedStr | ast.BinOp)
    if re.match(r"[a-z]+\\\.", pattern := write_pattern(node))
}


def is_word_of_code(word: str) -> bool:
    """Whether the word, or both of two parts of it, stand in the code."""
    known = CONSTANTS | FIELDS
    return word in known or any(
        word[:i] in known and {word[i:], word[i + 1 :]} & known
        for i, letter in enumerate(word)
        if letter == "_"
    )


def is_said(key: str) -> bool:
    section, _, last = key.rpartition(".")
    if key in CONSTANTS or key.startswith(LOOKED_UP):
        return True
    if re.search(rf"""["']{re.escape(key)}["']""", TEMPLATES):
        return True
    if section == "map.script":
        return bool(re.search(rf"""["'.]{last}\b""", SCRIPT))
    if section in WHOLE and is_word_of_code(last):
        return True
    found = (re.fullmatch(pattern, key) for pattern in COMPUTED)
    return any(all(map(is_word_of_code, match.groups())) for match in found if match)


def test_every_sentence_is_said_somewhere() -> None:
    assert [key for key in TEXTS if not is_said(key)] == []


def find_calls() -> Iterator[tuple[str, list[str], set[str] | None]]:
    """Give place, keys (two of an either–or) and names of the values of every call to a sayer."""
    for name, node in NODES:
        called = ""
        if isinstance(node, ast.Call):
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
        at, above = SAYERS.get(called, (0, ""))
        if called not in SAYERS or len(node.args) <= at:
            continue
        key = node.args[at]
        choices = [key.body, key.orelse] if isinstance(key, ast.IfExp) else [key]
        keys = [above + c.value for c in choices if isinstance(c, ast.Constant)]
        named = {keyword.arg for keyword in node.keywords}
        if keys:
            yield f"{name}:{node.lineno}", keys, None if None in named else named


def test_whatever_is_said_exists() -> None:
    assert [(at, key) for at, keys, _ in find_calls() for key in keys if key not in TEXTS] == []
    asked = re.findall(r"""say\(["']([\w.]+)["'][,)]""", TEMPLATES)
    assert [key for key in asked if key not in TEXTS] == []
    asked = re.findall(r"""\bsay\(["']([\w.]+)["'][,)]""", SCRIPT)
    assert len(asked) > 20
    taken_over = {"datenstand", "gebietsstand", "quality", "source", "steps", "missing"}
    assert [k for k in asked if f"map.script.{k}" not in TEXTS and k not in taken_over] == []


def test_blanks_are_filled_and_no_value_is_given_in_vain() -> None:
    odd = []
    for at, keys, given in find_calls():
        parts = (part for key in keys for part in string.Formatter().parse(TEXTS[key]))
        blanks = {name for _, name, _, _ in parts if name}
        # A finding's row and column are also told beside its sentence.
        if given is not None and (given ^ blanks) - {"row", "column"}:
            odd.append((at, keys, sorted(given ^ blanks)))
    assert odd == []
