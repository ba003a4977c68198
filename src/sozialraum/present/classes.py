"""Class limits, colours, hatches and legend words, decided once for page, profile, plots and GIS."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from sozialraum.errors import UnknownNameError
from sozialraum.model.areas import UNASSIGNED
from sozialraum.present.natural import find_natural_breaks
from sozialraum.texts import number, say, words

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from sozialraum.model.indicator import Indicator
    from sozialraum.secrecy.edition import Edition

Scheme = Literal["quantiles", "equal", "natural"]
_SCHEMES = ("quantiles", "equal", "natural")

# Sand to petrol: falling lightness in steps of about 1.5 to 1.9 : 1, so the order survives a grey
# printer and every common colour blindness; no red, which would judge.
COLOURS = ("#efe4c3", "#a2c69d", "#50a291", "#197082", "#1a3f63")
_SPREAD = {1: (2,), 2: (1, 3), 3: (0, 2, 4), 4: (0, 1, 3, 4), 5: (0, 1, 2, 3, 4)}

PAPER = "#ffffff"
INK = "#1c2a33"
BORDER = "#ffffff"
WATER = "#d6e4ee"
LAND = "#e6eaea"  # where nothing is counted at all
QUIET = "#515e67"  # words and lines that step back
OTHER = "#b4bec4"  # the other areas beside one's own
# Quieter than ink, so that what is not known does not shout.
MISSING, MISSING_INK = "#ffffff", "#7d868c"
HIDDEN, HIDDEN_INK = "#f1f1ee", "#848b91"
GAP = "#a3195b"


def measure_contrast(one: str, other: str) -> float:
    """Give the contrast of two colours as WCAG 2 defines it, from 1 to 21.

    Examples
    --------
    >>> measure_contrast("#ffffff", "#000000")
    21.0
    """
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def letters_on(ground: str) -> str:
    """Give the colour of letters on a ground: ink, or paper where that is easier to read.

    Examples
    --------
    >>> [letters_on(colour) for colour in COLOURS]
    ['#1c2a33', '#1c2a33', '#1c2a33', '#ffffff', '#ffffff']
    """
    return max((INK, PAPER), key=lambda colour: measure_contrast(colour, ground))


class Hatch(NamedTuple):
    """A pattern for black and white: one tile of lines, and matplotlib's word for it."""

    size: float
    path: str
    width: float
    matplotlib: str


# From blank to nearly black: the share of ink rises with the class.
HATCHES = (
    Hatch(8, "", 0, ""),
    Hatch(8, "M2 2h0M6 6h0", 1.7, ".."),
    Hatch(7, "M-1 1L1-1M0 7L7 0M6 8L8 6", 1.1, "//"),
    Hatch(6, "M-1 1L1-1M0 6L6 0M5 7L7 5M-1 5L1 7M0 0L6 6M5-1L7 1", 1.1, "xx"),
    Hatch(4.5, "M0 0H4.5M0 2.25H4.5M0 0V4.5M2.25 0V4.5", 1.25, "++++"),
)
# Secret: broad stripes against the classes' direction. Missing: a few open circles.
HIDDEN_HATCH = Hatch(10, "M-2.5-2.5L12.5 12.5M-7.5 2.5L2.5 12.5M7.5-2.5L17.5 7.5", 1.8, "\\\\")
MISSING_HATCH = Hatch(12, "M4 6a2 2 0 1 0 4 0a2 2 0 1 0-4 0", 0.9, "o")
GAP_HATCH = Hatch(6, "M-1-1L7 7M-1 5L1 7M5-1L7 1", 1.4, "\\\\\\")


class Marker(NamedTuple):
    """The mark of an offer category: an outline around (0, 0), about 12 wide, and a colour."""

    path: str
    colour: str


_SHAPES = (
    "M-5.5 0a5.5 5.5 0 1 0 11 0a5.5 5.5 0 1 0-11 0Z",  # circle
    "M-5-5H5V5H-5Z",  # square
    "M0-6.5L6.3 5H-6.3Z",  # triangle
    "M0-7L7 0L0 7L-7 0Z",  # diamond
    "M-2.2-6H2.2V-2.2H6V2.2H2.2V6H-2.2V2.2H-6V-2.2H-2.2Z",  # plus
    "M0 6.5L6.3-5H-6.3Z",  # triangle downwards
    "M0-6.5L6.2-2L3.8 5.3H-3.8L-6.2-2Z",  # pentagon
    "M-6 5V-1A6 6 0 0 1 6-1V5Z",  # arch
    "M0-7L1.9-2.3L6.7-2.2L2.9.9L4.2 5.7L0 3L-4.2 5.7L-2.9.9L-6.7-2.2L-1.9-2.3Z",  # star
    "M-6.5-3H6.5V3H-6.5Z",  # bar
    "M-3-6H3L6.2 0L3 6H-3L-6.2 0Z",  # hexagon
    "M-4.2-6L0-1.8L4.2-6L6-4.2L1.8 0L6 4.2L4.2 6L0 1.8L-4.2 6L-6 4.2L-1.8 0L-6-4.2Z",  # cross
)
MARK_COLOURS = ("#7a1f5c", "#0b4f8a", "#9a3412", "#1f2937", "#3f6212", "#5b21b6")


