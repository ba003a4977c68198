"""Who may use which way and how fast, by hand: tags and what follows for the four modes."""

from __future__ import annotations

import pytest

from sozialraum.read.street_rules import (
    BIKE,
    CAR,
    CLASSES,
    MODES,
    WALK,
    WHEELCHAIR,
    find_speeds,
    is_barrier,
    is_shut,
    is_through,
    may_use,
)


def way(text):
    """Tags from text such as "highway=path, foot=no"."""
    return dict(part.split("=") for part in text.split(", ") if part)


# Tags; walk, wheelchair, bike, car: km/h along and against the line (one number: the same both
# ways; on foot and in a wheelchair 1 means open). 30 km/h permitted are driven at 24, 50 at 40.
CASES = [
    # classes
    ("highway=residential", 1, 1, 16, 25),
    ("highway=primary", 1, 1, 17, 55),
    ("highway=motorway", 0, 0, 0, (100, 0)),
    ("highway=motorway_link", 0, 0, 0, 60),
    ("highway=trunk", 0, 0, 0, 80),
    ("highway=service", 1, 1, 14, 15),
    ("highway=living_street", 1, 1, 8, 7),
    ("highway=track", 1, 1, 13, 0),
    ("highway=footway", 1, 1, 4, 0),
    ("highway=pedestrian", 1, 1, 4, 0),
    ("highway=path", 1, 1, 12, 0),
    ("highway=cycleway", 0, 0, 17, 0),
    ("highway=steps", 1, 0, 0, 0),
    ("highway=elevator", 1, 1, 0, 0),
    ("highway=bridleway", 0, 0, 0, 0),
    ("highway=construction", 0, 0, 0, 0),
    ("highway=proposed", 0, 0, 0, 0),
    ("route=ferry", 0, 0, 0, 0),
    ("railway=rail", 0, 0, 0, 0),
    # who may
    ("highway=residential, access=no", 0, 0, 0, 0),
    ("highway=residential, access=private", 0, 0, 0, 0),
    ("highway=residential, access=destination", 1, 1, 16, 25),
    ("highway=service, access=customers", 1, 1, 14, 15),
    ("highway=service, access=private, motor_vehicle=yes", 0, 0, 0, 15),
    ("highway=service, access=delivery", 1, 1, 0, 0),
    ("highway=residential, access=no, foot=yes, bicycle=yes", 1, 1, 16, 0),
    ("highway=residential, vehicle=no", 1, 1, 0, 0),
    ("highway=residential, vehicle=no, bicycle=yes", 1, 1, 16, 0),
    ("highway=residential, motor_vehicle=no", 1, 1, 16, 0),
    ("highway=residential, motor_vehicle=destination", 1, 1, 16, 25),
    ("highway=residential, motor_vehicle=no, motorcar=yes", 1, 1, 16, 25),
    ("highway=residential, motor_vehicle=agricultural;forestry", 1, 1, 16, 0),
    ("highway=residential, motor_vehicle=agricultural;destination", 1, 1, 16, 25),
    ("highway=service, psv=yes, access=psv", 0, 0, 0, 0),
    ("highway=residential, bicycle=no", 1, 1, 0, 25),
    ("highway=primary, bicycle=use_sidepath", 1, 1, 0, 55),
    ("highway=primary, foot=use_sidepath", 0, 0, 17, 55),
    ("highway=trunk, bicycle=yes", 0, 0, 17, 80),
    ("highway=trunk, foot=yes", 1, 1, 0, 80),
    ("highway=trunk, motorroad=yes", 0, 0, 0, 80),
    ("highway=primary, motorroad=yes", 0, 0, 0, 55),
    ("highway=primary, motorroad=yes, bicycle=yes", 0, 0, 17, 55),
    ("highway=residential, bicycle_road=yes", 1, 1, 16, 0),
    ("highway=residential, bicycle_road=yes, motor_vehicle=destination", 1, 1, 16, 25),
    ("highway=track, motor_vehicle=yes", 1, 1, 13, 15),
    ("highway=track, vehicle=agricultural", 1, 1, 0, 0),
    ("highway=track, motor_vehicle=agricultural", 1, 1, 13, 0),
    ("highway=track, access=agricultural", 1, 1, 0, 0),
    ("highway=track, access=yes", 1, 1, 13, 0),
    ("highway=pedestrian, bicycle=yes", 1, 1, 8, 0),
    ("highway=pedestrian, bicycle=no", 1, 1, 0, 0),
    ("highway=pedestrian, motor_vehicle=delivery", 1, 1, 4, 0),
    ("highway=pedestrian, motor_vehicle=destination", 1, 1, 4, 7),
    ("highway=footway, bicycle=yes", 1, 1, 10, 0),
    ("highway=footway, bicycle=dismount", 1, 1, 4, 0),
    ("highway=residential, bicycle=dismount", 1, 1, 4, 25),
    ("highway=path, bicycle=designated, foot=designated", 1, 1, 15, 0),
    ("highway=path, bicycle=no", 1, 1, 0, 0),
    ("highway=cycleway, foot=yes", 1, 1, 17, 0),
    ("highway=cycleway, motor_vehicle=destination", 0, 0, 17, 15),
    ("highway=bridleway, bicycle=yes", 0, 0, 10, 0),
    ("highway=busway", 0, 0, 0, 0),
    ("highway=busway, bicycle=yes", 0, 0, 16, 0),
    # one way
    ("highway=residential, oneway=yes", 1, 1, (16, 0), (25, 0)),
    ("highway=residential, oneway=true", 1, 1, (16, 0), (25, 0)),
    ("highway=residential, oneway=-1", 1, 1, (0, 16), (0, 25)),
    ("highway=residential, oneway=no", 1, 1, 16, 25),
    ("highway=residential, oneway=yes, oneway:bicycle=no", 1, 1, 16, (25, 0)),
    ("highway=residential, oneway=yes, cycleway=opposite", 1, 1, 16, (25, 0)),
    ("highway=residential, oneway=yes, cycleway=opposite_lane", 1, 1, 16, (25, 0)),
    ("highway=residential, oneway=yes, cycleway=opposite_track", 1, 1, 16, (25, 0)),
    ("highway=residential, oneway=yes, cycleway:left=opposite_lane", 1, 1, 16, (25, 0)),
    ("highway=residential, oneway=yes, cycleway:left:oneway=-1", 1, 1, 16, (25, 0)),
    ("highway=residential, oneway=yes, cycleway=lane", 1, 1, (16, 0), (25, 0)),
    ("highway=residential, oneway=yes, oneway:motor_vehicle=no", 1, 1, (16, 0), 25),
    ("highway=residential, oneway:bicycle=yes", 1, 1, (16, 0), 25),
    ("highway=residential, bicycle:backward=yes, oneway=yes", 1, 1, 16, (25, 0)),
    ("highway=residential, motor_vehicle:backward=no", 1, 1, 16, (25, 0)),
    ("highway=residential, vehicle:forward=no", 1, 1, (0, 16), (0, 25)),
    ("highway=residential, vehicle:forward=no, bicycle:forward=yes", 1, 1, 16, (0, 25)),
    ("highway=footway, oneway:foot=yes", (1, 0), (1, 0), 4, 0),
    ("highway=footway, foot:backward=no", (1, 0), (1, 0), 4, 0),
    ("highway=cycleway, oneway=yes", 0, 0, (17, 0), 0),
    ("highway=tertiary, junction=roundabout", 1, 1, (17, 0), (45, 0)),
    ("highway=tertiary, junction=circular", 1, 1, (17, 0), (45, 0)),
    ("highway=tertiary, junction=roundabout, oneway=-1", 1, 1, (0, 17), (0, 45)),
    ("highway=motorway, oneway=no", 0, 0, 0, 100),
    # maxspeed, car only
    ("highway=residential, maxspeed=30", 1, 1, 16, 24),
    ("highway=residential, maxspeed=50", 1, 1, 16, 40),
    ("highway=residential, maxspeed=20", 1, 1, 16, 20),
    ("highway=residential, maxspeed=walk", 1, 1, 16, 7),
    ("highway=residential, maxspeed=DE:urban", 1, 1, 16, 40),
    ("highway=secondary, maxspeed=DE:rural", 1, 1, 17, 80),
    ("highway=secondary, maxspeed:type=DE:rural", 1, 1, 17, 80),
    ("highway=secondary, source:maxspeed=DE:urban", 1, 1, 17, 40),
    ("highway=secondary, maxspeed=70, source:maxspeed=DE:rural", 1, 1, 17, 56),
    ("highway=residential, zone:maxspeed=DE:30", 1, 1, 16, 24),
    ("highway=residential, maxspeed=DE:zone:30", 1, 1, 16, 24),
    ("highway=motorway, maxspeed=none", 0, 0, 0, (104, 0)),
    ("highway=motorway, maxspeed=120", 0, 0, 0, (96, 0)),
    ("highway=motorway, maxspeed=signals", 0, 0, 0, (100, 0)),
    ("highway=primary, maxspeed=50 km/h", 1, 1, 17, 40),
    ("highway=primary, maxspeed:forward=50, maxspeed:backward=100", 1, 1, 17, (40, 80)),
    ("highway=primary, maxspeed=0", 1, 1, 17, 55),
    ("highway=service, maxspeed=50", 1, 1, 14, 24),
    ("highway=living_street, maxspeed=30", 1, 1, 8, 7),
    ("highway=unclassified, maxspeed=100", 1, 1, 16, 60),
    # ground
    ("highway=track, tracktype=grade2", 1, 1, 13, 0),
    ("highway=track, tracktype=grade4", 1, 0, 10, 0),
    ("highway=path, surface=sand", 1, 0, 5, 0),
    ("highway=path, surface=asphalt, tracktype=grade5", 1, 1, 12, 0),
    ("highway=path, surface=gravel, smoothness=good", 1, 1, 12, 0),
    ("highway=path, smoothness=very_bad", 1, 0, 8, 0),
    ("highway=path, smoothness=impassable", 1, 0, 0, 0),
    ("highway=residential, surface=unhewn_cobblestone", 1, 1, 8, 25),
    ("highway=pedestrian, surface=unhewn_cobblestone", 1, 0, 4, 0),
    # wheelchair
    ("highway=footway, wheelchair=no", 1, 0, 4, 0),
    ("highway=residential, wheelchair=no", 1, 0, 16, 25),
    ("highway=path, surface=gravel, wheelchair=yes", 1, 1, 10, 0),
    ("highway=path, foot=no, wheelchair=yes", 0, 0, 12, 0),
    ("highway=steps, ramp:wheelchair=yes", 1, 1, 0, 0),
    ("highway=steps, wheelchair=limited", 1, 0, 0, 0),
    ("highway=steps, foot=designated", 1, 0, 0, 0),
    ("highway=steps, bicycle=yes", 1, 0, 0, 0),
    ("highway=footway, incline=6%", 1, 1, 4, 0),
    ("highway=footway, incline=-8 %", 1, 0, 4, 0),
    ("highway=footway, incline=up", 1, 1, 4, 0),
    ("highway=residential, incline=12%", 1, 0, 16, 25),
    # tan 3° = 5.2 %, tan 4° = 7.0 %
    ("highway=footway, incline=3°", 1, 1, 4, 0),
    ("highway=footway, incline=4°", 1, 0, 4, 0),
    ("highway=footway, width=0.9", 1, 1, 4, 0),
    ("highway=footway, width=0,8 m", 1, 0, 4, 0),
    ("highway=footway, width=80 cm", 1, 0, 4, 0),
    ("highway=footway, width=schmal", 1, 1, 4, 0),
]


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_who_may_use_it_and_how_fast(case):
    text, *expected = case
    tags = way(text)
    for rules, speeds in zip((WALK, WHEELCHAIR, BIKE, CAR), expected, strict=True):
        speeds = speeds if isinstance(speeds, tuple) else (speeds, speeds)
        assert find_speeds(tags, rules) == pytest.approx(speeds), rules.mode
        assert may_use(tags, rules) == any(speeds), rules.mode


