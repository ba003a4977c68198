"""A small tree of an HTML page."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

from .facts import plain

_EMPTY = {
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "wbr",
}


class Node:
    """An element, or (tag "") a text, or (tag "!") a comment."""

    def __init__(self, tag: str, attributes: dict[str, str], parent: Node | None) -> None:
        self.tag, self.attributes, self.parent = tag, attributes, parent
        self.children: list[Node] = []
        self.data = ""

    def find_all(self, *tags: str) -> Iterator[Node]:
        """Give all elements below with one of these tags, in order."""
        for child in self.children:
            if child.tag in tags:
                yield child
            yield from child.find_all(*tags)

    def walk(self) -> Iterator[Node]:
        """Give everything below, in order."""
        for child in self.children:
            yield child
            yield from child.walk()

    def has(self, name: str) -> bool:
        """Tell whether the element is of a class."""
        return name in self.attributes.get("class", "").split()

    def text(self, *without: str) -> str:
        """Give the text, without elements of some tags or classes."""
        parts: list[str] = []

        def add(node: Node) -> None:
            for child in node.children:
                if child.tag == "":
                    parts.append(child.data)
                elif child.tag not in without and not any(child.has(w) for w in without):
                    add(child)

        add(self)
        return plain("".join(parts))

    def rows(self) -> list[list[str]]:
        """Give a table's rows as texts."""
        return [
            [cell.text("sup", "mark", "svg") for cell in row.children if cell.tag in ("td", "th")]
            for row in self.find_all("tr")
        ]


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.here = Node("root", {}, None)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {k: v or "" for k, v in attrs}, self.here)
        self.here.children.append(node)
        if tag not in _EMPTY:
            self.here = node

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.here.children.append(Node(tag, {k: v or "" for k, v in attrs}, self.here))

    def handle_endtag(self, tag: str) -> None:
        node: Node | None = self.here
        while node is not None and node.tag != tag:
            node = node.parent
        if node is not None and node.parent is not None:
            self.here = node.parent

    def handle_data(self, data: str) -> None:
        node = Node("", {}, self.here)
        node.data = data
        self.here.children.append(node)

    def handle_comment(self, data: str) -> None:
        node = Node("!", {}, self.here)
        node.data = data
        self.here.children.append(node)


def parse(text: str) -> Node:
    """Parse a page."""
    builder = _Builder()
    builder.feed(text)
    builder.close()
    return builder.root
