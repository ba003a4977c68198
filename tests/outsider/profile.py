"""Reader of the Sozialraumprofile: tables, sentences, titles of pictures, what is drawn."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from .drawn import check_course, check_dots
from .facts import NOTHING, Address, Folder, Span, numbers, plain, rounded
from .html import Node, parse
from .sentences import read_sentence, unexplained

_SIGNS = ("sup", "mark", "svg", "unit", "unseen", "cite")
_BEFORE, _AFTER = re.compile(r"^(?:ab|über) (\d+)"), re.compile(r"^(\d+)(?:–(\d+))?$")
_WOMEN = re.compile(r"Frauen|Mädchen|weiblich")
_MEN = re.compile(r"Männer|Jungen|männlich")


def read_profile(folder: Folder, path: Path, name: str) -> None:
    """Read a profile, or the list of profiles."""
    page = parse(path.read_text(encoding="utf-8"))
    level = path.parent.name
    title = next(page.find_all("h1")).text()
    Profile(folder, name, page, level, title).read()
    words = [w for n in page.walk() for w in (n.data, *n.attributes.values())]
    folder.pages[name] = {n.strip("+−-") for text in words for n in numbers(text)}


class Profile:
    """One page and whose it is."""

    def __init__(self, folder: Folder, name: str, page: Node, level: str, title: str) -> None:
        self.folder, self.name, self.page, self.level = folder, name, page, level
        by_name: dict[tuple[str, str], list[str]] = {}
        for (at, area), known in folder.names.items():
            by_name.setdefault((at, plain(known)), []).append(area)
        self.by_name = by_name
        stem = Path(name).stem
        own = by_name.get((level, title), [])
        self.area = stem if (level, stem) in folder.names else own[0] if len(own) == 1 else ""
        self.title = folder.names.get((level, self.area), title)
        self.chain = {level: self.area}
        while level in folder.parents:
            upper, above = next(iter(folder.parents[level].items()))
            if self.chain[level] not in above:
                break
            self.chain[upper] = above[self.chain[level]]
            level = upper
        self.count = 0
        # What stands in the list of the edition word for word was read there.
        self.said = {plain(said) for said in folder.texts if len(said) > 30}

    def read(self) -> None:
        """Read everything on the page."""
        for table in self.page.find_all("table"):
            if table.has("parts"):
                self._parts(table)
            elif table.has("compare") or table.has("reach"):
                self._compare(table)
            elif table.has("ages"):
                self._ages(table)
        for entry in self.page.find_all("li"):
            self._key(entry)
            if entry.parent is not None and entry.parent.has("glance"):
                self.sentence(entry.text("mark", "cite"))
        for paragraph in self.page.find_all("p", "desc", "figcaption"):
            if not paragraph.has("key-value") and not paragraph.has("notice"):
                self.sentence(paragraph.text("mark", "cite"), tell=paragraph.tag == "p")
        for figure in self.page.find_all("figure"):
            check_course(self, figure)
        for node in self.page.walk():
            if node.tag == "!" and numbers(node.data):
                self.folder.strange.append(f"{self.name}: a comment: {node.data!r}")
            if node.tag == "script" and numbers(node.text()):
                self.folder.strange.append(f"{self.name}: a script with numbers")
        self.folder.read[self.name] = self.folder.read.get(self.name, 0) + self.count

    def tell(self, address: Address, text: str) -> None:
        """Take down a printed number; an indicator's newest unless a date is given."""
        text = plain(text)
        if text in NOTHING:
            return
        known = self.folder.indicators[address[2]]
        if text in known["classes"]:
            return
        span = span_of(text)
        self.folder.tell(self.name, address, span)
        self.folder.read[self.name] -= 1
        self.count += 1

    def address(self, level: str, area: str, indicator: str, role: str = "value") -> Address:
        """Give the newest number of an indicator for an area."""
        return (level, area, indicator, self.folder.newest(level, indicator), role)

    def indicator(self, text: str) -> str | None:
        """Find the indicator a row or column is about; a unit or tag may follow."""
        for said in (text, re.split(r" ?, (?=[^,]*$)| ?\[", text)[0]):
            found = self.folder.by_title(said)
            if found:
                return found[0] if len(found) == 1 else None
        return None

    def everything(self, text: str) -> None:
        """Every number of a document must be one of its page, where there is a page."""
        page = Path(self.name).with_suffix(".html").as_posix()
        said = self.folder.pages.get(page)
        if said is not None:
            more = sorted({n for n in numbers(text) if n.strip("+−-") not in said})
            if more:
                self.folder.strange.append(f"{self.name}: {more} not on the page")

    def sentence(self, text: str, *, tell: bool = True) -> None:
        """Read running text; every number in it must be accounted for."""
        for said in self.said:
            text = text.replace(said, " ")
        if self.area and tell:
            read_sentence(self, text)
        strange = unexplained(self, text)
        if strange:
            self.folder.strange.append(f"{self.name}: {strange} in {text!r}")

    def _parts(self, table: Node) -> None:
        rows = list(table.find_all("tr"))
        heads = [cell for cell in rows[0].children if cell.tag == "th"]
        titles = [self.indicator(cell.text(*_SIGNS)) for cell in heads]
        first = heads[0].text()
        level = next((e["id"] for e in self.folder.levels if e["title"] == first), "")
        for row in rows[1:]:
            cells = [
                cell
                for cell in row.children
                if cell.tag in ("td", "th")
                for _ in range(int(cell.attributes.get("colspan", "1")))
            ]
            name = cells[0].text()
            if row.parent is not None and row.parent.tag == "tfoot":
                at, areas = self._foot(name)
            else:
                at = level
                areas = [a for a in self.by_name.get((at, name), []) if self._inside(at, a)]
            for title, cell in zip(titles, cells, strict=False):
                if title is not None and len(areas) == 1:
                    self.tell(self.address(at, areas[0], title), cell.text(*_SIGNS))

    def _foot(self, name: str) -> tuple[str, list[str]]:
        if self.area:
            return self.level, [self.area]
        found = [(at, areas) for (at, known), areas in self.by_name.items() if known == name]
        return found[0] if len(found) == 1 else ("", [])

    def _inside(self, level: str, area: str) -> bool:
        while level != self.level and level in self.folder.parents:
            upper, above = next(iter(self.folder.parents[level].items()))
            area, level = above.get(area, ""), upper
        return not self.area or area == self.area or level != self.level

    def _compare(self, table: Node) -> None:
        heads = [
            cell.text(*_SIGNS)
            for cell in table.find_all("th")
            if cell.attributes.get("scope") == "col"
        ]
        for row in table.find_all("tr"):
            cells = [cell for cell in row.children if cell.tag in ("td", "th")]
            indicator = self.indicator(cells[0].text(*_SIGNS)) if cells else None
            if indicator is None or len(cells) < len(heads):
                continue
            own = self.address(self.level, self.area, indicator)
            for head, cell in zip(heads, cells, strict=False):
                text = cell.text(*_SIGNS)
                if cell.has("strip"):
                    check_dots(self, cell, own)
                elif cell.has("own") or head in ("erreicht", "Wert", self.title):
                    self.tell(own, text)
                elif head == "nicht erreicht":
                    self.tell_rest(own, text)
                elif head == "Unterschied":
                    self._difference(own, text)
                else:
                    for level, area in self.chain.items():
                        if (
                            head in self._called(level, area)
                            and cell.tag == "td"
                            and (level, area) != (self.level, self.area)
                        ):
                            self.tell(self.address(level, area, indicator), text)

    def _called(self, level: str, area: str) -> tuple[str, ...]:
        """Give an area's name, also with its level, as where others are called the same."""
        name = self.folder.names.get((level, area), "")
        title = next((e["title"] for e in self.folder.levels if e["id"] == level), "")
        return (name, f"{name} ({title})") if name else ()

    def tell_rest(self, own: Address, text: str) -> None:
        """Take down how many a rate leaves out."""
        top, below = (*own[:4], "Z"), (*own[:4], "N")
        span = None if text in NOTHING else span_of(text)
        if span is not None and top in self.folder.told and below in self.folder.told:
            self.count += 1
            self.folder.sums.append(({below: 1.0, top: -1.0}, span, "rest told"))  # type: ignore[dict-item]
            if self.folder.span(top) is None:
                self.folder.strange.append(f"{self.name}: rest {text} of a withheld number {own}")

    def _difference(self, own: Address, text: str) -> None:
        if text in NOTHING or span_of(text) is None:
            return
        self.count += 1
        chain = list(self.chain.items())
        upper = self.address(*chain[1], own[2]) if len(chain) > 1 else own
        count = self.folder.is_count(own[2])
        for side in (own, upper):
            told = self.folder.span((*side[:4], "Z") if count else side)
            if told is None:
                self.folder.strange.append(
                    f"{self.name}: difference {text} from a withheld number {side}"
                )

    def _ages(self, table: Node) -> None:
        heads = [cell.text() for cell in next(table.find_all("tr")).children if cell.tag == "th"]
        for row in list(table.find_all("tr"))[1:]:
            cells = [cell.text(*_SIGNS) for cell in row.children if cell.tag in ("td", "th")]
            span = _age_span(cells[0])
            if span is None:
                continue
            found = {
                sex: [i for i, k in self.folder.indicators.items()
                      if k["kind"] == "count" and _same(k["ages"], span) and word.search(k["title"])]
                for sex, word in (("männlich", _MEN), ("weiblich", _WOMEN))
            }  # fmt: skip
            both: dict[Address, float] = {}
            for head, text in zip(heads, cells, strict=False):
                if len(found.get(head, [])) == 1:
                    address = self.address(self.level, self.area, found[head][0], "Z")
                    self.tell(address, text)
                    both[address] = 1.0
                elif head == "zusammen" and both and text not in NOTHING:
                    told = span_of(text)
                    if told is not None:
                        self.count += 1
                        known = [a for a in both if a in self.folder.told]
                        self.folder.sums.append((dict.fromkeys(known, 1.0), told, "together"))
                elif head == "Anteil":
                    gone = [a for a in both if self.folder.span(a) is None]
                    if gone and text not in NOTHING and span_of(text) is not None:
                        self.folder.strange.append(f"{self.name}: share {text} of withheld {gone}")

    def _key(self, entry: Node) -> None:
        head = next(entry.find_all("h3"), None)
        value = next((n for n in entry.find_all("p") if n.has("key-value")), None)
        if head is None or value is None:
            return
        indicator = self.indicator(head.text(*_SIGNS))
        if indicator is None:
            return
        self.tell(self.address(self.level, self.area, indicator), value.text("unit"))
        for line in entry.find_all("div"):
            name, number = (next(line.find_all(tag), None) for tag in ("dt", "dd"))
            if name is None or number is None:
                continue
            for level, area in self.chain.items():
                own = (level, area) == (self.level, self.area)
                if name.text() in self._called(level, area) and not own:
                    self.tell(self.address(level, area, indicator), number.text("unit"))


def tell_kind(profile: Profile, table: Node) -> str:
    """Tell by its headings which table of a profile it is."""
    heads = [cell.text() for cell in next(table.find_all("tr")).children]
    if "männlich" in heads or heads[:1] == ["Alter"]:
        return "ages"
    if heads[:1] == ["Merkmal"]:
        return "compare"
    levels = [level["title"] for level in profile.folder.levels]
    return "parts" if heads and heads[0] in levels else ""


def span_of(text: str) -> Span | None:
    """Read a shown number by the decimals it shows."""
    found = numbers(text)
    if text not in (".",) and not found:
        return None
    if text == ".":
        return None
    decimals = len(found[0].partition(",")[2])
    return rounded(found[0], decimals)


def _age_span(text: str) -> tuple[float, float] | None:
    found = _BEFORE.match(text)
    if found:
        return float(found[1]), float("inf")
    found = _AFTER.match(text)
    if not found:
        return None
    low = float(found[1])
    return low, float(found[2]) + 1 if found[2] else low + 1


def _same(ages: Any, span: tuple[float, float]) -> bool:
    if not ages:
        return False
    end = float(ages[1]) if len(ages) > 1 and ages[1] is not None else float("inf")
    return (float(ages[0]), end) == span
