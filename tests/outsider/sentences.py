"""Numbers in running text: what follows the name of an indicator is its number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .facts import iso, numbers, plain, strip_tag

if TYPE_CHECKING:
    from .profile import Profile

_DIGITS = r"[+−-]?\d[\d.\u00a0\u202f]*(?:,\d+)?"
_NUMBER = rf"{_DIGITS}|\.(?= |$)"
_DIRECT = re.compile(rf"^(?::| –| \(|,)? ?({_DIGITS})|^(?::| –) (\.)(?= |$)")
_COURSE = re.compile(rf"von ({_NUMBER})[^(]*\(([\d.]+)\) auf ({_NUMBER})[^(]*\(([\d.]+)\)")
_REST = re.compile(rf"Ohne ein solches Angebot in dieser Zeit: ({_NUMBER})")
_DAY = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}|\b[01]\d\.\d{4}\b|\b(?:19|20)\d\d\b|\b\d+:\d\d\b")


def read_sentence(profile: Profile, text: str) -> None:
    """Take down what a sentence says of the page's own area."""
    text = plain(text)
    titles = _titles(profile)
    found = sorted(
        (
            (m.start(), m.end(), title)
            for title in titles
            for m in re.finditer(re.escape(title), text)
        ),
        key=lambda m: (m[0], -m[1]),
    )
    kept: list[tuple[int, int, str]] = []
    for start, end, title in found:
        if not kept or start >= kept[-1][1]:
            kept.append((start, end, title))
    for i, (_, end, title) in enumerate(kept):
        rest = text[end : kept[i + 1][0] if i + 1 < len(kept) else len(text)]
        indicator = titles[title]
        own = profile.address(profile.level, profile.area, indicator)
        direct, course = _DIRECT.match(rest), _COURSE.search(rest)
        if course:
            for number, day in ((course[1], course[2]), (course[3], course[4])):
                profile.tell((*own[:3], iso(day), own[4]), number)
        elif direct and not _DAY.match(direct[1] or "."):
            profile.tell(own, direct[1] or ".")
        without = _REST.search(rest)
        if without:
            profile.tell_rest(own, without[1])


_FIRST = re.compile(rf"^\d{{0,2}}(?: ?\[[^\]]*\])* ({_NUMBER})(?= |$)")


def read_line(profile: Profile, line: str, longer: int = 0) -> None:
    """Take down what a line of a table says: a name, a number of the page's own area."""
    for title, indicator in _titles(profile).items():
        if len(title) > longer and line.startswith(title):
            unit = plain(profile.folder.indicators[indicator]["unit"])
            found = _FIRST.match(line[len(title) :].removeprefix(f", {unit}"))
            if found and profile.area and not _DAY.match(found[1]):
                own = profile.address(profile.level, profile.area, indicator)
                profile.tell(own, found[1])


def _titles(profile: Profile) -> dict[str, str]:
    folder = profile.folder
    if not hasattr(folder, "_in_words"):
        words = {}
        for name, known in folder.indicators.items():
            for title in {plain(known["title"]), strip_tag(plain(known["title"]))}:
                words[title] = "" if title in words else name
        folder._in_words = {k: v for k, v in words.items() if v}  # type: ignore[attr-defined]
    return folder._in_words  # type: ignore[attr-defined,no-any-return]


def unexplained(profile: Profile, text: str) -> list[str]:
    """List numbers of a sentence that nothing published accounts for."""
    known = _known(profile)
    text = _DAY.sub(" ", plain(text))
    for name in {*_titles(profile), *profile.folder.names.values()}:
        if name in text and numbers(name):
            text = text.replace(name, " ")
    return [n for n in numbers(text) if n.strip("+−-") not in known]


def _known(profile: Profile) -> set[str]:
    """Write every published number of the page's area and what it lies in as it may be printed."""
    folder = profile.folder
    if hasattr(profile, "_written"):
        return profile._written  # type: ignore[attr-defined,no-any-return]
    mine = set(profile.chain.items())
    values: dict[tuple[str, str, str], dict[tuple[str, str], float]] = {}
    for address in folder.told:
        span = folder.span(address)
        if span is not None and (address[0], address[1]) in mine:
            at = (address[2], address[3], address[4])
            values.setdefault(at, {})[address[0], address[1]] = (span[0] + span[1]) / 2
    written: set[str] = {str(n) for n in range(0, 101)}
    own = (profile.level, profile.area)
    for (indicator, day, role), by_area in values.items():
        for place, value in by_area.items():
            written |= _write(value)
            if place != own and own in by_area:
                written |= _write(by_area[own] - value)
                # Some subtract what they show.
                for digits in range(3):
                    written |= _write(round(by_area[own], digits) - round(value, digits))
                if value:
                    written |= _write(100 * by_area[own] / value)
        below = values.get((indicator, day, "N"), {})
        if role == "Z":
            for place in set(below) & set(by_area):
                written |= _write(below[place] - by_area[place])
    for gap in folder.gaps:
        for key in ("people", "minutes", "metres", "Menschen ohne Angebot in Reichweite"):
            if isinstance(gap.get(key), int | float):
                written |= _write(float(gap[key]))
    for offers in folder.offers.values():
        placed = sum(bool(offer.get("area")) for offer in offers)
        written |= {str(n) for n in range(len(offers) + 1)} | _write(len(offers)) | _write(placed)
    for said in folder.texts:
        written |= {n.strip("+−-") for n in numbers(said)}
    profile._written = written  # type: ignore[attr-defined]
    return written


def _write(value: float) -> set[str]:
    words = set()
    for digits in range(4):
        text = f"{abs(value):,.{digits}f}"
        words.add(text.replace(",", " ").replace(".", ",").replace(" ", "."))
        # Halves may be rounded either way.
        text = f"{abs(value) + 1e-9:,.{digits}f}"
        words.add(text.replace(",", " ").replace(".", ",").replace(" ", "."))
    return words