# Tags of a node; whether it cuts a way for walk, wheelchair, bike, car.
NODES = [
    ("barrier=bollard", "   c"),
    ("barrier=bollard, motor_vehicle=yes", "    "),
    ("barrier=bollard, access=yes", "   c"),
    ("barrier=gate", "    "),
    ("barrier=gate, access=no", "ktbc"),
    ("barrier=gate, access=private, foot=yes, bicycle=yes", "   c"),
    ("barrier=gate, locked=yes, access=private", "ktbc"),
    ("barrier=lift_gate", "    "),
    ("barrier=lift_gate, motor_vehicle=private", "   c"),
    ("barrier=lift_gate, vehicle=no", "  bc"),
    ("barrier=cycle_barrier", " t c"),
    ("barrier=cycle_barrier, wheelchair=yes", "   c"),
    ("barrier=cycle_barrier, foot=yes", " t c"),
    ("barrier=stile", " tbc"),
    ("barrier=turnstile, bicycle=yes", " t c"),
    ("barrier=block", "   c"),
    ("barrier=kerb", "    "),
    ("barrier=kerb, kerb=lowered", "    "),
    ("barrier=kerb, kerb=raised", " t  "),
    ("kerb=raised, highway=crossing", " t  "),
    ("kerb=raised, wheelchair=yes", "    "),
    ("kerb=lowered, kerb:height=0.05", " t  "),
    ("kerb=raised, kerb:height=0.03", "    "),
    ("kerb=yes, kerb:height=2 cm", "    "),
    ("kerb=flush, wheelchair=no", " t  "),
    ("barrier=cattle_grid", "    "),
    ("barrier=toll_booth", "    "),
]


