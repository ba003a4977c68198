"""``sozialraum.toml``: what to read, measure and write, checked before anything is read."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from sozialraum.model.areas import WHOLE, Level
from sozialraum.model.audience import AUDIENCES
from sozialraum.model.check import CheckReport, Finding, find
from sozialraum.model.entries import Kind, check_keys, find_unknown_key
from sozialraum.project.ranges import check_ranges
from sozialraum.read.toml import blame_toml
from sozialraum.secrecy.edition import Head
from sozialraum.secrecy.rules import Secrecy, check_rules, make_rules
from sozialraum.texts import LANGUAGES

Entry = dict[str, Any]

_FILE: Entry = {
    "file": str, "layer": str, "columns": dict, "crs": (int, str), "where": dict, "source": str,
}  # fmt: skip
_HEAD: Entry = {f.name: str for f in fields(Head)}
_SECTIONS: dict[str, Entry] = {
    "project": {"title": str, "redaktionsschluss": str},
    "head": _HEAD,
    "areas": {
        **_FILE, "gebietsstand": str, "valid_from": str, "upper": dict, "correction": list,
        "version": list, "lists": dict,
    },
    "addresses": _FILE,
    "categories": {},
    "population": {**_FILE, "kind": str, "groups": (dict, list), "spread": dict},
    "indicators": {"files": list},
    "streets": {
        "file": str, "nodes": str, "mode": str, "speed_kmh": float, "crs": (int, str),
        "source": str,
    },
    "straight_line": {"detour": float, "speed_kmh": float},
    "uncertainty": {"minimum": float, "inhabitants": str},
    "secrecy": {"contributions": (str, dict), "merge": list, "coarser": list, "earlier": list},
    "ressourcenkarte": {
        "level": str, "indicator": str, "limits": dict, "land": str, "language": str, "basemap": str,
        "cells_m": float, "cells_offers": bool, "streets": bool,
    },
    "needs": {
        **_FILE, "topics": dict, "rule": list, "audience": str, "providers": int,
    },
    "measures": {**_FILE, "topics": dict, "audience": str},
    "profiles": {"levels": list, "formats": list, "template": str},
}  # fmt: skip
_LISTS: dict[str, Entry] = {
    "level": {"id": str, "title": str, "plural": str, "parent": str, "prefix": int},
    "offers": {**_FILE, "category": str, "repair": list},
    "values": {
        **_FILE, "form": str, "level": str, "indicators": dict, "datenstand": str,
        "gebietsstand": str, "missing": list,
    },
    "backdrop": _FILE,
    "coverage": {
        "id": str, "title": str, "category": (str, list), "group": str, "limit_min": float,
        "min_people": int, "gap_title": str, "theme": str, "note": str, "datenstand": str,
    },
    "count": {"id": str, "title": str, "category": (str, list), "theme": str, "datenstand": str},
    "funding": {
        **_FILE, "year": int, "category": (str, list), "id": str, "title": str, "per": str,
        "need": str, "prices": dict, "base_year": int, "prices_source": str, "audience": str,
    },
    "index": {"recipe": str, "level": str, "indicators": dict, "exclude": list},
    "print_map": {
        "indicator": str, "level": str, "datenstand": str, "size": str, "format": str,
        "orientation": str, "scheme": str, "limits": list, "offers": list, "gaps": bool,
        "hatched": bool, "dpi": int, "language": str,
    },
}  # fmt: skip
_CORRECTION: Entry = {"row": int, "column": str, "value": str, "old": str}
_VERSION: Entry = {
    **_FILE, "gebietsstand": str, "valid_from": str, "valid_to": str, "key": dict, "weight": str,
    "correction": list,
}  # fmt: skip
_NEEDS_RULE: Entry = {
    "topic": str, "level": str, "indicator": str, "limit": float, "quantile": float,
    "traeger": int,
}  # fmt: skip
_KEY_FILE: Entry = {"file": str, "layer": str, "columns": dict, "where": dict}
_COARSE: dict[str, tuple[Entry, tuple[str, ...]]] = {
    "merge": ({"area": str, "with": (str, list), "level": str}, ("area", "with")),
    "coarser": ({"indicator": str, "classes": list, "title": str}, ("indicator", "classes")),
}
_CHOICES = {
    ("streets", "mode"): ("walk", "wheelchair", "bike", "car"),
    ("population", "kind"): ("points", "zensus", "raster"),
    ("values", "form"): ("long", "wide"),
    ("funding", "audience"): AUDIENCES,
    ("needs", "audience"): AUDIENCES,
    ("measures", "audience"): AUDIENCES,
    ("print_map", "size"): ("A4", "A3"),
    ("print_map", "format"): ("pdf", "svg", "png"),
    ("print_map", "orientation"): ("auto", "portrait", "landscape"),
    ("print_map", "scheme"): ("quantiles", "equal", "natural"),
    ("print_map", "language"): LANGUAGES,
}
_REQUIRED = {
    "uncertainty": ("minimum",),
    "project": ("title",),
    "areas": ("file",),
    "addresses": ("file",),
    "population": ("file",),
    "streets": ("file",),
    "level": ("id", "title"),
    "offers": ("file",),
    "values": ("file",),
    "backdrop": ("file",),
    "coverage": ("id", "title", "category", "group", "limit_min"),
    "count": ("id", "title", "category"),
    "index": ("recipe",),
    "funding": ("file",),
    "needs": ("file",),
    "measures": ("file",),
}


@dataclass(frozen=True, slots=True)
class Project:
    """A project file whose keys and types are known to be right.

    Attributes
    ----------
    path : Path
        The file; other paths are relative to its folder.
    sections : dict
        As in the file.
    """

    path: Path
    sections: dict[str, Any]

    def section(self, name: str) -> Entry:
        """Give a section, empty if the file has none of that name."""
        return dict(self.sections.get(name, {}))

    def entries(self, name: str) -> list[Entry]:
        """Give the entries of a repeated section."""
        return list(self.sections.get(name, []))

    def locate(self, file: str) -> Path:
        """Give the place of a file named in the project file."""
        return self.path.parent / file

    @property
    def title(self) -> str:
        """The whole's name."""
        return str(self.section("project")["title"])

    @property
    def levels(self) -> tuple[Level, ...]:
        """The levels from the top down; each one's parent is the one above unless named.

        A level that names another parent opens a branch; the next level without a parent goes on
        where the branch left.
        """
        made: list[Level] = []
        above = ""
        for entry in self.entries("level"):
            parent = entry.get("parent", above)
            above = above if made and parent != above else entry["id"]
            made.append(_level(entry, parent))
        return tuple(made)

    @property
    def prefixes(self) -> dict[str, int]:
        """Levels whose ids are the first digits of the smallest areas' ids."""
        return {e["id"]: e["prefix"] for e in self.entries("level") if "prefix" in e}

    def day(self, entry: Entry) -> str:
        """Give the day an entry is measured for: its own Datenstand or the Redaktionsschluss."""
        return str(entry.get("datenstand", self.section("project").get("redaktionsschluss", "")))

    @property
    def head(self) -> Head:
        """What stands above every page."""
        return Head(**self.section("head"))

    @property
    def secrecy(self) -> Secrecy:
        """The rules of secrecy."""
        said = self.section("secrecy")
        return make_rules({k: v for k, v in said.items() if k not in _SECTIONS["secrecy"]})

    @property
    def merges(self) -> list[Entry]:
        """Areas that are to be joined with a neighbour."""
        return list(self.section("secrecy").get("merge", []))

    @property
    def coarser(self) -> list[Entry]:
        """Classes that are to be put together where one is small."""
        return list(self.section("secrecy").get("coarser", []))

    @property
    def contributions(self) -> Entry:
        """Where the secret table of contributions is, empty if there is none."""
        said = self.section("secrecy").get("contributions", {})
        return {"file": said} if isinstance(said, str) else dict(said)

    @property
    def earlier(self) -> list[str]:
        """Folders or tables of editions that were published before."""
        return [str(path) for path in self.section("secrecy").get("earlier", [])]

    @property
    def confidential(self) -> list[str]:
        """Files that hold numbers of people which an edition may withhold."""
        people = self.section("population")
        entries = [*self.entries("values"), people, people.get("spread", {})]
        return [entry["file"] for entry in entries if "file" in entry]

    @property
    def files(self) -> list[str]:
        """Every file the project names, in the order of the project file, once each."""
        named = [
            entry[key]
            for name in (*_SECTIONS, *_LISTS)
            for entry in (self.entries(name) if name in _LISTS else [self.section(name)])
            for key in ("file", "nodes")
            if key in entry
        ]
        named += [u["file"] for u in self.section("areas").get("upper", {}).values()]
        for version in self.section("areas").get("version", []):
            named += [version["file"], *(k["file"] for k in [version.get("key")] if k)]
        named += [s["file"] for s in [self.section("population").get("spread")] if s]
        named += [self.contributions["file"]] if self.contributions else []
        named += self.section("indicators").get("files", [])
        template = self.section("profiles").get("template")
        named += [template] if template else []
        named += [e["recipe"] for e in self.entries("index") if e["recipe"].endswith(".toml")]
        return list(dict.fromkeys(named))


