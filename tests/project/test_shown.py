"""Maps and profiles that a project file wants and cannot have."""

from __future__ import annotations

from pathlib import Path

import pytest

from sozialraum.errors import InputError
from sozialraum.project.inputs import check

from ..musterstadt import PROJECT, write_town


def test_indicators_that_do_not_exist_are_named_before_anything_is_measured(
    tmp_path: Path,
) -> None:
    write_town(
        tmp_path,
        '[[indicator]]\nid = "leistungsbezug"\ntitle = "Leistungsbezug"\n',
    )
    path = tmp_path / "sozialraum.toml"
    path.write_text(
        PROJECT
        + '\n[ressourcenkarte]\nindicator = "leistungsbezg"\n'
        + "limits = { armut = [1, 2] }\n"
        + '\n[[print_map]]\nindicator = "kita"\n',
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        check(path)
    told = [(f.code, f.text) for f in caught.value.report.errors]
    assert [code for code, _ in told] == ["shown_indicator"] * 3
    for (_, text), words in zip(
        told,
        ("[ressourcenkarte] leistungsbezg leistungsbezug", "limits armut", "[[print_map]] kita"),
        strict=True,
    ):  # fmt: skip
        assert all(word in text for word in words.split())