@dataclass(frozen=True)
class Classes:
    """How values of one kind are divided, coloured and named.

    Attributes
    ----------
    breaks : tuple of float
        Where a class ends and the next begins; a value equal to a break belongs to the upper
        class. One fewer than there are classes; none when nothing can be classed.
    colours : tuple of str
    hatches : tuple of Hatch
    labels : tuple of str
        Legend words, from the lowest class to the highest.
    counts : tuple of int
        How many of the given values each class holds.
    digits : int
        Decimals shown; a value belongs to the class of the number that is written.
    """

    breaks: tuple[float, ...]
    colours: tuple[str, ...]
    hatches: tuple[Hatch, ...]
    labels: tuple[str, ...]
    counts: tuple[int, ...]
    digits: int = 0

    def find(self, values: ArrayLike) -> NDArray[np.int64]:
        """Tell the class of each value.

        Parameters
        ----------
        values : array-like of float

        Returns
        -------
        array of int
            0 for the lowest class; -1 where the value is missing.
        """
        given = pd.to_numeric(pd.Series(np.asarray(values)), errors="coerce").to_numpy(float)
        shown = round_shown(given, self.digits)
        place = np.searchsorted(np.asarray(self.breaks), shown, side="right")
        return np.where(np.isnan(given) | (len(self.labels) == 0), -1, place).astype(np.int64)


def classify(
    values: ArrayLike,
    *,
    scheme: Scheme = "quantiles",
    k: int = 5,
    breaks: Sequence[float] | None = None,
    digits: int = 0,
    unit: str = "",
) -> Classes:
    """Divide published values into at most five classes.

    Parameters
    ----------
    values : array-like of float
        What is published; hidden and missing values are left out by being missing.
    scheme : {"quantiles", "equal", "natural"}
        Classes of equal number, of equal width, or Fisher–Jenks natural breaks.
    k : int
        Number of classes, 1 to 5. With fewer distinct values there are fewer classes.
    breaks : sequence of float, optional
        Fixed limits instead, for figures that must stay comparable; the outer classes are open.
    digits : int
        Decimals shown. Values are classed as they are shown, so table and legend never disagree.
    unit : str
        Written after each class.

    Returns
    -------
    Classes

    Notes
    -----
    A limit is the smallest number that can be shown and lies above the scheme's own limit, so a
    class reads "a bis unter b" and holds exactly the values the scheme puts there. Where at least
    one in ``k`` areas share the lowest or the highest value (nobody reached, everybody reached),
    quantiles give it a class of its own and divide the others among the remaining classes.

    Examples
    --------
    >>> found = classify([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    >>> found.labels
    ('1 bis unter 3', '3 bis unter 5', '5 bis unter 7', '7 bis unter 9', '9 bis 10')
    >>> found.counts, found.find([2.0, 10.0, None]).tolist()
    ((2, 2, 2, 2, 2), [0, 4, -1])
    """
    if not 1 <= k <= len(COLOURS):
        raise ValueError(say("classes.too_many", k=k, most=len(COLOURS)))
    if scheme not in _SCHEMES:
        raise UnknownNameError("scheme", scheme, _SCHEMES)
    step = 10.0**-digits
    given = pd.to_numeric(pd.Series(np.asarray(values)), errors="coerce").dropna().to_numpy(float)
    shown = round_shown(given, digits)
    single = step
    if breaks is not None:
        inner = np.unique(np.asarray(breaks, dtype=float))
        if len(inner) >= len(COLOURS):
            raise ValueError(say("classes.too_many", k=len(inner) + 1, most=len(COLOURS)))
        ends: tuple[float | None, float | None] = (None, None)
    elif len(shown) == 0:
        return Classes((), (), (), (), ())
    else:
        inner = _find_breaks(shown, scheme, k, step, digits)
        ends = (float(shown.min()), float(shown.max()))
        # No class holds two different values: each is called by its value alone.
        single = math.inf if len(inner) + 1 == len(np.unique(shown)) else step
    places = np.searchsorted(inner, shown, side="right")
    size = len(inner) + 1
    spread = _SPREAD[size]
    return Classes(
        breaks=tuple(float(b) for b in inner),
        colours=tuple(COLOURS[i] for i in spread),
        hatches=tuple(HATCHES[i] for i in spread),
        labels=_name_classes(inner.tolist(), ends, single, digits, unit),
        counts=tuple(np.bincount(places, minlength=size).tolist()),
        digits=digits,
    )


