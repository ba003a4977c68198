"""Sozialraumprofile: one page per area, read on a screen or laid on the table as paper."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sozialraum.present.charts import draw_share, draw_strip
from sozialraum.present.files import replacing, safe_name
from sozialraum.present.locator import draw_locator, prepare_ground
from sozialraum.present.profile import Profile, ProfileDesk, build_profile
from sozialraum.present.svg import clean
from sozialraum.texts import date, number, percent, say, words

if TYPE_CHECKING:
    from sozialraum.secrecy.edition import Edition


def write_sozialraumprofile(edition: Edition, *, level: str, folder: str | Path) -> list[Path]:
    """Write a profile for every area of a level, and a page that lists them.

    Parameters
    ----------
    edition : Edition
    level : str
        Any level, the whole (``gesamt``) included.
    folder : path
        Pages are written to ``<folder>/<level>/<area>.html`` and ``<folder>/<level>/index.html``.

    Returns
    -------
    list of Path
        What was written, the list first.

    Raises
    ------
    SecrecyError
        The edition was not made by `build_edition` or was changed afterwards.
    UnknownNameError
        There is no such level.

    Notes
    -----
    A page stands alone: no script, no font, no picture is loaded, and a policy in the page forbids
    it. The same edition gives the same bytes.
    """
    edition.verify()
    desk = ProfileDesk(edition, level)
    ground = prepare_ground(edition)
    target = Path(folder) / safe_name(level)
    names = name_pages(desk.tables[level].index)
    written = []
    for area, name in names.items():
        profile = build_profile(desk, area)
        text = render_profile(profile, edition, ground)
        written.append(_write(target / name, text))
    return written


def name_pages(ids: Any) -> dict[str, str]:
    """Give every area id a file name of its own, also where names differ only in their signs.

    Examples
    --------
    >>> name_pages(["01", "index", "a/b", "a b"])  # doctest: +NORMALIZE_WHITESPACE
    {'01': '01.html', 'index': 'index-1bc04b52.html', 'a/b': 'a_b.html',
     'a b': 'a_b-c8687a08.html'}
    """
    taken = {"index"}
    names = {}
    for key in map(str, ids):
        name = safe_name(key)
        if name.casefold() in taken:
            name = f"{name}-{hashlib.sha256(key.encode()).hexdigest()[:8]}"
        taken.add(name.casefold())
        names[key] = f"{name}.html"
    return names


def _write(path: Path, text: str) -> Path:
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")
    return path


def render_profile(profile: Profile, edition: Edition, ground: Any) -> str:
    """Render a profile as HTML.

    Parameters
    ----------
    profile : Profile
    edition : Edition
    ground : MapGround

    Returns
    -------
    str
    """
    from markupsafe import Markup

    def drawn(svg: str) -> Markup:
        return Markup(svg)

    place = profile.place
    style = _style(place.name, profile.head.notice)
    page = _template("sozialraumprofil.html.jinja").render(
        profile=profile,
        place=place,
        head=profile.head,
        edition=edition,
        style=Markup(style),
        policy=_policy(style),
        locator=drawn(draw_locator(ground, place.level, place.id, ident="karte")),
        draw_strip=lambda *a, **k: drawn(draw_strip(*a, **k)),
        draw_share=lambda *a, **k: drawn(draw_share(*a, **k)),
    )
    return str(page)


@cache
def _environment() -> Any:
    import jinja2

    loader = jinja2.FunctionLoader(
        lambda name: (files(__package__) / "templates" / name).read_text(encoding="utf-8")
    )
    environment = jinja2.Environment(
        loader=loader,
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: clean(value) if type(value) is str else value,
    )
    environment.globals.update(say=say, words=words)
    environment.filters.update(number=number, percent=percent, date=date)
    return environment


def _template(name: str) -> Any:
    return _environment().get_template(name)


def _style(name: str, notice: str) -> str:
    """Give the style sheet, with the name and the notice for the margins of printed pages."""
    sheet = (files(__package__) / "assets" / "sozialraumprofil.css").read_text(encoding="utf-8")
    return sheet.replace('"@name"', _css_text(name)).replace('"@notice"', _css_text(notice))


def _css_text(text: str) -> str:
    r"""Write any text as a CSS string in which nothing can end it.

    Examples
    --------
    >>> _css_text('Süd"')
    '"\\53 \\fc \\64 \\22 "'
    """
    return '"' + "".join(f"\\{ord(c):x} " for c in clean(text)) + '"'


def _policy(style: str) -> str:
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
