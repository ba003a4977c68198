"""German weekly hours in the syntax of OpenStreetMap: "Mo–Fr 8–17 Uhr" becomes "Mo-Fr 08:00-17:00"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pandas as pd

from sozialraum.access.network import refuse
from sozialraum.errors import require
from sozialraum.texts import say

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
NAMES = ("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag")
SHORT = ("mo", "di", "mi", "do", "fr", "sa", "so")
ASK = "nach Vereinbarung"
Week = dict[str, list[str] | str]
"""Per day (and PH, SH) its spans of time, or "off", or "unknown"; days not named are not in it."""

_DAY = "|".join(f"{name}s?|{short}" for name, short in zip(NAMES, SHORT, strict=True))
_TOKENS = re.compile(
    "|".join(
        (
            r"(?P<ask>nach\s+(?:telefonischer\s+)?(?:vereinbarung|absprache|terminvereinbarung|anmeldung)"
            r"|n\.\s*v\.)",
            r"(?P<always>rund\s+um\s+die\s+uhr|24\s*(?:h|std\.?|stunden)\b|durchgehend)",
            r"(?P<time>\d{1,2}(?:[:.]\d{2})?)(?:\s*(?:uhr|h)\b)?(?!\d)",
            r"(?P<all>täglich|jeden\s+tag)\b",
            rf"(?P<day>{_DAY}|sonnabends?)\b\.?",
            r"(?P<weekend>wochenends?|wochenende)\b",
            r"(?P<ph>(?:gesetzlichen\s+)?feiertag(?:e|s|en)?)\b",
            r"(?P<sh>(?:schul)?ferien)\b",
            r"(?P<off>geschlossen|zu|ruhetag)\b",
            r"(?P<but>außer|ausser|nicht)\b",
            r"(?P<open>ab)\b",
            r"(?P<dash>-|bis\b)",
            r"(?P<sep>[,;/&+\n]|und\b|sowie\b)",
            r"(?P<skip>(?:von|an|am|im|in|den|der|jeweils|immer|geöffnet|uhr)\b|[:.\s])",
        )
    )
)
Token = tuple[str, str]


def convert_hours(text: str) -> str:
    """Translate a line of German weekly hours into the syntax of OpenStreetMap.

    Parameters
    ----------
    text : str
        Such as "Mo–Fr 8–17 Uhr, Sa geschlossen" or "Mo, Mi und Fr 9–12 und 14–18 Uhr, außer
        feiertags". What is in the syntax of OpenStreetMap already stays as it is.

    Returns
    -------
    str
        Days that are not named are closed; of public and school holidays nothing is assumed. "nach
        Vereinbarung" beside other hours makes all other times unknown.

    Raises
    ------
    InputError
        Anything is not understood (such as "werktags", which some take to include Saturday).
    MissingPackageError
        The extra ``hours`` is not installed.

    Examples
    --------
    >>> convert_hours("Mo–Do 7.30–16 Uhr, Fr 7.30–14 Uhr; feiertags geschlossen")
    'Mo-Th 07:30-16:00; Fr 07:30-14:00; PH off'
    """
    found = read_hours(text)
    if found is None:
        refuse("openings.text", say("openings.hours"), text=text)
    return found


def convert_week(table: pd.DataFrame) -> pd.Series:
    """Translate a table with a column per weekday into the syntax of OpenStreetMap.

    Parameters
    ----------
    table : DataFrame
        Columns ``montag`` … ``sonntag`` or ``mo`` … ``so`` in any spelling of capitals, optionally
        ``feiertage`` and ``ferien``; cells such as "8–12, 13–17 Uhr", "geschlossen" or "–" (closed).

    Returns
    -------
    Series of str
        ``opening_hours``; index of ``table``. An empty cell beside filled ones is unknown, not
        closed; a row without any entry is missing.

    Raises
    ------
    InputError
        There is no column of a weekday, or a cell is not understood; every such cell is named.

    Examples
    --------
    >>> week = pd.DataFrame({"Mo": ["8–12, 13–17"], "Di": ["8–12"], "Sa": ["–"]}, index=["kita"])
    >>> convert_week(week)["kita"]
    'Mo 08:00-12:00,13:00-17:00; Tu 08:00-12:00; We-Fr,Su unknown; Sa off'
    """
    keys = {**_by_name(), "feiertage": "PH", "feiertag": "PH", "ferien": "SH", "schulferien": "SH"}
    columns = {
        c: keys[str(c).strip().casefold()] for c in table if str(c).strip().casefold() in keys
    }
    if not set(columns.values()) & set(DAYS):
        refuse(
            "openings.no_weekday", say("openings.hours"), seen=", ".join(map(str, table.columns))
        )
    cells = table[list(columns)].astype("str").apply(lambda c: c.str.strip())
    cells = cells.mask(cells == "")
    known = {
        text: _read_cell(text) for text in pd.unique(cells.to_numpy().ravel()) if pd.notna(text)
    }
    breaks = cells[[c for c, day in columns.items() if day == "SH"]].to_numpy().ravel()
    # "9–12 Uhr" in school holidays does not say on which days of the week.
    unclear = {text for text in breaks if pd.notna(text) and known[text] != "off"}
    bad = [text for text, spans in known.items() if spans is None or text in unclear]
    if bad:
        refuse("openings.cells", say("openings.hours"), count=len(bad), texts="; ".join(bad[:5]))
    weeks = []
    for row in cells.itertuples(index=False):
        week: Week = dict.fromkeys(DAYS, "unknown")
        for day, text in zip(columns.values(), row, strict=True):
            spans = known.get(text) if pd.notna(text) else None
            if spans is not None:
                week[day] = spans
        stated = any(pd.notna(text) for text in row)
        weeks.append(_write(week) if stated else None)
    return pd.Series(weeks, index=table.index, name="opening_hours", dtype="str")


def read_hours(text: str) -> str | None:
    """Give hours in the syntax of OpenStreetMap, None if they are not understood."""
    if _is_expression(text):
        return text.strip()
    tokens = list(_split(text))
    if not tokens or ("bad", "") in tokens:
        return None
    return _read_line(tokens)


def _is_expression(text: str) -> bool:
    """Tell whether a text is an expression that says when; days without a time say too little."""
    if not require("opening_hours", extra="hours").validate(text.strip()):
        return False
    says_when = r'\d:\d|24/7|"|\b(?:off|closed|open|unknown|sunrise|sunset|dawn|dusk)\b'
    return all(re.search(says_when, rule) for rule in re.split(r";|\|\|", text))


def _split(text: str) -> Iterator[Token]:
    """Give the words that mean something; ("bad", "") where one is not understood."""
    line = re.sub(r"[–—‑−]", "-", text.casefold().strip()).replace("ausser", "außer")
    place = 0
    while place < len(line):
        found = _TOKENS.match(line, place)
        if found is None or found.lastgroup is None:
            yield "bad", ""
            return
        if found.lastgroup != "skip":
            yield found.lastgroup, found.group(found.lastgroup)
        place = found.end()


def _read_line(tokens: list[Token]) -> str | None:
    """Give the expression of a line of days and times, None if it does not add up."""
    if [kind for kind, _ in tokens] == ["always"]:
        return "24/7"
    if [kind for kind, _ in tokens] == ["off"]:
        return "off"
    week: Week = {}
    on_request = False
    place = 0
    while place < len(tokens):
        kind = tokens[place][0]
        if kind == "sep":
            place += 1
            continue
        if kind == "ask":
            # Without a comma "8–17 Uhr nach Vereinbarung" may mean these hours or all others.
            if place and tokens[place - 1][0] != "sep":
                return None
            on_request, place = True, place + 1
            continue
        except_for = kind == "but"
        days, place = _read_days(tokens, place + except_for)
        if not days:
            return None
        if except_for:
            week.update(dict.fromkeys(days, "off"))
            continue
        spans, place = _read_times(tokens, place)
        # "Ferien 9–12 Uhr" does not say on which days of the week.
        unclear = "SH" in days and spans != "off"
        if spans is None or unclear or not _enter(week, days, spans):
            return None
    if on_request:
        return f'{_write(week)} || unknown "{ASK}"' if week else f'unknown "{ASK}"'
    return _write(week) if week else None


def _read_days(tokens: list[Token], place: int) -> tuple[list[str], int]:
    """Read days, ranges and lists of them up to what says when."""
    days: list[str] = []
    while _names_days(tokens, place):
        kind, text = tokens[place]
        if kind == "day":
            first = last = _day(text)
            if [k for k, _ in tokens[place + 1 : place + 3]] == ["dash", "day"]:
                place += 2
                last = _day(tokens[place][1])
            days += [DAYS[(first + i) % 7] for i in range((last - first) % 7 + 1)]
        elif kind == "all":
            days += DAYS
        elif kind == "weekend":
            days += ["Sa", "Su"]
        else:
            days.append(kind.upper())
        place += 1
        listed = place < len(tokens) and tokens[place][0] == "sep"
        if not (listed and _names_days(tokens, place + 1)):
            break
        place += 1
    return days, place


def _names_days(tokens: list[Token], place: int) -> bool:
    return place < len(tokens) and tokens[place][0] in ("day", "all", "weekend", "ph", "sh")


def _read_times(tokens: list[Token], place: int) -> tuple[list[str] | str | None, int]:
    """Read what says when: spans of time, closed, always, on request."""
    rest = [kind for kind, _ in tokens[place:]]
    if rest[:1] == ["off"]:
        return "off", place + 1
    if rest[:1] == ["ask"]:
        return "unknown", place + 1
    if rest[:1] == ["always"]:
        return ["00:00-24:00"], place + 1
    spans: list[str] = []
    while True:
        kinds = [kind for kind, _ in tokens[place : place + 3]]
        if kinds == ["time", "dash", "time"]:
            span = _span(tokens[place][1], tokens[place + 2][1])
            place += 3
        elif kinds[:2] == ["open", "time"]:
            start = _clock(tokens[place + 1][1])
            span, place = (f"{start}+" if start and start < "24:00" else None), place + 2
        else:
            return (spans or None), place
        if span is None:
            return None, place
        spans.append(span)
        more = [kind for kind, _ in tokens[place : place + 2]]
        if more in (["sep", "time"], ["sep", "open"]):
            place += 1


def _read_cell(text: str) -> list[str] | str | None:
    """Read a cell of a weekly table; a lone dash is closed."""
    if re.fullmatch(r"[-–—‑−]+", text):
        return "off"
    tokens = list(_split(text))
    if not tokens or ("bad", "") in tokens:
        return None
    spans, place = _read_times(tokens, 0)
    return spans if place == len(tokens) else None


def _enter(week: Week, days: list[str], spans: list[str] | str) -> bool:
    """Add spans to days; what is closed and open at once is not understood."""
    for day in days:
        known = week.get(day)
        if known is None:
            week[day] = spans if isinstance(spans, str) else list(spans)
        elif isinstance(known, str) or isinstance(spans, str):
            if known != spans:
                return False
        else:
            week[day] = known + [s for s in spans if s not in known]
    return True


def _write(week: Mapping[str, list[str] | str]) -> str:
    """Write a week: days with the same hours share a rule, in the order of the week."""
    rules: dict[str, list[str]] = {}
    for day in (*DAYS, "PH", "SH"):
        if day in week:
            spans = week[day]
            key = spans if isinstance(spans, str) else ",".join(sorted(spans))
            # Holidays have rules of their own, behind the days they override.
            rules.setdefault(key if day in DAYS else f"{key} {day}", []).append(day)
    return "; ".join(f"{_ranges(days)} {key.split(' ')[0]}" for key, days in rules.items())


def _ranges(days: list[str]) -> str:
    """Write days as ranges: Mo, Tu, We, Fr becomes Mo-We,Fr."""
    if days[0] not in DAYS:
        return days[0]
    runs: list[list[int]] = []
    for place in (DAYS.index(day) for day in days):
        if runs and runs[-1][-1] == place - 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return ",".join(
        DAYS[run[0]] if len(run) == 1 else f"{DAYS[run[0]]}-{DAYS[run[-1]]}" for run in runs
    )


def _span(start: str, end: str) -> str | None:
    first, last = _clock(start), _clock(end)
    if first is None or last is None or first in (last, "24:00"):
        return None
    return f"{first}-{last}"


def _clock(text: str) -> str | None:
    hour, _, minute = text.replace(".", ":").partition(":")
    past = int(hour) * 60 + int(minute or 0)
    if int(minute or 0) > 59 or past > 24 * 60:
        return None
    return f"{int(hour):02d}:{int(minute or 0):02d}"


def _by_name() -> dict[str, str]:
    return {
        **dict(zip(NAMES, DAYS, strict=True)),
        **dict(zip(SHORT, DAYS, strict=True)),
        "sonnabend": "Sa",
    }


def _day(text: str) -> int:
    """Give the weekday of a name, 0 for Monday."""
    return DAYS.index(_by_name()[text if text in _by_name() else text.rstrip("s")])


def need_weekday(text: str) -> int | None:
    """Give the weekday of a German name or its two letters, None if it is neither."""
    name = text.casefold().strip().rstrip(".")
    return _day(name) if name in _by_name() or name.rstrip("s") in _by_name() else None
