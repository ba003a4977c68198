"""Who may use which street, declared once per mode.

On foot (``WALK``), after the German defaults of the OpenStreetMap wiki ("OSM tags for
routing/Access restrictions") and StVO §§ 2, 18, 25:

=================  ==============================================================================
``highway``        open to people on foot unless tagged otherwise: all roads from primary to
                   service, living_street, pedestrian, footway, path, track, steps, corridor,
                   platform, elevator, road; only where a tag says so (``foot`` yes, designated,
                   official, permissive, destination, customers, or a sidewalk): cycleway,
                   bridleway, busway, trunk, every ``motorroad=yes``; never: motorway, raceway,
                   construction, proposed.
``foot``           decides before ``access``: no, private, use_sidepath, military … close, yes and
                   its kin open.
``access``         no, private, military, emergency, psv … close. Agricultural, forestry,
                   destination, delivery, customers, permissive bind vehicles and stay open.
``oneway``         does not bind people on foot. ``oneway:foot`` does, and so does ``conveying``
                   of an escalator.
``barrier`` nodes  with foot=no or access=no/private cut the way in two.
ferries            are not used: their times depend on a timetable.
``area=yes``       is walked along its outline.
time conditions    (``access:conditional`` …) are not read.
=================  ==============================================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Rules:
    """Which ways a mode may use.

    Attributes
    ----------
    open, tagged, closed : frozenset of str
        Classes of streets usable unless tagged otherwise, only where tagged, and never. The classes
        of OpenMapTiles (``minor`` …) stand beside those of OpenStreetMap.
    keys : tuple of str
        Access tags, the most special first.
    allow, forbid : frozenset of str
        Values of these tags.
    motorroad : bool
        Whether a Kraftfahrstraße is open; if not, it is used only where tagged.
    """

    open: frozenset[str]
    tagged: frozenset[str]
    closed: frozenset[str]
    keys: tuple[str, ...]
    allow: frozenset[str]
    forbid: frozenset[str]
    motorroad: bool


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


WALK = Rules(
    open=_words(
        "primary primary_link secondary secondary_link tertiary tertiary_link unclassified "
        "residential living_street service road track path footway pedestrian steps corridor "
        "platform elevator minor"
    ),
    tagged=_words("trunk trunk_link cycleway bridleway busway"),
    closed=_words(
        "motorway motorway_link raceway construction proposed planned abandoned razed bus_guideway "
        "escape rest_area services ferry rail transit aerialway"
    ),
    keys=("foot", "access"),
    allow=_words("yes designated official permissive destination customers public"),
    forbid=_words("no private use_sidepath military emergency psv bus residents restricted"),
    motorroad=False,
)

MODES = {"walk": WALK}

_ONEWAY = {"yes": 1, "true": 1, "1": 1, "forward": 1, "-1": -1, "reverse": -1, "backward": -1}
_SIDEWALK = {"both", "left", "right", "yes"}


def may_use(tags: Any, rules: Rules) -> bool:
    """Tell whether the tags of a way let the mode use it.

    Examples
    --------
    >>> may_use({"highway": "residential"}, WALK), may_use({"highway": "cycleway"}, WALK)
    (True, False)
    >>> may_use({"highway": "service", "access": "private", "foot": "yes"}, WALK)
    True
    """
    kind = tags.get("highway")
    if kind not in rules.open and kind not in rules.tagged:
        return False
    usual = kind in rules.open and (rules.motorroad or tags.get("motorroad") != "yes")
    for key in rules.keys:
        value = tags.get(key)
        if value in rules.forbid:
            return False
        if value in rules.allow and (key == rules.keys[0] or usual):
            return True
    return usual or tags.get("sidewalk") in _SIDEWALK


def find_direction(tags: Any) -> int:
    """Give 1 if people on foot may only follow the line, -1 if only against it, else 0.

    Examples
    --------
    >>> find_direction({"oneway": "yes"}), find_direction({"oneway:foot": "yes"})
    (0, 1)
    """
    for key in ("oneway:foot", "conveying"):
        value = tags.get(key)
        if value in _ONEWAY and not (key == "conveying" and value == "yes"):
            return _ONEWAY[value]
    return 0


def is_shut(tags: Any, rules: Rules) -> bool:
    """Tell whether a barrier with these tags keeps the mode from passing.

    Examples
    --------
    >>> is_shut({"barrier": "gate", "access": "private"}, WALK)
    True
    """
    for key in rules.keys:
        value = tags.get(key)
        if value in rules.allow:
            return False
        if value in rules.forbid:
            return True
    return False
