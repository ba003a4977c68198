"""Who may use which street and how fast, declared once for all modes.

The table ``CLASSES`` gives every class of street a cell per mode:

========  =========================================================================================
``-``     never
``+``     open unless tagged otherwise (modes that count metres)
``15``    open unless tagged otherwise, at 15 km/h
``4/10``  at 4 km/h; up to 10 where a tag says so: a permission to ride (``bike``) or ``maxspeed``
          (``car``)
``?…``    only where a tag says so: an access tag other than ``access``, or on foot a sidewalk
========  =========================================================================================

The German defaults follow the OpenStreetMap wiki ("OSM tags for routing/Access restrictions",
"DE:Bicycle/Radverkehrsanlagen kartieren", "Key:maxspeed") and StVO §§ 2, 3, 18, 25 and Zeichen 220,
237-245, 250-260, 325. The speeds are assumptions on travel in quiet traffic, waiting at
crossings included; they are no measurements.

===================  ============================================================================
access tags          the most special decides: ``foot``; ``bicycle`` before ``vehicle``;
                     ``motorcar`` before ``motor_vehicle`` before ``vehicle``; each before
                     ``access``. no, private, military, emergency, psv, residents … close; yes,
                     designated, permissive, destination, customers … open. Agricultural,
                     forestry and delivery close to vehicles only. ``destination`` (Anlieger frei)
                     is open to through ways too: who drives there has a reason to.
``…:forward``        and ``…:backward`` of these tags decide for that direction.
``oneway``           does not bind people on foot; ``oneway:foot`` and ``conveying`` do. Bicycles
                     are free where ``oneway:bicycle=no`` or ``cycleway=opposite…`` says so;
                     ``oneway:motor_vehicle`` decides for cars. Roundabouts, and motorways for cars,
                     are one-way unless tagged otherwise.
``motorroad``        closes to everyone but cars unless tagged.
``bicycle_road``     closes to cars unless tagged.
``bicycle``          dismount: the bicycle is pushed. In pedestrian zones and on footways it is pushed
                     unless riding is allowed. ``use_sidepath`` closes the carriageway.
``maxspeed``         cars drive 80 % of what is permitted from 30 km/h on, and no faster than the
                     class allows; ``none`` counts as 130, ``DE:urban`` 50, ``DE:rural`` 100,
                     ``walk`` 7.
``smoothness``       else ``surface``, else ``tracktype``: the first that is tagged slows bicycles
                     and may close a way to wheelchairs (``GROUND``). On roads with pavements
                     wheelchairs do not ask: the tag describes the carriageway.
``wheelchair``       no closes; yes opens whatever ground, steps and barriers say, and so does
                     ``ramp:wheelchair``. Closed are ``incline`` above 6 % (DIN 18040-3) and
                     ``width`` below 0.90 m; kerbs that are raised or above 3 cm. What is not
                     tagged is taken as passable.
``barrier`` nodes    an access tag that closes cuts the way in two; so do the kinds in ``SHUT``
                     unless a tag other than ``access`` opens.
tunnels, motorways   are used, but nobody enters or leaves them between their ends.
ferries              are not used: their times depend on a timetable.
``area=yes``         is used along its outline.
time conditions      (``access:conditional``, ``maxspeed:conditional``) are not read.
===================  ============================================================================
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

CLASSES = """
class            walk  wheelchair  bike    car
motorway         -     -           -       100/105
motorway_link    -     -           -       60/70
trunk            ?     ?           ?17     80/100
trunk_link       ?     ?           ?17     50/60
primary          +     +           17      55/80
primary_link     +     +           17      40/50
secondary        +     +           17      50/80
secondary_link   +     +           17      40/50
tertiary         +     +           17      45/70
tertiary_link    +     +           17      35/50
unclassified     +     +           16      40/60
residential      +     +           16      25/40
minor            +     +           16      30/50
living_street    +     +           8       7/7
service          +     +           14      15/24
road             +     +           14      25/40
track            +     +           13      ?15/15
busway           ?     ?           ?16     ?30/40
cycleway         ?     ?           17      ?15/15
path             +     +           12/15   ?10/10
footway          +     +           4/10    ?7/7
pedestrian       +     +           4/8     ?7/7
bridleway        ?     ?           ?10     -
steps            +     -           -       -
corridor         +     +           ?4      -
platform         +     +           ?4      -
elevator         +     +           ?4      -
"""

CLOSED_CLASSES = (
    "raceway construction proposed planned abandoned razed bus_guideway escape rest_area services "
    "ferry rail transit aerialway"
)
"""Known classes that no mode uses."""

PUSHING_KMH = 4.0
"""Pace of who pushes a bicycle."""

MAXSPEED_SHARE = 0.8
"""What is driven of what is permitted, from 30 km/h on."""

IMPLICIT_KMH = {
    "none": 130.0, "walk": 7.0, "DE:motorway": 130.0, "DE:rural": 100.0, "DE:urban": 50.0,
    "DE:bicycle_road": 30.0, "DE:living_street": 7.0, "DE:walk": 7.0,
}  # fmt: skip
"""Permitted speeds that OpenStreetMap names instead of counting."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