def read_project(path: str | Path) -> Project:
    """Read a project file.

    Parameters
    ----------
    path : path
        ``sozialraum.toml``.

    Returns
    -------
    Project

    Raises
    ------
    InputError
        The file is missing or not TOML; unknown or missing keys, values of a wrong type.
    """
    path = Path(path)
    label = path.name
    try:
        sections = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (FileNotFoundError, IsADirectoryError):
        _refuse(find("error", "no_project", label or str(path), path=str(path)))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        _refuse(blame_toml(error, label))
    found: list[Finding] = []
    known = (*_SECTIONS, *_LISTS)
    for name, content in sections.items():
        if name not in known:
            found.append(find_unknown_key(name, known, "section", label))
        elif name in _LISTS:
            if not isinstance(content, list):
                found.append(find("error", "not_a_list", label, key=name))
                continue
            for entry in content:
                found += _check_entry(label, name, entry, _LISTS[name], _REQUIRED.get(name, ()))
        elif not isinstance(content, dict):
            found.append(find("error", "not_a_section", label, key=name))
        elif name == "secrecy":
            found += _check_secrecy(label, content)
        else:
            # Categories are the town's own, so every one is known.
            known_keys = _SECTIONS[name] or dict.fromkeys(content, str)
            found += _check_entry(label, name, content, known_keys, _REQUIRED.get(name, ()))
    found += _check_nested(label, sections)
    found += _check_parents(label, sections)
    found += check_ranges(sections, label)
    template = _table(sections.get("profiles")).get("template")
    if isinstance(template, str) and not (path.parent / template).is_file():
        found.append(find("error", "missing_file", template, path=template))
    for name in ("project", "areas", "level"):
        if name not in sections:
            found.append(find("error", "section_missing", label, key=name))
    CheckReport(tuple(found)).raise_for_errors()
    return Project(path, sections)


