"""Tables of a TOML file against the dataclass that they fill."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields
from functools import cache
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from sozialraum.model.check import Finding, find
from sozialraum.model.near import name_key

_NAMES = {
    str: "Text", bool: "true / false", int: "ganze Zahl", float: "Zahl", tuple: "[…]", dict: "{…}",
}  # fmt: skip


def check_entry(entry: Mapping[str, Any], kind: Any, section: str, label: str) -> list[Finding]:
    """Find unknown and missing keys, values of a wrong type, and words that are no choice.

    Parameters
    ----------
    entry : mapping
        As TOML gives it; tuples stand for lists.
    kind : dataclass
        Its attributes are the keys, their annotations say what is right.
    section, label : str
        What findings call the table and its file.

    Returns
    -------
    list of Finding

    Examples
    --------
    >>> from sozialraum.model.indicator import Indicator
    >>> entry = {"id": "a", "titel": "A", "protects": "person", "digits": "zwei"}
    >>> for finding in check_entry(entry, Indicator, "a", "m.toml"): print(finding.text)
    Im Abschnitt „a“ gibt es „titel“ nicht. Gemeint sein könnte: title.
    „person“ wird nicht verstanden. Möglich sind: persons, none.
    Im Abschnitt „a“ hat „digits“ den Wert „zwei“. Erwartet wird: ganze Zahl.
    Im Abschnitt „a“ fehlt „title“.
    """
    types = _types(kind)
    found = []
    for key, value in entry.items():
        if key not in types:
            found.append(find_unknown_key(key, types, section, label))
            continue
        base, inner, choices = types[key]
        if not _is(value, base) or not all(_is(part, inner) for part in _parts(value, base)):
            found.append(
                find(
                    "error", "wrong_type", label, key=key, section=section,
                    cell=str(value)[:60], wanted=_NAMES[base],
                )
            )  # fmt: skip
        elif choices and value not in choices:
            found.append(
                find(
                    "error", "not_a_choice", label, column=f"{section}: {key}",
                    cell=value,
                    choices=", ".join(choices),
                )
            )  # fmt: skip
    found += [
        find("error", "key_missing", label, key=field.name, section=section)
        for field in fields(kind)
        if field.default is MISSING
        and field.default_factory is MISSING
        and not str(entry.get(field.name, "")).strip()
    ]
    return found


def find_unknown_key(key: str, known: Iterable[str], section: str, label: str) -> Finding:
    """Say that a table has no such key, and which may be meant."""
    hint = name_key(key, known)
    return find("error", "unknown_key", label, key=key, section=section, hint=hint)


def fill_entry(entry: Mapping[str, Any], kind: Any) -> Any:
    """Make a dataclass of a table; lists become tuples, keys it does not know are left out."""
    known = {field.name for field in fields(kind)}
    return kind(
        **{k: tuple(v) if isinstance(v, list) else v for k, v in entry.items() if k in known}
    )


@cache
def _types(kind: Any) -> dict[str, tuple[type, Any, tuple[str, ...]]]:
    """Give for every attribute its type, that of its parts, and the words it may be."""
    hints = get_type_hints(kind)
    types: dict[str, tuple[type, Any, tuple[str, ...]]] = {}
    for field in fields(kind):
        hint = hints[field.name]
        if get_origin(hint) is Literal:
            types[field.name] = (str, object, get_args(hint))
        elif get_origin(hint) is tuple:
            inner = get_args(hint)[0]
            types[field.name] = (tuple, inner if inner in (str, float) else object, ())
        else:
            types[field.name] = (get_origin(hint) or hint, object, ())
    return types


def _is(value: Any, wanted: Any) -> bool:
    if isinstance(value, bool):
        return wanted in (bool, object)
    accepted: type | UnionType = {float: int | float, tuple: list | tuple}.get(wanted, wanted)
    return isinstance(value, accepted)


def _parts(value: Any, base: type) -> Any:
    return value if base is tuple and isinstance(value, list | tuple) else ()