def round_shown(values: ArrayLike, digits: int | NDArray[np.int64]) -> NDArray[np.float64]:
    """Round as `sozialraum.texts.number` writes: halves away from zero.

    Parameters
    ----------
    values : array-like of float
    digits : int or array of int
        One for all, or one for each.

    Returns
    -------
    array of float
        Missing stays missing.

    Examples
    --------
    >>> round_shown([0.5, -0.25, 2.345], 1).tolist()
    [0.5, -0.3, 2.3]
    """
    given = np.asarray(values, dtype=float)
    scale = 10.0**digits
    whole = np.floor(np.abs(given) * scale + 0.5 + 1e-9)
    return np.asarray(np.copysign(whole, given) / scale + 0.0)  # no minus before a zero


def classify_indicator(
    edition: Edition,
    indicator: str,
    level: str,
    *,
    scheme: Scheme = "quantiles",
    k: int = 5,
    breaks: Sequence[float] | None = None,
    with_unit: bool = True,
) -> Classes:
    """Class an indicator on one level over all its dates, so that years can be compared.

    Parameters
    ----------
    edition : Edition
        Only its protected values are looked at.
    indicator, level : str
    scheme, k, breaks
        See `classify`.
    with_unit : bool
        Whether each label names the unit; not needed where the legend's head does.

    Returns
    -------
    Classes
        ``counts`` are those of the newest date.
    """
    rows = edition.values
    rows = rows[(rows["indicator"] == indicator) & (rows["level"] == level)]
    return classify_rows(
        rows, edition.indicators[indicator], scheme=scheme, k=k, breaks=breaks, with_unit=with_unit
    )


def classify_rows(
    rows: pd.DataFrame,
    definition: Indicator,
    *,
    scheme: Scheme = "quantiles",
    k: int = 5,
    breaks: Sequence[float] | None = None,
    with_unit: bool = True,
) -> Classes:
    """Class the rows of one indicator on one level, as `classify_indicator` does.

    Parameters
    ----------
    rows : DataFrame
        Protected rows of the values table. People without a known place (``nicht_zuzuordnen``) are
        no area of a map: they make no class.
    definition : Indicator
    scheme, k, breaks, with_unit
        See `classify_indicator`.

    Returns
    -------
    Classes
    """
    rows = rows[rows["area"] != UNASSIGNED]
    if definition.classes:
        return name_classes(definition.classes, rows.loc[_is_newest(rows), "value"])
    style: dict[str, Any] = {
        "digits": definition.digits,
        "unit": definition.unit if with_unit else "",
    }
    found = classify(rows["value"], scheme=scheme, k=k, breaks=breaks, **style)
    places = found.find(rows.loc[_is_newest(rows), "value"])
    counts = np.bincount(places[places >= 0], minlength=len(found.labels)).tolist()
    return replace(found, counts=tuple(counts))


def _is_newest(rows: pd.DataFrame) -> pd.Series:
    return rows["datenstand"] == rows["datenstand"].max()


def name_classes(names: Sequence[str], values: ArrayLike) -> Classes:
    """Give classes that have names of their own and whose numbers, from 1 on, are the values.

    Parameters
    ----------
    names : sequence of str
    values : array-like of float
        To be counted.

    Returns
    -------
    Classes
        Every name keeps its place and colour, even where it holds nothing. More than five colours are
        mixed from the same scale, and neighbours share a hatch.

    Examples
    --------
    >>> found = name_classes(("gut", "mittel", "schlecht"), [1, 3, 3])
    >>> found.labels, found.counts, found.find([3.0, None]).tolist()
    (('gut', 'mittel', 'schlecht'), (1, 0, 2), [2, -1])
    """
    size = len(names)
    if size in _SPREAD:
        colours = tuple(COLOURS[i] for i in _SPREAD[size])
        hatches = tuple(HATCHES[i] for i in _SPREAD[size])
    else:
        at = np.linspace(0, len(COLOURS) - 1, size)
        scale = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in COLOURS], dtype=float)
        mixed = [np.interp(at, range(len(COLOURS)), part) for part in scale.T]
        colours = tuple(
            "#" + "".join(f"{round(x):02x}" for x in c) for c in zip(*mixed, strict=True)
        )
        hatches = tuple(_hatch_between(place) for place in at.tolist())
    found = Classes(
        breaks=tuple(i + 0.5 for i in range(1, size)),
        colours=colours,
        hatches=hatches,
        labels=tuple(names),
        counts=(),
        digits=0,
    )
    places = found.find(values)
    counts = np.bincount(places[places >= 0], minlength=size)
    return replace(found, counts=tuple(counts.tolist()))


