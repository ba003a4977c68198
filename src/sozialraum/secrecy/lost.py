"""What nobody can protect any more, for earlier editions give it away."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sozialraum.secrecy.attack import Needs, reader
from sozialraum.secrecy.breaches import find_narrow
from sozialraum.secrecy.publication import Publication
from sozialraum.secrecy.system import Bools


def spare_lost(publication: Publication, needs: Needs, counts: Bools) -> tuple[Needs, Bools, Bools]:
    """Take out of protection what follows from earlier editions alone.

    Parameters
    ----------
    publication : Publication
    needs : Needs
    counts : array of bool
        Further counts that must not follow exactly.

    Returns
    -------
    needs : Needs
        Of everything else.
    counts : array of bool
        Likewise.
    lost : array of bool
        Cells of ``needs`` that an earlier edition shows, or that follow more narrowly than they need;
        of a cell that merely cannot reach far enough above its value the width stays protected.

    Notes
    -----
    The attacker has nothing but the earlier editions: what he finds then he finds whatever is withheld.
    """
    given = publication.given
    if given is None or not given.any():
        return needs, counts, np.zeros(len(counts), bool)
    system, above = publication.system, needs.above
    width = np.where(counts & ~needs.own, 1.0, needs.width)
    narrow = given.copy()
    narrow[find_narrow(system, given, reader(system), width)] = True
    low = np.zeros(len(counts), bool)
    if above is not None:
        low[find_narrow(system, given, reader(system), above, upward=True)] = True
        above = np.where(low, np.nan, above)
    width = np.where(narrow, np.nan, needs.width)
    lost = (narrow | low) & needs.own
    return replace(needs, width=width, above=above), counts & ~narrow, lost
