"""Sozialraumprofile: one page per area, read on a screen or laid on the table as paper."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable
from functools import cache
from importlib.resources import files
from itertools import count, groupby
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sozialraum.present.files import replacing, safe_name
from sozialraum.present.locator import (
    MapGround,
    draw_locator,
    draw_mark,
    draw_overview,
    prepare_ground,
)
from sozialraum.present.profile.context import (
    Profile,
    ProfileDesk,
    build_profile,
    list_level,
)
from sozialraum.present.profile.figures import plain_title, shared_marks
from sozialraum.present.profile.pictures import (
    picture_ages,
    picture_course,
    picture_share,
    picture_strip,
)
from sozialraum.present.profile.sentences import write_statements
from sozialraum.present.svg import clean
from sozialraum.texts import date, number, say, words

if TYPE_CHECKING:
    from sozialraum.secrecy.edition import Edition

# Notes of the check that a profile repeats; all of them stand in the report.
NOTES = 3


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
    A page stands alone: no script runs and nothing is loaded; a policy in the page forbids it. The
    same edition gives the same bytes.
    """
    edition.verify()
    desk = ProfileDesk(edition, level)
    ground = prepare_ground(edition)
    target = Path(folder) / safe_name(level)
    names = name_pages(desk.tables[level].index)
    written = [_write(target / "index.html", render_index(desk, names, ground))]
    for area, name in names.items():
        text = render_profile(build_profile(desk, area), desk, ground)
        written.append(_write(target / name, text))
    return written


def name_pages(ids: Iterable[object]) -> dict[str, str]:
    """Give every area id a file name of its own, also where ids differ only in signs or case.

    Examples
    --------
    >>> name_pages(["01", "a/b", "a b"])
    {'01': '01.html', 'a/b': 'a_b.html', 'a b': 'a_b-c8687a08.html'}
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


def render_profile(profile: Profile, desk: ProfileDesk, ground: MapGround) -> str:
    """Render a profile as HTML.

    Parameters
    ----------
    profile : Profile
    desk : ProfileDesk
    ground : MapGround

    Returns
    -------
    str
    """
    edition, place = desk.edition, profile.place
    numbers = count(1)

    def draw(picture: Callable[..., str], *given: object, **named: object) -> Any:
        return _drawn(picture(*given, **named, ident=f"b{next(numbers)}"))

    cited = [entry for note in profile.notes for entry in note.entries.values()]
    return _render(
        "sozialraumprofil.html.jinja",
        name=place.name,
        edition=edition,
        profile=profile,
        place=place,
        level=desk.level,
        statements=write_statements(profile),
        draw=draw,
        locator=draw(draw_locator, ground, place.level, place.id),
        gap_map=draw(draw_locator, ground, place.level, place.id, gaps=profile.gap_shapes)
        if profile.gaps
        else "",
        mark=lambda category: _drawn(draw_mark(ground, category)),
        sources=[
            s for s in edition.sources if not any(c and (s.startswith(c) or s in c) for c in cited)
        ],
        methods=edition.methods,
        check_notes=edition.notes[:NOTES],
        check_left=max(0, len(edition.notes) - NOTES),
    )


def render_index(desk: ProfileDesk, names: dict[str, str], ground: MapGround) -> str:
    """Render the page that lists the profiles of a level.

    Parameters
    ----------
    desk : ProfileDesk
    names : dict of str to str
        File name by area.
    ground : MapGround

    Returns
    -------
    str
    """
    edition, level = desk.edition, desk.level
    rows = [(desk.place(level.id, area), desk.parents(area), name) for area, name in names.items()]
    return _render(
        "sozialraumprofil_index.html.jinja",
        name=level.plural,
        edition=edition,
        level=level,
        rows=rows,
        nested=bool(level.parent),
        list=list_level(desk),
        overview=_drawn(draw_overview(ground, level.id, ident="karte")),
    )


def _render(template: str, *, name: str, edition: Edition, **context: object) -> str:
    head = edition.head
    running = " · ".join(filter(None, (say("profile.kind"), name, head.vorlage, head.status)))
    style = _style(running, head.notice)
    page = _environment().get_template(template)
    text = page.render(
        style=_drawn(style), policy=_policy(style), head=head, edition=edition, **context
    )
    return str(text)


def _drawn(text: str) -> Any:
    """Let our own SVG and style pass unescaped; every foreign string in them is escaped already."""
    from markupsafe import Markup

    return Markup(text)


@cache
def _environment() -> Any:
    import jinja2

    folder = files("sozialraum.present") / "templates"
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda name: (folder / name).read_text(encoding="utf-8")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: clean(value) if type(value) is str else value,
    )
    environment.globals.update(
        say=say,
        words=words,
        plain_title=plain_title,
        shared_marks=shared_marks,
        picture_ages=picture_ages,
        picture_course=picture_course,
        picture_share=picture_share,
        picture_strip=picture_strip,
    )
    environment.filters.update(
        number=number, date=date, groupby_kept=_group_kept, offer_word=words("tables.offer").get
    )
    return environment


def _group_kept(rows: Iterable[Any], attribute: str) -> list[tuple[object, list[Any]]]:
    """Group rows that follow each other, in the order they stand."""
    return [(key, list(found)) for key, found in groupby(rows, key=attrgetter(attribute))]


def _style(running: str, notice: str) -> str:
    """Give the style sheet with what stands in the margins of printed pages."""
    place = files("sozialraum.present") / "assets" / "sozialraumprofil.css"
    sheet = place.read_text(encoding="utf-8")
    return sheet.replace('"@running"', _css_text(running)).replace('"@notice"', _css_text(notice))


def _css_text(text: str) -> str:
    r"""Write any text as a CSS string in which nothing can end it.

    Examples
    --------
    >>> print(_css_text('Süd"'))
    "S\fc d\22 "
    """
    safe = (
        c if c.isascii() and (c.isalnum() or c == " ") else f"\\{ord(c):x} " for c in clean(text)
    )
    return '"' + "".join(safe) + '"'


def _policy(style: str) -> str:
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
