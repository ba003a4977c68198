"""Maps and profiles that show themselves where a notebook's cell ends in them."""

from __future__ import annotations

import base64
import html
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sozialraum.errors import UnknownNameError
from sozialraum.present.locator import prepare_ground
from sozialraum.present.print_map import write_print_map
from sozialraum.present.profile.context import ProfileDesk
from sozialraum.present.profile.sheet import Picture, say_plain
from sozialraum.present.ressourcenkarte import choose_start, write_ressourcenkarte
from sozialraum.present.sozialraumprofil import MOST_PAGES, build_sheets, render_profile
from sozialraum.present.svg import clean
from sozialraum.present.typeset import draw_pages
from sozialraum.texts import number, say

if TYPE_CHECKING:
    from sozialraum.secrecy.edition import Edition

# The page's own script, its CSV files, its print button, and links to websites in a window of their
# own; no storage, no cookies, no forms, no look at the notebook around it.
_SANDBOX = "allow-scripts allow-downloads allow-modals allow-popups allow-popups-to-escape-sandbox"
_AWAY = 'rel="noopener noreferrer"'
# A larger page makes a notebook too slow to save and to open.
MOST_BYTES = 6_000_000
# About what a screen shows of a notebook at once.
HEIGHT_PX = 800
_FRAME = "display:block;width:100%;box-sizing:border-box;border:1px solid #888;background:#fff"


@dataclass(frozen=True, slots=True, repr=False)
class Shown:
    """A map or profile as a notebook shows it. Made by the functions that begin with ``show_``.

    Attributes
    ----------
    title : str
    text : str
        What there is to see, in words: for terminals, and for who cannot see the picture.
    svg : str
        A picture: for paper, and wherever the page may not run.
    page : str
        The whole page as HTML, shown in a frame that cannot reach the notebook; empty for a picture.
    height_px : int
        Of the frame.
    """

    title: str
    text: str
    svg: str
    page: str = ""
    height_px: int = HEIGHT_PX

    def __repr__(self) -> str:
        return f"{self.title}\n{self.text}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self._draw(), "image/svg+xml": self.svg, "text/plain": repr(self)}

    def _draw(self) -> str:
        address = "data:image/svg+xml;base64," + base64.b64encode(self.svg.encode()).decode()
        picture = f'<img src="{address}" alt="{_quote(repr(self))}" style="max-width:100%">'
        size = len(self.page.encode())
        if size > MOST_BYTES:
            large = say("shown.large", megabytes=number(size / 1e6, 1))
            return f"<p>{html.escape(large)}</p>{picture}"
        if not self.page:
            return picture
        # A notebook from elsewhere loses its frames, not what stands inside them.
        return (
            f'<iframe title="{_quote(self.title)}" sandbox="{_SANDBOX}" '
            f'style="{_FRAME};height:{self.height_px}px" srcdoc="{_quote(self.page)}">'
            f"{picture}</iframe>"
        )


def _quote(text: str) -> str:
    return html.escape(clean(text), quote=True)


def show_ressourcenkarte(edition: Edition, *, height_px: int = HEIGHT_PX, **options: Any) -> Shown:
    """Show the map page of an edition in a notebook.

    Parameters
    ----------
    edition : Edition
    height_px : int
        Of the frame.
    **options
        Those of `write_ressourcenkarte`.

    Returns
    -------
    Shown
        The same page as `write_ressourcenkarte` writes, in a frame that cannot reach the notebook;
        in its place, where the page may not run, the print map of what it shows first. A page of
        more than 6 MB is not shown, only its picture.

    Raises
    ------
    SecrecyError, UnknownNameError, CrsError
        As `write_ressourcenkarte` does.

    Examples
    --------
    >>> from sozialraum.demo import build_musterstadt
    >>> from sozialraum.secrecy.build import build_edition
    >>> edition = build_edition(build_musterstadt().atlas)
    >>> show_ressourcenkarte(edition, level="sozialraum").title
    'Ressourcenkarte: Musterstadt'
    """
    page = _keep(write_ressourcenkarte, edition, "karte.html", options)
    level, indicator = choose_start(edition, options.get("level"), options.get("indicator"))
    limits = (options.get("limits") or {}).get(indicator)
    still = show_print_map(edition, level=level, indicator=indicator or None, limits=limits)
    title = say("shown.map", title=edition.head.title or edition.title)
    return Shown(title, still.text, still.svg, page, height_px)


