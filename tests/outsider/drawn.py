"""What is drawn: lengths and places in pictures may tell no more than the numbers beside them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .facts import Address, numbers, plain, rounded
from .html import Node

if TYPE_CHECKING:
    from .profile import Profile

_PIXEL = 0.06


def check_dots(profile: Profile, cell: Node, own: Address) -> None:
    """Every dot stands for a published number of the level, and there are no more dots."""
    folder = profile.folder
    for picture in cell.find_all("svg"):
        title = next((t.text() for t in picture.find_all("title")), "")
        _title(profile, title, own)
        dots = [float(c.attributes["cx"]) for c in picture.find_all("circle")]
        published = sorted(
            {a[1]: folder.span(a)[0] for a in _peers(profile, own) if folder.span(a)}.values()  # type: ignore[index]
        )
        upper = [a for a in _chain(profile, own) if folder.span(a) is not None]
        if not dots:
            continue
        if len(dots) > len(published) + len(upper):
            profile.folder.strange.append(
                f"{profile.name}: {len(dots)} dots for {len(published)} numbers of {own[2]}"
            )
        values = published + [folder.span(a)[0] for a in upper]  # type: ignore[index]
        low, high = min(dots), max(dots)
        if low < high and published[0] < published[-1]:
            _places(profile, dots, values, own)


def _places(profile: Profile, dots: list[float], values: list[float], own: Address) -> None:
    """Find the scale from any two numbers; every dot must fall on a number."""
    line = sorted(set(values))
    low, high = min(dots), max(dots)
    for first in line:
        for last in reversed(line):
            if last <= first:
                break
            scale = (high - low) / (last - first)
            if all(min(abs(low + (v - first) * scale - d) for v in line) < _PIXEL for d in dots):
                return
    profile.folder.strange.append(f"{profile.name}: dots of {own[2]} that stand for no number")


def _title(profile: Profile, title: str, own: Address) -> None:
    """The title of a picture states the number it shows, or that it is withheld."""
    found = re.search(r": ([^;:]*)(?:;|$)", plain(title))
    if found is None:
        return
    said = numbers(found[1])
    told = profile.folder.span((*own[:4], "Z") if profile.folder.is_count(own[2]) else own)
    if said:
        span = rounded(said[0], len(said[0].partition(",")[2]))
        if told is None:
            profile.folder.strange.append(
                f"{profile.name}: picture tells {title!r}, withheld elsewhere"
            )
        elif span and (span[0] > told[1] + 1e-9 or span[1] < told[0] - 1e-9):
            profile.folder.strange.append(f"{profile.name}: picture tells {title!r}, not {told}")


def _peers(profile: Profile, own: Address) -> list[Address]:
    folder = profile.folder
    if not hasattr(folder, "_peers"):
        folder._peers = {}  # type: ignore[attr-defined]
        for a in folder.told:
            folder._peers.setdefault((a[0], *a[2:]), []).append(a)  # type: ignore[attr-defined]
    role = "Z" if folder.is_count(own[2]) else own[4]
    return folder._peers.get((own[0], own[2], own[3], role), [])  # type: ignore[attr-defined,no-any-return]


def _chain(profile: Profile, own: Address) -> list[Address]:
    role = "Z" if profile.folder.is_count(own[2]) else own[4]
    return [
        profile.address(level, area, own[2], role)
        for level, area in profile.chain.items()
        if level != own[0]
    ]


def check_course(profile: Profile, figure: Node) -> None:
    """A course over years states its numbers; its line has no point that is not published."""
    folder = profile.folder
    caption = next(
        (c.text("sup", "mark", "unit", "cite") for c in figure.find_all("figcaption")), ""
    )
    indicator = profile.indicator(caption)
    picture = next(figure.find_all("svg"), None)
    if indicator is None or picture is None:
        return
    dates = sorted({a[3] for a in folder.told if a[:3] == (profile.level, profile.area, indicator)})
    desc = next((d.text() for d in picture.find_all("desc")), "")
    role = "Z" if folder.is_count(indicator) else "value"
    for year, text in re.findall(r"([\d-]{4,10}): ([^;]*)", desc):
        days = [d for d in dates if d.startswith(year)]
        if len(days) == 1:
            profile.tell((profile.level, profile.area, indicator, days[0], role), text)
    values: dict[str, float] = {}
    for level, area in profile.chain.items():
        for day in dates:
            span = folder.span((level, area, indicator, day, role))
            if span is not None:
                values[f"{level} {day}"] = span[0]
    heights = []
    for path in picture.find_all("path"):
        heights += [
            float(y)
            for _, y in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", path.attributes.get("d", ""))
        ]
    heights += [float(c.attributes["cy"]) for c in picture.find_all("circle")]
    distinct = sorted(set(heights))
    if len(distinct) < 2 or len(set(values.values())) < 2:
        return
    line = sorted(set(values.values()))
    low, high = distinct[0], distinct[-1]
    for first in line:
        for last in line:
            if first == last:
                continue
            scale = (high - low) / (last - first)
            if all(
                min(abs(low + (v - first) * scale - y) for v in line) < 2 * _PIXEL for y in distinct
            ):
                return
    folder.strange.append(f"{profile.name}: a line of {indicator} through points of no number")
