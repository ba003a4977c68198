"""What an edition shows to its readers: all that a comparison may look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import pandas as pd

from sozialraum.errors import SecrecyError
from sozialraum.model.areas import Level
from sozialraum.model.audience import sees
from sozialraum.model.indicator import Indicator
from sozialraum.model.overview import Overview, Showing
from sozialraum.model.schema import MEASURES
from sozialraum.secrecy.edition import Edition, count_contents
from sozialraum.secrecy.seal import UNSEALED, check_seal, put_seal
from sozialraum.texts import say


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Published(Showing):
    """An edition as its readers have it, made by `show_edition` or read by `read_published`.

    Attributes
    ----------
    title, created, audience, notice : str
        The whole's name, the day (ISO), for whom it is, the banner.
    head : mapping of str to str
        What stands above its pages, under German words.
    levels : tuple of Level
        From the whole down to the smallest.
    tables : mapping of str to GeoDataFrame
        By level its areas: index area; ``name``, ``parent``, geometry.
    values : DataFrame
        The values table after secrecy.
    offers : GeoDataFrame
        Index offer; the columns its readers see.
    gaps : GeoDataFrame
    indicators : mapping of str to Indicator
    categories : mapping of str to str
        The town's own words for categories of offers.
    rounding : int
        To multiples of what counts of persons were rounded; 0: not at all.
    sources, methods : tuple of str
    inputs : mapping of str to str
        SHA-256 of the input files.
    measured : mapping of str to mapping
        How each measured indicator was measured, as the project file says; empty where not known.
    measures : DataFrame or None
        What its readers see of the list of measures, as `show_measures` gives it; None without a list.
    topics : mapping of str to sequence of str
        Topic → the indicators that speak about it.
    """

    title: str
    created: str
    audience: str
    notice: str
    levels: tuple[Level, ...]
    tables: Mapping[str, gpd.GeoDataFrame]
    values: pd.DataFrame
    offers: gpd.GeoDataFrame
    gaps: gpd.GeoDataFrame
    indicators: Mapping[str, Indicator]
    categories: Mapping[str, str] = field(default_factory=dict)
    head: Mapping[str, str] = field(default_factory=dict)
    rounding: int = 0
    sources: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    inputs: Mapping[str, str] = field(default_factory=dict)
    measured: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    measures: pd.DataFrame | None = None
    topics: Mapping[str, Sequence[str]] = field(default_factory=dict)
    seal: str = field(default="", repr=False, metadata=UNSEALED)

    def verify(self) -> None:
        """Refuse what was changed since it was shown or read.

        Raises
        ------
        SecrecyError
        """
        check_seal(self)

    def _overview(self) -> Overview:
        counts = {level.plural: len(self.tables[level.id]) for level in self.levels}
        return count_contents(self, counts)


def show_edition(
    edition: Edition,
    *,
    measures: pd.DataFrame | None = None,
    topics: Mapping[str, Sequence[str]] | None = None,
) -> Published:
    """Give what an edition shows.

    Parameters
    ----------
    edition : Edition
    measures : DataFrame, optional
        A list of measures as `show_measures` gives it for the edition's audience.
    topics : mapping of str to sequence of str, optional
        Topic → the indicators that speak about it.

    Returns
    -------
    Published

    Raises
    ------
    SecrecyError
        The edition failed its attack, was not made by `build_edition` or was changed; a measure or a
        column of the list is not meant for its audience.

    Examples
    --------
    >>> from sozialraum.demo import build_musterstadt
    >>> from sozialraum.secrecy.build import build_edition
    >>> show_edition(build_edition(build_musterstadt().atlas)).title
    'Musterstadt'
    """
    edition.verify()
    if measures is not None:
        columns = [c.audience for c in MEASURES.columns if c.name in measures]
        for meant in {*measures["audience"], *columns}:
            if not meant or not sees(edition.audience, meant):
                raise SecrecyError(
                    say("secrecy.measures", audience=say(f"audience.{edition.audience}"))
                )
    shown = Published(
        title=edition.title,
        created=edition.created,
        audience=edition.audience,
        notice=edition.head.notice,
        head=edition.head.entries(),
        levels=edition.levels,
        tables={level.id: edition.table(level.id) for level in edition.levels},
        values=edition.values,
        offers=edition.offers,
        gaps=edition.gaps,
        indicators=edition.indicators,
        categories=edition.categories,
        rounding=edition.secrecy.rounding,
        sources=edition.sources,
        methods=edition.methods,
        inputs=edition.inputs,
        measures=measures,
        topics=topics or {},
    )
    return put_seal(shown)
