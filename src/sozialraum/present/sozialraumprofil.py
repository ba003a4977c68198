"""Sozialraumprofile: one page per area, read on a screen or laid on the table as paper."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sozialraum.errors import MissingPackageError, UnknownNameError, require
from sozialraum.model.schema import MEASURES
from sozialraum.planning.measures import show_measures
from sozialraum.planning.report import NeedsPlan, report_needs
from sozialraum.planning.settle import settle_again
from sozialraum.present.files import mark_name, replacing, safe_name
from sozialraum.present.locator import MapGround, draw_overview, prepare_ground
from sozialraum.present.page import drawn, render_paper, write_style
from sozialraum.present.profile.context import ProfileDesk, build_profile
from sozialraum.present.profile.parts import list_level
from sozialraum.present.profile.room import ROOMS
from sozialraum.present.profile.sections import build_sheet
from sozialraum.present.profile.sheet import Sheet
from sozialraum.present.typeset import fits, set_pdf
from sozialraum.present.word import write_docx
from sozialraum.secrecy.edition import verify_edition
from sozialraum.texts import say

if TYPE_CHECKING:
    import pandas as pd

    from sozialraum.secrecy.edition import Edition


FORMATS = ("html", "pdf", "docx")
INDEX = "index.html"
# Of a PDF, if letters a little smaller can do it.
MOST_PAGES = 4
_REGISTERS = {"stimmen", "massnahmen"}
_NEEDED = {
    "pdf": (("typst", "pdf"), ("pikepdf", "pdf")),
    "docx": (("docx", "word"), ("typst", "word")),
}


def write_sozialraumprofile(
    edition: Edition,
    *,
    level: str,
    folder: str | Path,
    formats: Iterable[str] = ("html",),
    template: str | Path | None = None,
    needs: pd.DataFrame | None = None,
    plan: NeedsPlan | None = None,
    measures: pd.DataFrame | None = None,
) -> list[Path]:
    """Write a profile for every area of a level, and a page that lists them.

    Parameters
    ----------
    edition : Edition
    level : str
        Any level, the whole (``gesamt``) included.
    folder : path
        Written are ``<folder>/<level>/<area>.html``, ``.pdf``, ``.docx`` and
        ``<folder>/<level>/index.html``.
    formats : iterable of {"html", "pdf", "docx"}
        All of them are made from one sheet, so they say the same.
    template : path, optional
        A DOCX of the office for the format ``docx``: its styles, page, header, footer and logo are
        kept; the profile takes the place of a paragraph ``{profil}`` or of the whole text.
    needs : DataFrame, optional
        A needs register as `settle_needs` gives it. A profile tells of it what `report_needs` lets the
        edition's readers see.
    plan : NeedsPlan, optional
        Topics, rules, and who may read single statements.
    measures : DataFrame, optional
        A list of measures as `settle_measures` gives it. A profile tells those that are for its area or
        lie in it, as far as the edition's readers see them.

    Returns
    -------
    list of Path
        What was written, the list of the profiles first if there are pages.

    Raises
    ------
    SecrecyError
        The edition was not made by `build_edition` or was changed afterwards.
    UnknownNameError
        There is no such level or format.
    FileNotFoundError
        There is no such template.
    MissingPackageError
        The extra ``pdf`` or ``word`` is not installed. Nothing is written then.

    Notes
    -----
    A page stands alone: no script runs and nothing is loaded; a policy in the page forbids it. A PDF
    states PDF/A-2a and PDF/UA-1: it is tagged, its pictures have words, its fonts are in it. The same
    edition gives the same bytes in every format.

    Examples
    --------
    >>> import tempfile
    >>> from sozialraum.demo import build_musterstadt
    >>> from sozialraum.secrecy.build import build_edition
    >>> edition = build_edition(build_musterstadt().atlas)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     written = write_sozialraumprofile(edition, level="planregion", folder=folder)
    ...     [path.name for path in written]
    ['index.html', '1.html', '2.html']
    """
    verify_edition(edition)
    wanted = check_formats(formats, template)
    desk = ProfileDesk(edition, level)
    ground = prepare_ground(edition)
    target = Path(folder) / safe_name(level)
    audience = edition.audience
    pages = name_pages(desk.tables[level].index)
    names = {area: mark_name(name, audience).name for area, name in pages.items()}
    office = edition.head.office
    most = MOST_PAGES if {"pdf", "docx"} & set(wanted) else None
    sheets = build_sheets(desk, ground, names, needs=needs, plan=plan, measures=measures, most=most)
    written = []
    if "html" in wanted:
        listed = mark_name(target / INDEX, audience)
        written.append(_write(listed, render_index(desk, names, wanted, ground)))
    for name, sheet in zip(names.values(), sheets, strict=True):
        for kind in wanted:
            if kind == "html":
                made = render_profile(sheet, desk, name, wanted).encode()
            elif kind == "pdf":
                made = set_pdf(sheet, author=office, most=MOST_PAGES)
            else:
                made = write_docx(sheet, template=template, author=office)
            written.append(_write(target / f"{name}.{kind}", made))
    return written


def build_sheets(
    desk: ProfileDesk,
    ground: MapGround,
    areas: Iterable[str],
    *,
    needs: pd.DataFrame | None = None,
    plan: NeedsPlan | None = None,
    measures: pd.DataFrame | None = None,
    most: int | None = None,
) -> Iterator[Sheet]:
    """Set out the profiles of some areas, with what the edition's readers see of all registers.

    Of a register that would not fit ``most`` pages less is told, and how much more there is.
    """
    edition = desk.edition
    voices = None if needs is None else report_needs(needs, edition, plan, measures=measures)
    seen = None
    if measures is not None:
        listed = settle_again(measures, MEASURES, edition.areas)
        seen = show_measures(listed, edition.audience)
    for area in areas:
        profile = build_profile(desk, area)
        made = build_sheet(profile, desk, ground, voices, seen)
        if most is not None and _REGISTERS & {section.id for section in made.sections}:
            for room in ROOMS[1:]:
                if fits(made, most):
                    break
                profile = build_profile(desk, area, gaps_each=room.gaps)
                made = build_sheet(profile, desk, ground, voices, seen, room)
        yield made


def check_formats(formats: Iterable[str], template: str | Path | None = None) -> list[str]:
    """Make sure that sheets can be written in some formats, and give each of them once.

    Raises
    ------
    UnknownNameError, FileNotFoundError, MissingPackageError
    """
    wanted = list(dict.fromkeys(formats))
    for name in wanted:
        if name not in FORMATS:
            raise UnknownNameError("formats", name, FORMATS)
    check_installed(wanted)
    if template is not None and not Path(template).is_file():
        raise FileNotFoundError(str(template))
    return wanted


def list_installed() -> list[str]:
    """List the formats for which everything is installed."""
    found = []
    for kind in FORMATS:
        try:
            check_installed([kind])
        except MissingPackageError:
            continue
        found.append(kind)
    return found


def check_installed(formats: Iterable[str]) -> None:
    """Make sure that what the formats need is installed.

    Raises
    ------
    MissingPackageError
    """
    for kind in formats:
        for package, extra in _NEEDED.get(kind, ()):
            require(package, extra=extra)


def name_pages(ids: Iterable[object]) -> dict[str, str]:
    """Give every area id a file name of its own, also where ids differ only in signs or case.

    Examples
    --------
    >>> name_pages(["01", "a/b", "a b"])
    {'01': '01', 'a/b': 'a_b', 'a b': 'a_b-c8687a08'}
    """
    taken = {"index"}
    names = {}
    for key in map(str, ids):
        name = safe_name(key)
        if name.casefold() in taken:
            name = f"{name}-{hashlib.sha256(key.encode()).hexdigest()[:8]}"
        taken.add(name.casefold())
        names[key] = name
    return names


def _write(path: Path, data: bytes) -> Path:
    with replacing(path) as temporary:
        temporary.write_bytes(data)
    return path


def render_profile(
    sheet: Sheet, desk: ProfileDesk, name: str = "", formats: Sequence[str] = ()
) -> str:
    """Render a profile as HTML.

    Parameters
    ----------
    sheet : Sheet
    desk : ProfileDesk
    name : str
        File name without ending; without one the page stands alone and leads nowhere.
    formats : sequence of str
        What stands beside the page under the same name.

    Returns
    -------
    str
    """
    style = write_style(sheet.running, sheet.notice)
    others = [(f"{name}.{kind}", kind.upper()) for kind in formats if kind != "html"]
    return render_paper(
        "sozialraumprofil.html.jinja",
        style,
        sheet=sheet,
        level=desk.level,
        others=others,
        index=mark_name(INDEX, desk.edition.audience).name if name else "",
    )


def render_index(
    desk: ProfileDesk, names: dict[str, str], formats: Sequence[str], ground: MapGround
) -> bytes:
    """Render the page that lists the profiles of a level.

    Parameters
    ----------
    desk : ProfileDesk
    names : dict of str to str
        File name by area, without ending.
    formats : sequence of str
    ground : MapGround

    Returns
    -------
    bytes
    """
    edition, level = desk.edition, desk.level
    rows = [(desk.place(level.id, area), desk.parents(area), name) for area, name in names.items()]
    head = edition.head
    running = " · ".join(
        filter(None, (say("profile.kind"), level.plural, head.vorlage, head.status))
    )
    return render_paper(
        "sozialraumprofil_index.html.jinja",
        write_style(running, head.notice),
        head=head,
        edition=edition,
        level=level,
        rows=rows,
        nested=bool(level.parent),
        list=list_level(desk),
        others=[kind for kind in formats if kind != "html"],
        overview=drawn(draw_overview(ground, level.id, ident="karte")),
    ).encode()
