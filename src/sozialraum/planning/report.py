"""What of the needs register an edition's readers see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from sozialraum.model.audience import CLOSED, sees
from sozialraum.model.entries import need_fields
from sozialraum.model.overview import Overview, Showing
from sozialraum.model.schema import MEASURES, NEEDS
from sozialraum.planning.action import ActionRule, find_actions
from sozialraum.planning.evidence import relate_needs
from sozialraum.planning.measures import answer_needs, show_measures
from sozialraum.planning.needs import COUNTS, list_traeger, summarise_needs
from sozialraum.planning.settle import settle_again
from sozialraum.secrecy.edition import Edition
from sozialraum.texts import number, say

LEAST_PROVIDERS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsPlan:
    """What is to be made of a needs register.

    Attributes
    ----------
    topics : mapping of str to str or sequence of str
        Topic → the indicators that speak about it.
    rules : sequence of ActionRule
    audience : {"nichtoeffentlich", "oeffentlich", "intern"}
        Who may read single statements. All others see summaries alone.
    providers : int
        These summaries rest on at least so many Träger; with 3, none of them can tell what another one
        said.
    """

    topics: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    rules: Sequence[ActionRule] = ()
    audience: str = CLOSED
    providers: int = LEAST_PROVIDERS

    def __post_init__(self) -> None:
        """Refuse what is of another kind."""
        need_fields(self)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class NeedsReport(Showing):
    """What an edition's readers see of a needs register.

    Attributes
    ----------
    statements : DataFrame
        The rows of the register; none for readers who see summaries alone.
    summary : DataFrame
        As `relate_needs` gives it.
    action : DataFrame
        As `find_action` gives it, all rules.
    methods : tuple of str
        German sentences: what was counted and what the words mean.
    """

    statements: pd.DataFrame
    summary: pd.DataFrame
    action: pd.DataFrame
    methods: tuple[str, ...]

    def _overview(self) -> Overview:
        counts = {
            say("overview.statements"): len(self.statements),
            say("overview.summary"): len(self.summary),
            say("overview.action"): int((self.action["action"] == say("needs.action.acute")).sum()),
        }
        rows = tuple((what, number(count)) for what, count in counts.items())
        return Overview(say("overview.needs"), (say("atlas.what"), say("atlas.count")), rows)


def report_needs(
    needs: pd.DataFrame,
    edition: Edition,
    plan: NeedsPlan | None = None,
    *,
    measures: pd.DataFrame | None = None,
) -> NeedsReport:
    """Make of a needs register what the readers of an edition may see.

    Parameters
    ----------
    needs : DataFrame
        As `settle_needs` gives it.
    edition : Edition
    plan : NeedsPlan, optional
    measures : DataFrame, optional
        As `settle_measures` gives it: beside each topic stands what answers it.

    Returns
    -------
    NeedsReport

    Raises
    ------
    InputError
        The register or the list names areas that the edition does not have. Parts of what
        `merge_areas` joined since mean the joint area.
    SecrecyError
        The edition was not made by `build_edition` or was changed.
    UnknownNameError
        There is no such audience or level.

    Notes
    -----
    Who does not see single statements sees only those area and topic pairs for which at least
    ``providers`` Träger spoke; pairs with fewer and pairs with none look the same. There, ``statements``
    counts what Träger said; ``without_traeger``, the number of other statements, is missing where it is
    above 0 and below the edition's minimum, for those are single persons.

    Examples
    --------
    >>> from sozialraum.demo import build_musterstadt, build_needs
    >>> from sozialraum.planning.needs import settle_needs
    >>> from sozialraum.secrecy.build import build_edition
    >>> atlas = build_musterstadt().atlas
    >>> said = settle_needs(build_needs(), atlas.areas, atlas.offers).table
    >>> report = report_needs(said, build_edition(atlas), NeedsPlan())
    >>> len(report.statements), report.summary[["area", "topic"]].values.tolist()
    (0, [['22', 'Armut']])
    """
    edition.verify()
    plan = plan or NeedsPlan()
    needs = settle_again(needs, NEEDS, edition.areas)
    if measures is not None:
        measures = settle_again(measures, MEASURES, edition.areas)
    seen = sees(edition.audience, plan.audience)
    least = 0 if seen else plan.providers
    summary = summarise_needs(needs) if seen else _protect(needs, edition, plan.providers)
    listed = None if measures is None else show_measures(measures, edition.audience)
    depth = {level.id: i for i, level in enumerate(edition.levels)}
    summary = summary.sort_values(
        ["level", "area", "topic"],
        key=lambda column: column.map(depth) if column.name == "level" else column,
        ignore_index=True,
    )
    methods = [say("needs.how_sample"), say("needs.how_evidence")]
    if not seen:
        methods.append(say("needs.how_public", providers=number(plan.providers)))
    told = relate_needs(summary, edition, plan.topics)
    action = find_actions(needs, edition, plan.rules, providers=least)
    if listed is not None:
        told, action = (t.assign(measures=answer_needs(t, listed, edition.areas))
                        for t in (told, action))  # fmt: skip
    return NeedsReport(needs if seen else needs.iloc[:0], told, action, tuple(methods))


def _protect(needs: pd.DataFrame, edition: Edition, providers: int) -> pd.DataFrame:
    """Summarise what at least so many Träger said, and say how many others spoke if they are many."""
    keys = ["level", "area", "topic"]
    named = list_traeger(needs) != ""
    table = summarise_needs(needs[named])
    table = table[table["traeger"] >= providers]
    others = summarise_needs(needs[~named]).set_index(keys)["statements"]
    places = pd.MultiIndex.from_frame(table[keys])
    count = others.reindex(places, fill_value=0).astype("int64").to_numpy()
    few = (count > 0) & (count < edition.secrecy.highest)
    table = table.assign(without_traeger=pd.Series(count, index=table.index).astype("Int64"))
    table["without_traeger"] = table["without_traeger"].mask(pd.Series(few, index=table.index))
    words = {True: say("needs.few_others", minimum=number(edition.secrecy.highest)), False: ""}
    table["sample"] = [
        sample + (words[bool(f)] if f or not n else say("needs.others", count=number(n)))
        for sample, n, f in zip(table["sample"], count, few, strict=True)
    ]
    return table.astype(dict.fromkeys(COUNTS, "Int64")).reset_index(drop=True)