GROUND: dict[str, dict[str, dict[str, float]]] = {
    "wheelchair": {
        "smoothness": dict.fromkeys(
            _words("bad very_bad horrible very_horrible impassable"), 0.0
        ),
        "surface": dict.fromkeys(
            _words(
                "unhewn_cobblestone sand mud grass grass_paver gravel pebblestone rock dirt earth "
                "ground woodchips stepping_stones"
            ),
            0.0,
        ),
        "tracktype": dict.fromkeys(_words("grade3 grade4 grade5"), 0.0),
    },
    "bike": {
        "smoothness": {
            "bad": 12.0, "very_bad": 8.0, "horrible": 5.0, "very_horrible": 4.0, "impassable": 0.0,
        },
        "surface": {
            "cobblestone": 10.0, "unhewn_cobblestone": 8.0, "sett": 12.0, "gravel": 10.0,
            "pebblestone": 10.0, "grass": 8.0, "dirt": 10.0, "earth": 10.0, "ground": 10.0,
            "sand": 5.0, "mud": 5.0,
        },
        "tracktype": {"grade3": 12.0, "grade4": 10.0, "grade5": 8.0},
    },
}  # fmt: skip
"""Highest km/h per mode, tag and value; 0 closes."""

SHUT = {
    "wheelchair": _words(
        "cycle_barrier motorcycle_barrier stile turnstile kissing_gate full-height_turnstile "
        "horse_stile hampshire_gate step log debris chain"
    ),
    "bike": _words("stile turnstile kissing_gate full-height_turnstile horse_stile"),
    "car": _words(
        "bollard cycle_barrier motorcycle_barrier stile turnstile kissing_gate horse_stile "
        "full-height_turnstile hampshire_gate step log debris chain block jersey_barrier planter "
        "bus_trap sump_buster wall fence yes"
    ),
}
"""Barriers on a way that stop a mode unless tagged otherwise."""

KERB_M, INCLINE_PERCENT, WIDTH_M = 0.03, 6.0, 0.90
"""What a wheelchair gets over, up and through."""


@dataclass(frozen=True)
class Rules:
    """Which ways a mode may use and how fast.

    Attributes
    ----------
    mode : str
    open, tagged, closed : frozenset of str
        Classes of streets usable unless tagged otherwise, only where tagged, and never. The classes
        of OpenMapTiles (``minor`` …) stand beside those of OpenStreetMap.
    pace : dict of str to (float, float)
        Usual and highest km/h by class; 1 where metres count.
    timed : bool
        Whether time counts instead of metres.
    keys : tuple of str
        Access tags, the most special first, ``access`` last.
    allow, forbid : frozenset of str
        Values of these tags.
    oneway : tuple of str
        Tags of direction, the most special first.
    rings : frozenset of str
        Values of ``junction``, and classes, that are one-way unless tagged otherwise.
    motorroad : bool
        Whether a Kraftfahrstraße is open; if not, it is used only where tagged.
    """

    mode: str
    open: frozenset[str]
    tagged: frozenset[str]
    closed: frozenset[str]
    pace: Mapping[str, tuple[float, float]]
    timed: bool
    keys: tuple[str, ...]
    allow: frozenset[str]
    forbid: frozenset[str]
    oneway: tuple[str, ...]
    rings: frozenset[str] = frozenset()
    motorroad: bool = False
    ground: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    shut: frozenset[str] = frozenset()