def _hatch_between(place: float) -> Hatch:
    """Give the pattern at a place between the five: the nearest one, denser above it, wider below."""
    nearest = max(round(place), 1) if place else 0
    hatch = HATCHES[nearest]
    scale = 1 - 0.3 * (place - nearest)
    path = re.sub(r"-?\d*\.?\d+", lambda n: f"{float(n[0]) * scale:.3g}", hatch.path)
    word = hatch.matplotlib[:1] * max(round(len(hatch.matplotlib) / scale**2), 1)
    return Hatch(round(hatch.size * scale, 2), path, hatch.width, word)


def name_category(category: str, own: Mapping[str, str] | None = None) -> str:
    """Give the word of an offer category.

    Parameters
    ----------
    category : str
        A known id or a town's own, which is only made presentable.
    own : mapping of str to str, optional
        The town's own words, as an edition has them; they come first.

    Returns
    -------
    str

    Examples
    --------
    >>> name_category("kita"), name_category("mobile_jugendarbeit")
    ('Kita', 'Mobile jugendarbeit')
    >>> name_category("jfe", {"jfe": "Jugendfreizeiteinrichtung"})
    'Jugendfreizeiteinrichtung'
    """
    plain = category.replace("_", " ")
    known = words("category") | dict(own or {})
    return known.get(category, plain[:1].upper() + plain[1:])


def mark_categories(categories: Sequence[str]) -> dict[str, Marker]:
    """Give every category a shape; colour comes on top and is never needed to tell them apart.

    Parameters
    ----------
    categories : sequence of str
        In the order of the legend. Shapes repeat after twelve, in another colour.

    Returns
    -------
    dict of str to Marker

    Examples
    --------
    >>> marks = mark_categories(["kita", "schule"])
    >>> marks["kita"].path != marks["schule"].path
    True
    """
    rounds = len(_SHAPES)
    return {
        name: Marker(_SHAPES[i % rounds], MARK_COLOURS[(i + i // rounds) % len(MARK_COLOURS)])
        for i, name in enumerate(dict.fromkeys(categories))
    }


def _find_breaks(
    shown: NDArray[np.float64], scheme: Scheme, k: int, step: float, digits: int
) -> NDArray[np.float64]:
    distinct = np.unique(shown)
    if len(distinct) <= k:
        return distinct[1:]
    low, high = distinct[0], distinct[-1]
    ends = np.array([])
    if scheme == "natural":
        bins = find_natural_breaks(shown, k)
    elif scheme == "equal":
        bins = np.linspace(low, high, k + 1)[1:]
    else:
        own_low = k > 1 and np.count_nonzero(shown == low) * k >= len(shown)
        own_high = k - own_low > 1 and np.count_nonzero(shown == high) * k >= len(shown)
        rest = shown[~((own_low & (shown == low)) | (own_high & (shown == high)))]
        bins = np.quantile(rest, np.linspace(0, 1, k - own_low - own_high + 1)[1:])
        bins = np.append(low, bins) if own_low else bins
        ends = np.array([high]) if own_high else ends
    above = np.round((np.floor(bins / step + 1e-9) + 1) * step, digits)
    # A class that holds none of the values would only lengthen the legend.
    edges = np.unique(np.append(above[above <= high], ends))
    filled = np.unique(np.searchsorted(edges, distinct, side="right"))
    return edges[filled[1:] - 1]


def _name_classes(
    inner: list[float],
    ends: tuple[float | None, float | None],
    single: float,
    digits: int,
    unit: str,
) -> tuple[str, ...]:
    """Name each class; one not wider than ``single`` is called by its lowest value."""
    low, high = ends
    edges = [low, *inner, high]
    labels = []
    for i, (a, b) in enumerate(pairwise(edges)):
        last = i == len(inner)
        if a is None and b is None:
            text = say("classes.any")
        elif a is None:
            text = say("classes.below", b=number(b, digits))
        elif b is None:
            text = say("classes.above", a=number(a, digits))
        elif a == b or (not last and b - a < single * 1.001):
            text = number(a, digits)
        elif last:
            text = say("classes.last", a=number(a, digits), b=number(b, digits))
        else:
            text = say("classes.range", a=number(a, digits), b=number(b, digits))
        labels.append(f"{text}\u00a0{unit}" if unit else text)
    return tuple(labels)
