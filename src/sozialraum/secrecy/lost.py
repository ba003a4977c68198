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
        Cells of ``needs`` that an earlier edition shows, or that follow more narrowly than they need.

    Notes
    -----
    The attacker has nothing but the earlier editions: what he finds then he finds whatever is withheld.
    """
    given = publication.given
    if given is None or not given.any():
        return needs, counts, np.zeros(len(counts), bool)
    width = np.where(counts & ~needs.own, 1.0, needs.width)
    narrow = given.copy()
    narrow[find_narrow(publication.system, given, reader(publication.system), width)] = True
    lost = narrow & needs.own
    return replace(needs, width=np.where(lost, np.nan, needs.width)), counts & ~narrow, lost