@pytest.mark.parametrize(("text", "stopped"), NODES, ids=[text for text, _ in NODES])
def test_what_stops_whom(text, stopped):
    letters = dict(zip("ktbc", (WALK, WHEELCHAIR, BIKE, CAR), strict=True))
    found = {letter for letter, rules in letters.items() if is_shut(way(text), rules)}
    assert found == set(stopped.replace(" ", ""))


def test_the_table_is_complete():
    rows = [line.split() for line in CLASSES.strip().splitlines()]
    assert rows[0] == ["class", *MODES]
    assert all(len(row) == 5 for row in rows)
    for rules in MODES.values():
        assert not rules.open & rules.tagged
        assert not rules.closed & (rules.open | rules.tagged)
        assert all(0 < usual <= top for usual, top in rules.pace.values())
    assert (WALK.timed, WHEELCHAIR.timed, BIKE.timed, CAR.timed) == (False, False, True, True)


def test_a_wheelchair_goes_nowhere_where_nobody_walks():
    for text, *_ in CASES:
        if may_use(way(text), WHEELCHAIR):
            assert may_use(way(text), WALK)


def test_what_cannot_be_left_and_what_cannot_be_crossed():
    assert is_through(way("highway=primary, tunnel=yes"))
    assert is_through(way("highway=primary, motorroad=yes"))
    assert not is_through(way("highway=footway, tunnel=building_passage"))
    assert is_barrier(way("railway=rail, usage=main"))
    assert not is_barrier(way("railway=rail, service=spur"))
    assert not is_barrier(way("railway=rail, bridge=viaduct"))
    assert not is_barrier(way("waterway=river, tunnel=culvert"))
    assert is_barrier(way("waterway=river, bridge=no"))
    assert not is_barrier(way("railway=tram"))