def _refuse(finding: Finding) -> Any:
    CheckReport((finding,)).raise_for_errors()


def _check_entry(
    label: str, section: str, entry: Entry, known: Entry, required: tuple[str, ...]
) -> list[Finding]:
    kinds = {
        key: Kind(types if isinstance(types, tuple) else (types,), object,
                  _CHOICES.get((section, key), ()))
        for key, types in known.items()
    }  # fmt: skip
    return check_keys(entry, kinds, required, section, label)


def _check_secrecy(label: str, content: Entry) -> list[Finding]:
    """Check the rules, which know their own keys, and what stands beside them."""
    place = {k: v for k, v in content.items() if k in _SECTIONS["secrecy"]}
    found = check_rules({k: v for k, v in content.items() if k not in place}, label)
    found += _check_entry(label, "secrecy", place, _SECTIONS["secrecy"], ())
    if isinstance(place.get("contributions"), dict):
        found += _check_entry(
            label, "secrecy.contributions", place["contributions"], _KEY_FILE, ("file",)
        )
    for name, (known, required) in _COARSE.items():
        for entry in _list(place.get(name)):
            if isinstance(entry, dict):
                found += _check_entry(label, f"secrecy.{name}", entry, known, required)
            else:
                found.append(find("error", "not_a_section", label, key=f"secrecy.{name}"))
    return found


def _level(entry: Entry, parent: str) -> Level:
    return Level(entry["id"], entry["title"], str(entry.get("plural", entry["title"])), parent)


def _check_parents(label: str, sections: Entry) -> list[Finding]:
    """Find levels whose parent is no level further up."""
    known, found = [WHOLE], []
    for entry in sections.get("level", []):
        if not isinstance(entry, dict):
            continue
        parent = entry.get("parent", "")
        if isinstance(parent, str) and parent and parent not in known:
            found.append(find_unknown_key(parent, known, "level.parent", label))
        known.append(str(entry.get("id", "")))
    return found


def _check_nested(label: str, sections: Entry) -> list[Finding]:
    """Check what stands inside sections, such as ``areas.upper.<level>``, like sections."""
    nested: list[tuple[str, Any, Entry, tuple[str, ...]]] = []
    for level, content in _table(_table(sections.get("areas")).get("upper")).items():
        nested.append((f"areas.upper.{level}", content, _FILE, ("file",)))
    areas = _table(sections.get("areas"))
    for level, content in _table(areas.get("lists")).items():
        names = dict.fromkeys(_table(content), (str, list))
        nested.append((f"areas.lists.{level}", content, names, ()))
    cell = ("row", "column", "value")
    nested += [("areas.correction", c, _CORRECTION, cell) for c in _list(areas.get("correction"))]
    for version in _list(areas.get("version")):
        nested.append(("areas.version", version, _VERSION, ("file", "gebietsstand")))
        corrections = _list(_table(version).get("correction"))
        nested += [("areas.version.correction", c, _CORRECTION, cell) for c in corrections]
        if "key" in _table(version):
            nested.append(("areas.version.key", version["key"], _KEY_FILE, ("file",)))
    needs = _table(sections.get("needs"))
    wanted = ("topic", "level", "indicator")
    nested += [("needs.rule", rule, _NEEDS_RULE, wanted) for rule in _list(needs.get("rule"))]
    for section in ("needs", "measures"):
        topics = _table(_table(sections.get(section)).get("topics"))
        nested.append((f"{section}.topics", topics, dict.fromkeys(topics, (str, list)), ()))
    spread = _table(sections.get("population")).get("spread")
    if spread is not None:
        known = {**_FILE, "groups": (dict, list)}
        nested.append(("population.spread", spread, known, ("file", "groups")))
    found: list[Finding] = []
    for name, content, known, required in nested:
        if isinstance(content, dict):
            found += _check_entry(label, name, content, known, required)
        else:
            found.append(find("error", "not_a_section", label, key=name))
    return found


def _table(value: Any) -> Entry:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