_CELL = re.compile(r"(\??)(?:\+|(\d+)(?:/(\d+))?)?")
_ALLOW = "yes designated official permissive destination customers public"
_FORBID = "no private use_sidepath military emergency psv bus residents restricted permit"
_RINGS = _words("roundabout circular")


def _declare(mode: str, keys: str, oneway: str, *, allow: str = "", forbid: str = "",
             rings: frozenset[str] = frozenset(), motorroad: bool = False) -> Rules:  # fmt: skip
    """Read a column of ``CLASSES`` and add what holds for the mode."""
    head, *rows = (line.split() for line in CLASSES.strip().splitlines())
    column = {row[0]: row[head.index(mode)] for row in rows}
    cells = {kind: m for kind, cell in column.items() if (m := _CELL.fullmatch(cell))}
    pace = {kind: (float(m[2] or 1), float(m[3] or m[2] or 1)) for kind, m in cells.items()}
    return Rules(
        mode=mode,
        open=frozenset(kind for kind, m in cells.items() if not m[1]),
        tagged=frozenset(kind for kind, m in cells.items() if m[1]),
        closed=frozenset(column.keys() - cells.keys()) | _words(CLOSED_CLASSES),
        pace=pace,
        timed=any(m[2] for m in cells.values()),
        keys=tuple(keys.split()),
        allow=_words(f"{_ALLOW} {allow}"),
        forbid=_words(f"{_FORBID} {forbid}"),
        oneway=tuple(oneway.split()),
        rings=rings,
        motorroad=motorroad,
        ground=GROUND.get(mode, {}),
        shut=SHUT.get(mode, frozenset()),
    )


_VEHICLES = "agricultural forestry delivery taxi hgv goods tourist_bus"
WALK = _declare("walk", "foot access", "oneway:foot conveying")
WHEELCHAIR = _declare("wheelchair", "foot access", "oneway:foot conveying")
BIKE = _declare(
    "bike", "bicycle vehicle access", "oneway:bicycle oneway",
    allow="dismount", forbid=_VEHICLES, rings=_RINGS,
)  # fmt: skip
CAR = _declare(
    "car", "motorcar motor_vehicle vehicle access",
    "oneway:motorcar oneway:motor_vehicle oneway:vehicle oneway",
    forbid=_VEHICLES, rings=_RINGS | {"motorway"}, motorroad=True,
)  # fmt: skip

MODES = {rules.mode: rules for rules in (WALK, WHEELCHAIR, BIKE, CAR)}

_ONEWAY = {
    "yes": 1, "true": 1, "1": 1, "forward": 1, "-1": -1, "reverse": -1, "backward": -1, "no": 0,
}  # fmt: skip
_SIDEWALK = {"both", "left", "right", "yes"}
_ROLLABLE = {"yes", "designated"}
_PAVEMENT = _words(
    "primary primary_link secondary secondary_link tertiary tertiary_link unclassified residential"
)
_CONTRAFLOW = ("cycleway", "cycleway:left", "cycleway:right", "cycleway:both")
_NAMED_LIMITS = ("maxspeed:type", "source:maxspeed", "zone:maxspeed", "zone:traffic")


def may_use(tags: Any, rules: Rules) -> bool:
    """Tell whether the tags of a way let the mode use it, in at least one direction.

    Examples
    --------
    >>> may_use({"highway": "residential"}, WALK), may_use({"highway": "cycleway"}, WALK)
    (True, False)
    >>> may_use({"highway": "service", "access": "private", "foot": "yes"}, WALK)
    True
    >>> may_use({"highway": "steps"}, WHEELCHAIR), may_use({"highway": "track"}, CAR)
    (False, False)
    """
    kind = tags.get("highway")
    if rules.mode == "wheelchair":
        if tags.get("wheelchair") == "no" or not (_has_ramp(tags) or _can_roll(tags, rules)):
            return False
        usual = kind in rules.open or kind == "steps"
    else:
        usual = kind in rules.open and _find_ground(tags, rules) > 0
    if not usual and kind not in rules.tagged:
        return False
    if not rules.motorroad:
        usual = usual and tags.get("motorroad") != "yes"
    elif tags.get("bicycle_road") == "yes" or tags.get("cyclestreet") == "yes":
        usual = False
    for key in rules.keys:
        verdict = _judge(tags.get(key), rules)
        if verdict is False:
            return False
        if verdict and (usual or key != "access"):
            return True
    return usual or (rules.keys[0] == "foot" and tags.get("sidewalk") in _SIDEWALK)


