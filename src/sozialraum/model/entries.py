"""Tables of a TOML file, and what notebooks hand over, against the keys and types that are right."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import MISSING, fields
from functools import cache
from typing import Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

from sozialraum.model.check import CheckReport, Finding, find
from sozialraum.model.near import name_key

_NAMES = {
    str: "Text", bool: "true / false", int: "ganze Zahl", float: "Zahl", tuple: "[…]", list: "[…]",
    Sequence: "[…]", dict: "{…}", Mapping: "{…}",
}  # fmt: skip


class Kind(NamedTuple):
    """What a key may hold: one of several types, their parts, and the words it may be."""

    types: tuple[Any, ...]
    parts: Any = object
    choices: tuple[str, ...] = ()


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
    required = [
        field.name
        for field in fields(kind)
        if field.default is MISSING and field.default_factory is MISSING
    ]
    return check_keys(entry, _list_kinds(kind), required, section, label)


def check_keys(
    entry: Mapping[str, Any],
    kinds: Mapping[str, Kind],
    required: Collection[str],
    section: str,
    label: str,
) -> list[Finding]:
    """Find the same as `check_entry` where no dataclass says what is right."""
    found = []
    for key, value in entry.items():
        if key not in kinds:
            found.append(find_unknown_key(key, kinds, section, label))
            continue
        types, inner, choices = kinds[key]
        if not _is(value, types) or not all(_is(part, (inner,)) for part in _parts(value, inner)):
            wanted = " / ".join(_NAMES.get(t) or f"sr.{t.__name__}(…)" for t in types)
            found.append(
                find(
                    "error", "wrong_type", label, key=key, section=section, cell=str(value)[:60],
                    wanted=wanted,
                )
            )  # fmt: skip
        elif choices and value not in choices:
            found.append(
                find(
                    "error", "not_a_choice", label, column=f"{section}: {key}", cell=value,
                    choices=", ".join(choices),
                )
            )  # fmt: skip
    found += [
        find("error", "key_missing", label, key=key, section=section)
        for key in required
        if not str(entry.get(key, "")).strip()
    ]
    return found


def need_fields(thing: Any) -> None:
    """Refuse a dataclass whose attributes are of other types than declared.

    Raises
    ------
    InputError
    """
    name = type(thing).__name__
    entry = {field.name: getattr(thing, field.name) for field in fields(thing)}
    CheckReport(tuple(check_entry(entry, type(thing), name, name))).raise_for_errors()


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
def _list_kinds(kind: Any) -> dict[str, Kind]:
    hints = get_type_hints(kind)
    kinds: dict[str, Kind] = {}
    for field in fields(kind):
        hint = hints[field.name]
        base, inner = get_origin(hint) or hint, (*get_args(hint), object)[0]
        if base is Literal:
            kinds[field.name] = Kind((str,), choices=get_args(hint))
        else:
            several = base in (tuple, Sequence) and inner in (str, float)
            kinds[field.name] = Kind((base,), inner if several else object)
    return kinds


def _is(value: Any, types: tuple[Any, ...]) -> bool:
    """Tell whether a value is of one of the types; true is no number, a text no list."""
    if isinstance(value, bool):
        return bool in types or object in types
    if isinstance(value, str) and str not in types:
        return object in types
    accepted = types + (int,) * (float in types) + (list,) * (tuple in types)
    return isinstance(value, accepted)


def _parts(value: Any, inner: Any) -> Iterable[Any]:
    return () if inner is object else value
