"""How bundles and reports show themselves: a short table in a notebook, lines in a terminal."""

from __future__ import annotations

import html
from abc import ABC, abstractmethod
from dataclasses import dataclass

from sozialraum.texts import number, say

_MOST = 100


@dataclass(frozen=True, slots=True)
class Overview:
    """A short table of words.

    Attributes
    ----------
    caption : str
    heads : tuple of str
        Headings of the columns.
    rows : tuple of tuple of str
        The first cell of a row is its heading.

    Examples
    --------
    >>> print(Overview("Neustadt", ("Inhalt", "Anzahl"), (("Angebote", "3"),)))
    Neustadt
    Angebote: 3
    """

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __str__(self) -> str:
        return "\n".join(
            [self.caption, *(f"{first}: {' · '.join(rest)}" for first, *rest in self.rows)]
        )

    def _repr_html_(self) -> str:
        heads = "".join(_cell(text, "th", "col") for text in self.heads)
        body = "".join(
            f"<tr>{_cell(first, 'th', 'row')}{''.join(map(_cell, rest))}</tr>"
            for first, *rest in self.rows[:_MOST]
        )
        left = len(self.rows) - _MOST
        more = f"<p>{html.escape(say('overview.more', count=number(left)))}</p>" if left > 0 else ""
        return (
            f"<table><caption>{html.escape(self.caption)}</caption>"
            f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>{more}"
        )


def _cell(text: str, tag: str = "td", scope: str = "") -> str:
    # Notebooks align to the right, which suits numbers but not sentences.
    what = f'{tag} scope="{scope}"' if scope else tag
    return f'<{what} style="text-align:left">{html.escape(text)}</{tag}>'


class Showing(ABC):
    """Shows itself by a short table instead of by everything it holds."""

    __slots__ = ()

    @abstractmethod
    def _overview(self) -> Overview:
        """Tell what a reader wants to see first."""

    def __str__(self) -> str:
        return str(self._overview())

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return self._overview()._repr_html_()
