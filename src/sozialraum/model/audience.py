"""For whom figures are: what is not for the public stays inside, and what is made of it."""

from __future__ import annotations

from collections.abc import Mapping

from sozialraum.model.indicator import Indicator

AUDIENCES = ("oeffentlich", "nichtoeffentlich", "intern")


def find_kept_back(indicators: Mapping[str, Indicator]) -> set[str]:
    """Find the indicators that are not for the public, and those made of them.

    Examples
    --------
    >>> paid = Indicator(id="euro", title="Euro", audience="intern")
    >>> each = Indicator(id="je", title="je Kopf", numerator_of=("euro",))
    >>> sorted(find_kept_back({"euro": paid, "je": each, "u6": Indicator(id="u6", title="U6")}))
    ['euro', 'je']
    """
    kept = {name for name, i in indicators.items() if i.audience != AUDIENCES[0]}
    before = -1
    while before < len(kept):
        before = len(kept)
        for name, i in indicators.items():
            parts = (*i.numerator_of, *i.denominator_of, *i.made_of)
            if any(part.removeprefix("-") in kept for part in parts):
                kept.add(name)
    return kept