def find_speeds(tags: Any, rules: Rules) -> tuple[float, float]:
    """Give km/h along and against the line; 0 where closed, 1 for modes that count metres.

    Examples
    --------
    >>> street = {"highway": "residential", "oneway": "yes", "maxspeed": "30"}
    >>> find_speeds(street, CAR), find_speeds(street, BIKE), find_speeds(street, WALK)
    ((24.0, 0.0), (16.0, 0.0), (1.0, 1.0))
    >>> find_speeds(street | {"oneway:bicycle": "no"}, BIKE)
    (16.0, 16.0)
    """
    if not may_use(tags, rules):
        return 0.0, 0.0
    direction = find_direction(tags, rules)
    speeds = []
    for sign, word in ((1, "forward"), (-1, "backward")):
        allowed: bool | None = None
        for key in rules.keys:
            if allowed is None:
                allowed = _judge(tags.get(f"{key}:{word}"), rules)
        if allowed is None:
            allowed = direction in (0, sign)
        speeds.append(_find_speed(tags, rules, word) if allowed else 0.0)
    return speeds[0], speeds[1]


def find_direction(tags: Any, rules: Rules) -> int:
    """Give 1 if the mode may only follow the line, -1 if only go against it, else 0.

    Examples
    --------
    >>> find_direction({"oneway": "yes"}, WALK), find_direction({"oneway:foot": "yes"}, WALK)
    (0, 1)
    >>> find_direction({"oneway": "yes", "cycleway": "opposite_lane"}, BIKE)
    0
    """
    for key in rules.oneway:
        if key == "oneway" and rules.mode == "bike" and _has_contraflow(tags):
            return 0
        value = tags.get(key)
        if value in _ONEWAY and not (key == "conveying" and value == "yes"):
            return _ONEWAY[value]
    return int(tags.get("junction") in rules.rings or tags.get("highway") in rules.rings)


def is_shut(tags: Any, rules: Rules) -> bool:
    """Tell whether a node with these tags keeps the mode from passing along a way.

    Examples
    --------
    >>> is_shut({"barrier": "gate", "access": "private"}, WALK)
    True
    >>> [is_shut({"barrier": "bollard"}, rules) for rules in (BIKE, CAR)]
    [False, True]
    """
    opened = False
    for key in rules.keys:
        verdict = _judge(tags.get(key), rules)
        if verdict is False:
            return True
        if verdict:
            opened = key != "access"
            break
    if rules.mode == "wheelchair":
        opened = tags.get("wheelchair") in _ROLLABLE
        if tags.get("wheelchair") == "no" or (not opened and _has_high_kerb(tags)):
            return True
    return not opened and tags.get("barrier") in rules.shut


def is_through(tags: Any) -> bool:
    """Tell whether a way can be left at its ends only, so that no house stands at it.

    Examples
    --------
    >>> [is_through({"highway": kind}) for kind in ("motorway", "primary")]
    [True, False]
    """
    return bool(
        tags.get("highway") in ("motorway", "motorway_link")
        or tags.get("motorroad") == "yes"
        or tags.get("tunnel") == "yes"
    )


def is_barrier(tags: Any) -> bool:
    """Tell whether nobody gets across a line with these tags: a river, a railway, a motorway.

    Streams, sidings and what runs in a tunnel or on a bridge keep nobody.

    Examples
    --------
    >>> [is_barrier({"waterway": kind}) for kind in ("river", "stream")]
    [True, False]
    """
    if any(tags.get(key, "no") not in ("no", "building_passage") for key in ("tunnel", "bridge")):
        return False
    if tags.get("railway") == "rail":
        return tags.get("service") not in ("spur", "siding")
    return tags.get("waterway") in ("river", "canal") or tags.get("highway") == "motorway"


