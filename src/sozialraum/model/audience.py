"""For whom figures and columns are: what is not for all stays inside, and what is made of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from sozialraum.errors import UnknownNameError
from sozialraum.model.indicator import Indicator
from sozialraum.model.schema import OFFERS

# From all readers to the fewest; whoever sees a version sees all that stands before it.
AUDIENCES = ("oeffentlich", "nichtoeffentlich", "intern")
PUBLIC, CLOSED, INTERNAL = AUDIENCES
# What the names of their files begin with.
MARKS = {PUBLIC: "", CLOSED: "NICHTOEFFENTLICH_", INTERNAL: "INTERN_"}


def sees(audience: str, meant: str) -> bool:
    """Tell whether an audience sees what is meant for another one.

    Raises
    ------
    UnknownNameError
        There is no such audience.

    Examples
    --------
    >>> sees("nichtoeffentlich", "oeffentlich"), sees("nichtoeffentlich", "intern")
    (True, False)
    """
    for name in (audience, meant):
        if name not in AUDIENCES:
            raise UnknownNameError("audience", name, AUDIENCES)
    return AUDIENCES.index(meant) <= AUDIENCES.index(audience)


def find_kept_back(indicators: Mapping[str, Indicator], audience: str = PUBLIC) -> set[str]:
    """Find the indicators that an audience does not see, and those made of them.

    Examples
    --------
    >>> paid = Indicator(id="euro", title="Euro", audience="nichtoeffentlich")
    >>> each = Indicator(id="je", title="je Kopf", numerator_of=("euro",))
    >>> known = {"euro": paid, "je": each, "u6": Indicator(id="u6", title="U6")}
    >>> sorted(find_kept_back(known)), sorted(find_kept_back(known, "nichtoeffentlich"))
    (['euro', 'je'], [])
    """
    kept = {name for name, i in indicators.items() if not sees(audience, i.audience)}
    before = -1
    while before < len(kept):
        before = len(kept)
        for name, i in indicators.items():
            parts = (*i.numerator_of, *i.denominator_of, *i.made_of)
            if any(part.removeprefix("-") in kept for part in parts):
                kept.add(name)
    return kept


def list_fields(
    columns: Iterable[str],
    audience: str = PUBLIC,
    *,
    fields: Collection[str] = (),
    without: Collection[str] = (),
) -> list[str]:
    """List the columns of offers that an audience sees, in the order of the schema.

    Parameters
    ----------
    columns : iterable of str
        What the table of offers has.
    audience : str
    fields : collection of str
        Shown besides what the schema names, columns it does not know included.
    without : collection of str
        Left out.

    Returns
    -------
    list of str
        Without the column ``offer``. A column that the schema does not know is shown to nobody
        unless ``fields`` names it.

    Examples
    --------
    >>> columns = ["offer", "category", "contact_name", "notiz", "name", "row"]
    >>> list_fields(columns)
    ['name', 'category']
    >>> list_fields(columns, "nichtoeffentlich", fields=["contact_name", "notiz"], without=["name"])
    ['category', 'contact_name', 'notiz']
    """
    there = list(columns)
    shown = [
        c.name
        for c in OFFERS.columns
        if c.name in fields or (c.audience and sees(audience, c.audience))
    ]
    shown += [name for name in fields if name not in shown]
    return [name for name in shown if name in there and name not in {"offer", *without}]
