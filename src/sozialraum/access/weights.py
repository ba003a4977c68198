"""How much a way counts: the weight of minutes, from 1 next door to 0 beyond the limit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from sozialraum.access.crew import share
from sozialraum.access.network import Floats, refuse
from sozialraum.access.pairs import compiled_loops, cut
from sozialraum.access.travel import within
from sozialraum.texts import number, say


class Weight(Protocol):
    """The weight W(d) of ways of ``d`` minutes under a limit d0; what lies beyond d0 weighs 0."""

    def __call__(self, minutes: Floats, limit_min: float) -> Floats:
        """Give the weight of every way."""
        ...

    @property
    def text(self) -> str:
        """The weight in German, for the section on methods."""
        ...


@dataclass(frozen=True)
class Flat:
    """Every way within the limit counts fully: W = 1 for d ≤ d0.

    Examples
    --------
    >>> Flat()(np.array([0.0, 15.0, 15.1]), 15.0)
    array([1., 1., 0.])
    """

    def __call__(self, minutes: Floats, limit_min: float) -> Floats:
        """Give the weight of every way."""
        return within(minutes, limit_min).astype(np.float64)

    @property
    def text(self) -> str:
        """The weight in German."""
        return say("catchment.weight_flat")


@dataclass(frozen=True)
class Steps:
    """Ways count by steps: W = ``values[k]`` up to ``until_min[k]`` minutes, inclusive, and 0 beyond.

    Parameters
    ----------
    values : tuple of float, default (1, 0.68, 0.22)
        Luo and Qi (2009). Used as they are, never rounded.
    until_min : tuple of float, optional
        End of every step; without it equal parts of the limit (thirds for three steps).

    Raises
    ------
    InputError
        Negative or missing values, ends that do not rise, or not one end per value.

    Examples
    --------
    >>> Steps()(np.array([5.0, 5.1, 10.0, 15.0, 15.1]), 15.0)
    array([1.  , 0.68, 0.68, 0.22, 0.  ])
    """

    values: tuple[float, ...] = (1.0, 0.68, 0.22)
    until_min: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        ends = self.until_min
        fits = len(self.values) > 0 and all(np.isfinite(v) and v >= 0 for v in self.values)
        if ends is not None:
            rising = bool(np.all(np.diff((0.0, *ends)) > 0) and np.isfinite(ends).all())
            fits = fits and rising and len(ends) == len(self.values)
        if not fits:
            refuse("catchment.steps", say("catchment.weight"), values=self.values, ends=ends)

    def ends(self, limit_min: float) -> Floats:
        """Give the end of every step in minutes, none beyond the limit."""
        count = len(self.values)
        # Divided last, so that thirds of 15 are 5 and 10 to the last bit.
        ends = limit_min * np.arange(1, count + 1) / count
        if self.until_min is not None:
            ends = np.minimum(self.until_min, limit_min)
        return np.round(ends, 6)

    def __call__(self, minutes: Floats, limit_min: float) -> Floats:
        """Give the weight of every way."""
        ends, values = self.ends(limit_min), np.append(self.values, 0.0).astype(np.float64)
        loops = compiled_loops(len(minutes))
        if loops is not None:
            weight = np.empty(len(minutes))

            def weigh_part(part: slice) -> None:
                loops.weigh_steps(minutes[part], ends, values, weight[part])

            share(weigh_part, cut(len(minutes)))
            return weight
        step = np.zeros(len(minutes), dtype=np.int8)
        for end in ends:
            step += minutes > end
        return np.asarray(values.take(step))

    @property
    def text(self) -> str:
        """The weight in German."""
        values = " / ".join(_plain(v) for v in self.values)
        if self.until_min is None:
            return say("catchment.weight_steps", values=values)
        ends = " / ".join(_plain(v) for v in self.until_min)
        return say("catchment.weight_steps_until", values=values, ends=ends)


@dataclass(frozen=True)
class Gaussian:
    """Ways fade like a bell that touches 0 at the limit (Dai 2010).

    W = (e^(−½(d/d0)²) − e^(−½)) / (1 − e^(−½)) for d ≤ d0.

    Examples
    --------
    >>> Gaussian()(np.array([0.0, 7.5, 15.0]), 15.0).round(3)
    array([1.   , 0.701, 0.   ])
    """

    def __call__(self, minutes: Floats, limit_min: float) -> Floats:
        """Give the weight of every way."""
        edge = np.exp(-0.5)
        fade = (np.exp(-0.5 * np.square(minutes / limit_min)) - edge) / (1.0 - edge)
        return np.where(within(minutes, limit_min), np.maximum(fade, 0.0), 0.0)

    @property
    def text(self) -> str:
        """The weight in German."""
        return say("catchment.weight_gaussian")


@dataclass(frozen=True)
class Exponential:
    """Every further minute takes the same share: W = e^(−beta·d).

    Parameters
    ----------
    beta : float
        Per minute. ln 2 / 10 ≈ 0.0693 halves the weight every ten minutes.

    Examples
    --------
    >>> Exponential(np.log(2) / 10)(np.array([0.0, 10.0, 20.0, 31.0]), 30.0).round(3)
    array([1.  , 0.5 , 0.25, 0.  ])
    """

    beta: float

    def __post_init__(self) -> None:
        _need_positive(beta=self.beta)

    def __call__(self, minutes: Floats, limit_min: float) -> Floats:
        """Give the weight of every way."""
        return np.where(within(minutes, limit_min), np.exp(-self.beta * minutes), 0.0)

    @property
    def text(self) -> str:
        """The weight in German."""
        return say("catchment.weight_exponential", beta=_plain(self.beta))


@dataclass(frozen=True)
class Power:
    """Twice as far counts 2^beta times less: W = (max(d, d1) / d1)^(−beta).

    Parameters
    ----------
    beta : float
        2 is Newton's; Hansen (1959) and later work found 0.5 to 3.
    floor_min : float, default 1
        d1: nearer than this counts like d1, as d^(−beta) has no end towards 0.

    Examples
    --------
    >>> Power(2)(np.array([0.0, 1.0, 2.0, 10.0]), 30.0)
    array([1.  , 1.  , 0.25, 0.01])
    """

    beta: float
    floor_min: float = 1.0

    def __post_init__(self) -> None:
        _need_positive(beta=self.beta, floor_min=self.floor_min)

    def __call__(self, minutes: Floats, limit_min: float) -> Floats:
        """Give the weight of every way."""
        far = np.maximum(minutes, self.floor_min) / self.floor_min
        return np.where(within(minutes, limit_min), far**-self.beta, 0.0)

    @property
    def text(self) -> str:
        """The weight in German."""
        return say("catchment.weight_power", beta=_plain(self.beta), floor=_plain(self.floor_min))


@dataclass(frozen=True)
class Logistic:
    """Ways count fully at first and lose most around the middle: W = 1 / (1 + e^(slope·(d − middle))).

    Parameters
    ----------
    middle_min : float
        Minutes at which a way counts one half.
    slope : float, default 0.5
        Per minute; the larger, the more sudden.

    Examples
    --------
    >>> Logistic(middle_min=10)(np.array([0.0, 10.0, 20.0]), 30.0).round(3)
    array([0.993, 0.5  , 0.007])
    """

    middle_min: float
    slope: float = 0.5

    def __post_init__(self) -> None:
        _need_positive(middle_min=self.middle_min, slope=self.slope)

    def __call__(self, minutes: Floats, limit_min: float) -> Floats:
        """Give the weight of every way."""
        # Beyond 700 the exponential is larger than any number; the weight is 0 long before.
        power = np.minimum(self.slope * (minutes - self.middle_min), 700.0)
        return np.where(within(minutes, limit_min), 1.0 / (1.0 + np.exp(power)), 0.0)

    @property
    def text(self) -> str:
        """The weight in German."""
        return say(
            "catchment.weight_logistic", middle=_plain(self.middle_min), slope=_plain(self.slope)
        )


def need_weight(weight: Any) -> Weight:
    """Refuse what is not a weight, such as the name of one."""
    if not (callable(weight) and isinstance(getattr(weight, "text", None), str)):
        refuse("catchment.no_weight", say("catchment.weight"), weight=weight)
    chosen: Weight = weight
    return chosen


OURS = (Flat, Steps, Gaussian, Exponential, Power, Logistic)


def weigh(weight: Weight, minutes: Floats, limit_min: float) -> Floats:
    """Give the weights, or refuse a weight of one's own that is negative or no number."""
    if isinstance(weight, OURS):
        return weight(minutes, limit_min)
    values = np.asarray(weight(minutes, limit_min), dtype=np.float64)
    if values.shape != minutes.shape or not ((values >= 0) & np.isfinite(values)).all():
        refuse("catchment.bad_weight", say("catchment.weight"), weight=weight)
    return np.where(within(minutes, limit_min), values, 0.0)


def _plain(value: float) -> str:
    """Write a number with as many decimals as it needs, six at most."""
    digits = next(d for d in range(7) if d == 6 or abs(value - round(value, d)) < 1e-9)
    return number(value, digits)


def _need_positive(**values: float) -> None:
    for name, value in values.items():
        if not (np.isfinite(value) and value > 0):
            refuse("catchment.weight_value", say("catchment.weight"), name=name, value=value)
