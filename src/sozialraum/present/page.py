"""Pages as HTML: their templates, their style, and the policy that lets nothing foreign in."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import Any

from sozialraum.present.looks import write_css_colours, write_css_fonts
from sozialraum.present.profile.figures import plain_title, shared_marks
from sozialraum.present.svg import clean
from sozialraum.texts import date, number, say


def render_paper(template: str, style: str, **context: object) -> str:
    """Render a page to be read or printed, whose policy allows its own style and nothing else."""
    policy = (
        f"default-src 'none'; style-src '{digest(style)}'; font-src data:; base-uri 'none'; "
        "form-action 'none'"
    )
    return render_page(template, style=drawn(style), policy=policy, **context)


def render_page(template: str, **context: object) -> str:
    """Render a template; what is no markup of our own is escaped."""
    return str(_environment().get_template(template).render(**context))


def drawn(text: str) -> Any:
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
        drawn=drawn,
        plain_title=plain_title,
        shared_marks=shared_marks,
    )
    environment.filters.update(number=number, date=date)
    return environment


def write_style(running: str, notice: str) -> str:
    """Give the style sheet with what stands in the margins of printed pages."""
    place = files("sozialraum.present") / "assets" / "sozialraumprofil.css"
    sheet = write_css_fonts() + write_css_colours() + place.read_text(encoding="utf-8")
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


def digest(text: str) -> str:
    """Give what a policy calls a style or script by."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
