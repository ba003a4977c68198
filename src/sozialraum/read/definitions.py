"""Indicator definitions from TOML files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from sozialraum.model.check import CheckReport, Finding, find
from sozialraum.model.indicator import Indicator, inherit, make_indicator
from sozialraum.read.toml import load_tables


def read_indicators(paths: Iterable[str | Path]) -> dict[str, Indicator]:
    r"""Read indicator definitions from TOML files.

    A file holds tables ``[[indicator]]``; the keys are the attributes of `Indicator`. What stands
    before the first of them under ``[common]`` holds for all of the file. An id of the catalogue
    (`read_catalogue`) has the catalogue's meaning; what the file does not say is taken from there.

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
        Unreadable TOML, unknown keys, values of a wrong type or that are no choice, ages that are no
        span, one id defined twice or against the catalogue.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "merkmale.toml")
    ...     _ = path.write_text('[[indicator]]\nid = "hunde"\ntitle = "Hunde"\n')
    ...     read_indicators([path])["hunde"].title
    'Hunde'
    """
    table, findings = load_indicators(paths)
    CheckReport(findings).raise_for_errors()
    return table


def read_catalogue() -> Mapping[str, Indicator]:
    """Read the catalogue of German social indicators that comes with the library.

    Returns
    -------
    mapping of str to Indicator
        What each means: unit, kind, numerator, denominator, ages. Source, licence and Datenstand are
        empty: whoever delivers a number says them.

    Examples
    --------
    >>> catalogue = read_catalogue()
    >>> catalogue["kita_versorgungsquote_u3"].formula
    '100 × belegbare Plätze für Kinder unter 3 Jahren ÷ Personen unter 3 Jahren'
    """
    return _catalogue()


@cache
def _catalogue() -> Mapping[str, Indicator]:
    table, findings = load_indicators(sorted(find_data().glob("katalog_*.toml")), catalogue={})
    CheckReport(findings).raise_for_errors()
    return MappingProxyType(table)


def find_data() -> Path:
    """Find the folder of indicators: in the source tree, or inside the installed package."""
    source = Path(__file__).parents[3] / "data" / "indicators"
    return source if source.is_dir() else Path(__file__).parents[1] / "example/data/indicators"


def load_indicators(
    paths: Iterable[str | Path], *, catalogue: Mapping[str, Indicator] | None = None
) -> tuple[dict[str, Indicator], tuple[Finding, ...]]:
    """Read definitions and collect findings instead of raising."""
    catalogue = read_catalogue() if catalogue is None else catalogue
    table: dict[str, Indicator] = {}
    origin: dict[str, str] = {}
    findings: list[Finding] = []
    for path in map(Path, paths):
        entries, common, found = load_tables(path, "indicator", common=True)
        findings += found
        for entry in entries:
            entry, contradictions = inherit(entry, common, catalogue, path.name)
            indicator, faults = make_indicator(entry, path.name)
            findings += [*contradictions, *faults]
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
