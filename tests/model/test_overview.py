"""Bundles and reports show themselves as short tables that everybody can read and nothing runs in."""

from __future__ import annotations

from html.parser import HTMLParser

from sozialraum.model.check import CheckReport, Finding
from sozialraum.model.overview import Overview

HOSTILE = "</caption></table><script>alert(1)</script>\"'&"


class Reader(HTMLParser):
    """Which elements there are, and what they say."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, str | None]] = []
        self.said: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs).get("scope")))

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def test_every_cell_is_text_and_every_heading_says_what_it_heads() -> None:
    page = Reader(Overview(HOSTILE, ("Inhalt", HOSTILE), ((HOSTILE, "3"),))._repr_html_())
    assert page.seen == [
        ("table", None), ("caption", None), ("thead", None), ("tr", None), ("th", "col"),
        ("th", "col"), ("tbody", None), ("tr", None), ("th", "row"), ("td", None),
    ]  # fmt: skip
    assert page.said == [HOSTILE, "Inhalt", HOSTILE, HOSTILE, "3"]


def test_a_long_report_stays_short_and_says_so() -> None:
    report = CheckReport(tuple(Finding("note", "x", "orte.csv", f"Satz {i}") for i in range(103)))
    page = Reader(report._repr_html_())
    assert page.seen.count(("tr", None)) == 101
    assert "Satz 99" in page.said
    assert "Satz 100" not in page.said
    assert page.said[-1] == "Nicht gezeigt sind 3 weitere Zeilen."
    assert repr(report) == str(report)
    assert str(report).endswith("Satz 102")