def is_water(tags: Any) -> bool:
    """Tell whether an area with these tags is water.

    Examples
    --------
    >>> is_water({"natural": "water"}), is_water({"natural": "wood"})
    (True, False)
    """
    return bool(tags.get("natural") == "water" or tags.get("waterway") == "riverbank")


def _judge(value: str | None, rules: Rules) -> bool | None:
    """Give True for an access value that opens, False for one that closes, None for neither."""
    if value is None:
        return None
    parts = [part.strip() for part in value.split(";")]
    if any(part in rules.allow for part in parts):
        return True
    return False if any(part in rules.forbid for part in parts) else None


def _find_speed(tags: Any, rules: Rules, word: str) -> float:
    """Give the km/h of an open way in one direction."""
    if not rules.timed:
        return 1.0
    usual, top = rules.pace[tags.get("highway")]
    if rules.mode == "bike":
        if tags.get("bicycle") == "dismount":
            return PUSHING_KMH
        riding = _judge(tags.get("bicycle"), rules)
        return min(top if riding else usual, _find_ground(tags, rules))
    permitted = _find_permitted(tags, word)
    if permitted is None:
        return usual
    return min(permitted * (MAXSPEED_SHARE if permitted >= 30 else 1.0), top)


def _find_permitted(tags: Any, word: str) -> float | None:
    """Give the permitted km/h, if it is tagged in a way that can be read."""
    for key in (f"maxspeed:{word}", "maxspeed", *_NAMED_LIMITS):
        value = tags.get(key)
        if value in IMPLICIT_KMH:
            return IMPLICIT_KMH[value]
        zone = re.fullmatch(r"DE:(?:zone:?)?(\d+)", value or "")
        if zone:
            return float(zone[1])
        if key.startswith("maxspeed") and key != "maxspeed:type":
            number = read_number(value, {"": 1.0, "km/h": 1.0, "kmh": 1.0, "mph": 1.609344})
            if number is not None and number >= 3:
                return number
    return None


def _find_ground(tags: Any, rules: Rules) -> float:
    """Give the highest km/h that the ground allows; 0 closes."""
    for key, ceilings in rules.ground.items():
        value = tags.get(key)
        if value is not None:
            return ceilings.get(value, math.inf)
    return math.inf


def _has_contraflow(tags: Any) -> bool:
    return any(
        (tags.get(key) or "").startswith("opposite") or tags.get(f"{key}:oneway") in ("no", "-1")
        for key in _CONTRAFLOW
    )


def _has_ramp(tags: Any) -> bool:
    return tags.get("wheelchair") in _ROLLABLE or tags.get("ramp:wheelchair") == "yes"


def _can_roll(tags: Any, rules: Rules) -> bool:
    """Tell whether nothing that is tagged stops a wheelchair."""
    kind = tags.get("highway")
    if kind == "steps":
        return False
    incline = read_number(tags.get("incline"), {"%": 1.0, "": 1.0, "°": None})
    if incline is not None and abs(incline) > INCLINE_PERCENT:
        return False
    if kind in _PAVEMENT:
        return True
    width = read_number(tags.get("width"), {"": 1.0, "m": 1.0, "cm": 0.01})
    return _find_ground(tags, rules) > 0 and (width is None or width >= WIDTH_M)


def _has_high_kerb(tags: Any) -> bool:
    height = read_number(tags.get("kerb:height"), {"": 1.0, "m": 1.0, "cm": 0.01})
    return height > KERB_M if height is not None else tags.get("kerb") == "raised"


def read_number(value: str | None, units: Mapping[str, float | None]) -> float | None:
    """Read a number with a unit; None where there is none, degrees of a slope become per cent.

    Examples
    --------
    >>> read_number("80 cm", {"": 1.0, "cm": 0.01}), read_number("up", {"": 1.0})
    (0.8, None)
    >>> round(read_number("-5°", {"°": None}), 1)
    -8.7
    """
    found = re.fullmatch(r"([+-]?\d+(?:[.,]\d+)?)\s*(\S*)", (value or "").strip())
    if not found or found[2] not in units:
        return None
    number, factor = float(found[1].replace(",", ".")), units[found[2]]
    return 100 * math.tan(math.radians(number)) if factor is None else number * factor
