"""German weekly hours in the syntax of OpenStreetMap: by hand."""

from __future__ import annotations

import pandas as pd
import pytest
from opening_hours import validate

from sozialraum.access.weekly import convert_hours, convert_week
from sozialraum.errors import InputError

LINES = {
    "Mo–Fr 8–17 Uhr, Sa geschlossen": "Mo-Fr 08:00-17:00; Sa off",
    "Mo, Mi und Fr 9–12 und 14–18 Uhr, außer feiertags":
        "Mo,We,Fr 09:00-12:00,14:00-18:00; PH off",
    "Mo-Do 7.30-16 Uhr; Fr 7:30 bis 14:00": "Mo-Th 07:30-16:00; Fr 07:30-14:00",
    "Montag bis Freitag von 8 bis 17 Uhr": "Mo-Fr 08:00-17:00",
    "montags und mittwochs 14 bis 18 Uhr": "Mo,We 14:00-18:00",
    "Mo.-Fr.: 08.00-12.00 Uhr": "Mo-Fr 08:00-12:00",
    "täglich 10–18 Uhr": "Mo-Su 10:00-18:00",
    "rund um die Uhr": "24/7",
    "Mo 24 Stunden": "Mo 00:00-24:00",
    "Mo-Fr 0-24 Uhr": "Mo-Fr 00:00-24:00",
    "geschlossen": "off",
    "Sa/So 10–18": "Sa-Su 10:00-18:00",
    "Fr-Mo 10-12 Uhr": "Mo,Fr-Su 10:00-12:00",
    "Wochenende geschlossen, Mo-Fr 9-12": "Mo-Fr 09:00-12:00; Sa-Su off",
    "Fr 20–2 Uhr": "Fr 20:00-02:00",
    "Mo 8-12 Uhr, Mo 13-17 Uhr": "Mo 08:00-12:00,13:00-17:00",
    "Mo 8–12/13–17, Di 8–12": "Mo 08:00-12:00,13:00-17:00; Tu 08:00-12:00",
    "Mo 9 - 12 Uhr\nDi 13 - 15 Uhr": "Mo 09:00-12:00; Tu 13:00-15:00",
    "sonnabends 9-13h": "Sa 09:00-13:00",
    "Mo-Fr ab 14 Uhr": "Mo-Fr 14:00+",
    "Mo-Fr 8-12 außer Mi": "Mo-Tu,Th-Fr 08:00-12:00; We off",
    "Mo-Fr 8-17 Uhr, in den Ferien geschlossen": "Mo-Fr 08:00-17:00; SH off",
    "Mo-Fr 8-17 Uhr, nicht an gesetzlichen Feiertagen": "Mo-Fr 08:00-17:00; PH off",
    "Feiertage 10-12 Uhr, Mo-Sa 8-18 Uhr": "Mo-Sa 08:00-18:00; PH 10:00-12:00",
    "Di 15-19 Uhr und nach Vereinbarung": 'Tu 15:00-19:00 || unknown "nach Vereinbarung"',
    "Mo nach Vereinbarung, Di 9-12": "Mo unknown; Tu 09:00-12:00",
    "nach telefonischer Absprache": 'unknown "nach Vereinbarung"',
    # What is in the syntax of OpenStreetMap stays as it is.
    " Mo-Fr 08:00-17:00; PH off ": "Mo-Fr 08:00-17:00; PH off",
    "Tu[1] 10:00-12:00": "Tu[1] 10:00-12:00",
}  # fmt: skip


@pytest.mark.parametrize(("line", "expected"), LINES.items(), ids=LINES)
def test_lines_by_hand(line, expected):
    assert convert_hours(line) == expected
    assert all(validate(part) for part in expected.split("||"))
    assert convert_hours(convert_hours(line)) == expected


@pytest.mark.parametrize(
    "line",
    [
        "werktags 8-17 Uhr", "8-17 Uhr", "Mo-Fr", "Mo-Fr vormittags", "Mo 8-25 Uhr", "Mo 8:75-12",
        "Mo 8-8 Uhr", "Mo 8-12-17", "1. Mo im Monat 10-12 Uhr", "Mo geschlossen, Mo 8-12 Uhr",
        "Mo-Fr 8-17 Uhr nach Vereinbarung", "Ferien Mo-Fr 8-12 Uhr", "Mo-Fr 8-17, Ferien 9-12",
        "Mo bis 12 Uhr", "siehe Aushang", "Moin 8-12", "bis 12 Uhr", "", "-", ",",
    ],
)  # fmt: skip
def test_what_may_mean_two_things_is_not_guessed(line):
    with pytest.raises(InputError, match="nicht verstanden"):
        convert_hours(line)


def test_a_table_of_weekdays_by_hand():
    table = pd.DataFrame(
        {
            "Name": ["Kita", "Club", "Amt", "Laden"],
            "Mo": ["8–12, 13–17 Uhr", None, "geschlossen", "8-18"],
            "DI": ["8–12, 13–17 Uhr", "15-20", "-", "8-18"],
            "mi": ["8-12", None, "", "8-18"],
            "Do": ["8–12, 13–17 Uhr", None, "nach Vereinbarung", "8-18"],
            "Fr": ["8-12", None, "ab 9 Uhr", "8-18"],
            "Sa": ["–", None, "rund um die Uhr", "8-18"],
            "So": ["geschlossen", None, "10 bis 12", "8-18"],
            "Feiertage": ["–", None, None, "8-18"],
            "Ferien": [None, "geschlossen", None, None],
        },
        index=["k", "c", "a", "l"],
    )
    found = convert_week(table)
    assert found.index.equals(table.index)
    assert found["k"] == "Mo-Tu,Th 08:00-12:00,13:00-17:00; We,Fr 08:00-12:00; Sa-Su off; PH off"
    # An empty day beside filled ones is unknown, not closed.
    assert found["c"] == "Mo,We-Su unknown; Tu 15:00-20:00; SH off"
    assert found["a"] == "Mo-Tu off; We-Th unknown; Fr 09:00+; Sa 00:00-24:00; Su 10:00-12:00"
    assert found["l"] == "Mo-Su 08:00-18:00; PH 08:00-18:00"
    assert all(validate(text) for text in found)
    empty = pd.DataFrame({"montag": [None, ""], "dienstag": [None, None]})
    assert convert_week(empty).isna().all()


def test_a_useless_table_is_refused_with_every_cell():
    with pytest.raises(InputError, match="Wochentag"):
        convert_week(pd.DataFrame({"name": ["Kita"]}))
    table = pd.DataFrame(
        {"mo": ["8-12", "morgens"], "di": ["9-33", None], "ferien": ["9-12", None]}
    )
    with pytest.raises(InputError, match="3 Einträge") as error:
        convert_week(table)
    for text in ("morgens", "9-33", "9-12"):
        assert text in str(error.value)
