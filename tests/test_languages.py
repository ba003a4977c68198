"""English says what German says: the same keys of the page's sections, with the same blanks."""

from __future__ import annotations

import string
import tomllib
from importlib.resources import files

import pytest

from sozialraum.texts import date, number, say, speaking, words

OWN = files("sozialraum.texts")
GERMAN, ENGLISH = (
    tomllib.loads((OWN / f"{language}.toml").read_text("utf-8")) for language in ("de", "en")
)
# Sentences of sections the page shares with others that the page itself never says.
NOT_OF_THE_PAGE = {"classes": {"too_many"}, "print": {"dpi", "full", "left_out"}}


def sections(table: dict, above: str = "") -> dict[str, dict[str, str]]:
    """Give every table that holds sentences, by its dotted name."""
    found = {}
    for key, entry in table.items():
        if isinstance(entry, dict):
            found |= sections(entry, f"{above}{key}.")
    own = {k: v for k, v in table.items() if isinstance(v, str)}
    return found | ({above[:-1]: own} if own else {})


@pytest.mark.parametrize("section", sorted(sections(ENGLISH)))
def test_both_languages_have_every_key(section: str) -> None:
    german, english = sections(GERMAN)[section], sections(ENGLISH)[section]
    assert set(german) - NOT_OF_THE_PAGE.get(section, set()) == set(english)
    for key, sentence in english.items():
        blanks = [
            {name for _, name, _, _ in string.Formatter().parse(text) if name}
            for text in (sentence, german[key])
        ]
        assert blanks[0] == blanks[1], key
        assert sentence.strip()


def test_a_language_holds_for_its_block_only() -> None:
    with speaking("en"):
        assert say("map.print") == "Print"
        assert words("sign")["x"] == "not meaningful"
        assert number(1234.56, 1) == "1,234.6"
        assert date("2016-02-10") == "2016-02-10"
        # What English has no word for is said in German.
        assert say("openings.reason.holiday").startswith("gesetzlicher")
        with speaking("de"):
            assert say("map.print") == "Drucken"
    assert number(1234.56, 1) == "1.234,6"
    with pytest.raises(KeyError):
        say("map.script")
