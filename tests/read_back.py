"""Every number of a run, read back from each of its files by the program that knows only files."""

from __future__ import annotations

from pathlib import Path

from tests.outsider.facts import UNASSIGNED, Folder, disagreements
from tests.outsider.readers import read_folder

# What holds all numbers of all levels and dates.
WHOLE = {
    "tabellen/werte.csv", "tabellen/werte_buero.csv", "tabellen/tabellen.xlsx:Zeitreihe",
    "sozialraum.gpkg:werte", "ressourcenkarte.html:daten",
}  # fmt: skip


def read_back(folder: Path) -> Folder:
    """Read all files; what one says of an area, an indicator and a date, all say, or none does."""
    said = read_folder(folder)
    assert not said.strange
    assert not disagreements(said)
    sheets = {level["id"]: f"tabellen/tabellen.xlsx:{level['plural']}" for level in said.levels}
    printed = 0
    for address, sources in said.told.items():
        level, area, indicator, date, role = address
        if role == "N":
            continue
        assert set(sources) >= WHOLE, address
        if date != said.newest(level, indicator):
            continue
        if area != UNASSIGNED and role == ("Z" if said.is_count(indicator) else "value"):
            assert {sheets[level], f"sozialraum.gpkg:gebiete_{level}"} <= set(sources), address
        pages = [s for s in sources if s.startswith("profile/") and s.endswith(".html")]
        for page in pages:
            if not page.endswith("index.html"):
                assert {page.replace(".html", e) for e in (".pdf", ".docx")} <= set(sources), (
                    address,
                    page,
                )
                printed += 1
    assert printed > 50
    return said


def count_sums(said: Folder) -> tuple[int, int]:
    """Check that every count is the sum of its parts; give how many, and how many a profile tells."""
    below = {upper: level for level, above in said.parents.items() for upper in above}
    checked = in_profiles = 0
    for (level, area, indicator, date, role), sources in said.told.items():
        if role != "Z" or level not in below or not said.is_count(indicator):
            continue
        under = below[level]
        parts = [p for p, above in said.parents[under][level].items() if above == area]
        spans = [said.span((under, p, indicator, date, "Z")) for p in parts]
        own = said.span((level, area, indicator, date, "Z"))
        if own is None or not spans or None in spans:
            continue
        # Half a unit, where a whole number is all that is told.
        assert abs(sum(s[0] for s in spans if s) - own[0]) < 0.5, (level, area, indicator, date)
        checked += 1
        in_profiles += any(source.startswith("profile/") for source in sources)
    return checked, in_profiles