def show_print_map(edition: Edition, **options: Any) -> Shown:
    """Show the print map of an edition in a notebook.

    Parameters
    ----------
    edition : Edition
    **options
        Those of `write_print_map`.

    Returns
    -------
    Shown
        The same picture as `write_print_map` writes as SVG.

    Raises
    ------
    SecrecyError, UnknownNameError
        As `write_print_map` does.

    Examples
    --------
    >>> from sozialraum.demo import build_musterstadt
    >>> from sozialraum.secrecy.build import build_edition
    >>> edition = build_edition(build_musterstadt().atlas)
    >>> show_print_map(edition, indicator="u6", level="planregion").svg[:4]
    '<svg'
    """
    written = _keep(write_print_map, edition, "karte.svg", options)
    svg = written[written.index("<svg") :]
    title = say("shown.print_map", title=edition.head.title or edition.title)
    return Shown(title, Picture(svg).desc, svg)


def show_sozialraumprofil(
    edition: Edition,
    area: str,
    *,
    level: str,
    sheet: int | None = None,
    height_px: int = HEIGHT_PX,
    **options: Any,
) -> Shown:
    """Show the Sozialraumprofil of one area in a notebook.

    Parameters
    ----------
    edition : Edition
    area : str
        Id of an area of the level.
    level : str
    sheet : int, optional
        Instead of the page for the screen, the picture of this page of the PDF, the first being 1.
    height_px : int
        Of the frame.
    **options
        Registers of needs and measures and the plan for them, as `write_sozialraumprofile` takes them.

    Returns
    -------
    Shown
        The same page as `write_sozialraumprofile` writes, without the links to its neighbours; in its
        place, where the page may not run, the map of the area and what is said of it at a glance.

    Raises
    ------
    SecrecyError
        The edition was not made by `build_edition` or was changed afterwards.
    UnknownNameError
        There is no such level, area or page.
    MissingPackageError
        Pages of the PDF need the extra ``pdf``.

    Examples
    --------
    >>> from sozialraum.demo import build_musterstadt
    >>> from sozialraum.secrecy.build import build_edition
    >>> edition = build_edition(build_musterstadt().atlas)
    >>> show_sozialraumprofil(edition, "1", level="planregion").title
    'Sozialraumprofil: West'
    """
    edition.verify()
    desk = ProfileDesk(edition, level)
    known = desk.tables[level].index
    if area not in known:
        raise UnknownNameError("area", area, known)
    profile = next(build_sheets(desk, prepare_ground(edition), [area], **options))
    place, glance = profile.sections[:2]
    title = say("shown.profile", name=profile.name)
    text = "\n".join(map(say_plain, glance.blocks[0].items))
    if sheet is None:
        picture = place.blocks[0].picture.svg
        page = render_profile(profile, desk).replace(_AWAY, f'target="_blank" {_AWAY}')
        return Shown(title, text, picture, page, height_px)
    papers = dict(enumerate(draw_pages(profile, most=MOST_PAGES), start=1))
    if sheet not in papers:
        raise UnknownNameError("sheet", str(sheet), map(str, papers))
    return Shown(title, text, papers[sheet])


def _keep(write: Callable[..., Path], edition: Edition, name: str, options: dict[str, Any]) -> str:
    """Give what a writer writes, so that what is shown is what is handed over."""
    with tempfile.TemporaryDirectory() as folder:
        return write(edition, Path(folder) / name, **options).read_text(encoding="utf-8")
