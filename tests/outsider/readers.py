"""Which reader reads which file; a file of an unknown kind is a finding."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path

from .comparison import (
    read_changed_gaps,
    read_changed_offers,
    read_changes,
    read_half_year,
    read_half_year_document,
    read_half_year_pdf,
)
from .facts import Folder
from .geo import read_geopackage
from .mappage import read_map
from .office import read_workbook
from .pdf import read_pdf
from .printmap import read_print_map
from .profile import read_profile
from .protocol import read_protocol
from .registers import (
    read_action,
    read_changed_measures,
    read_measures,
    read_needs,
    read_statements,
)
from .tables import (
    read_edition,
    read_office,
    read_passports,
    read_prov,
    read_report,
    read_values,
)
from .word import read_document

Reader = Callable[[Folder, Path, str], None]

# In this order: what names things comes before what uses the names.
READERS: dict[str, Reader] = {
    "edition.json": read_edition,
    "tabellen/werte.csv": read_values,
    "tabellen/werte_buero.csv": read_office,
    "tabellen/passport.csv": read_passports,
    "tabellen/passport.prov.json": read_prov,
    "sozialraum.gpkg": read_geopackage,
    "tabellen/massnahmen.csv": read_measures,
    "tabellen/tabellen.xlsx": read_workbook,
    "tabellen/bedarfe.csv": read_needs,
    "tabellen/handlungsbedarf.csv": read_action,
    "tabellen/bedarfe_aussagen.csv": read_statements,
    "ressourcenkarte.html": read_map,
    "profile/*/*.html": read_profile,
    "profile/*/*.docx": read_document,
    "profile/*/*.pdf": read_pdf,
    "karten/*.pdf": read_print_map,
    "karten/*.svg": read_print_map,
    "geheimhaltungsprotokoll.html": read_protocol,
    "pruefbericht.txt": read_report,
    "bericht/aenderungen.csv": read_changes,
    "bericht/aenderungen_luecken.csv": read_changed_gaps,
    "bericht/aenderungen_angebote.csv": read_changed_offers,
    "bericht/aenderungen_massnahmen.csv": read_changed_measures,
    "bericht/halbjahresbericht.html": read_half_year,
    "bericht/halbjahresbericht.pdf": read_half_year_pdf,
    "bericht/halbjahresbericht.docx": read_half_year_document,
}


def read_folder(path: Path) -> Folder:
    """Read every file of a folder."""
    folder = Folder()
    left = sorted(p.relative_to(path).as_posix() for p in path.rglob("*") if p.is_file())
    folder.files = list(left)
    for pattern, reader in READERS.items():
        for name in [n for n in left if fnmatch(n, pattern)]:
            reader(folder, path / name, name)
            left.remove(name)
    folder.strange += [f"{name}: a file of unknown kind" for name in left]
    return folder
