"""Indicator definitions from TOML files."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path

from sozialraum.model.check import CheckReport, Finding, find
from sozialraum.model.indicator import Indicator, make_indicator


def read_indicators(paths: Iterable[str | Path]) -> dict[str, Indicator]:
    """Read indicator definitions from TOML files.

    A file holds tables ``[[indicator]]``; the keys are the attributes of `Indicator`. What stands
    before the first of them under ``[common]`` holds for all of the file.

    Parameters
    ----------
    paths : iterable of path

    Returns
    -------
    dict of str to Indicator
        In the order given.

    Raises
    ------
    InputError
        Unreadable TOML, unknown keys or kinds, one id defined twice.
    """
    table, findings = load_indicators(paths)
    CheckReport(findings).raise_for_errors()
    return table


def load_indicators(
    paths: Iterable[str | Path],
) -> tuple[dict[str, Indicator], tuple[Finding, ...]]:
    """Read definitions and collect findings instead of raising."""
    table: dict[str, Indicator] = {}
    origin: dict[str, str] = {}
    findings: list[Finding] = []
    for path in map(Path, paths):
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            findings.append(find("error", "missing_file", path.name, path=path.name))
            continue
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            findings.append(find("error", "bad_toml", path.name, reason=str(error)))
            continue
        for entry in content.get("indicator", []):
            indicator, found = make_indicator({**content.get("common", {}), **entry}, path.name)
            findings += found
            if indicator is None:
                continue
            if indicator.id in table:
                findings.append(
                    find(
                        "error",
                        "indicator_twice",
                        path.name,
                        id=indicator.id,
                        other=origin[indicator.id],
                    )
                )
                continue
            table[indicator.id] = indicator
            origin[indicator.id] = path.name
    return table, tuple(findings)
