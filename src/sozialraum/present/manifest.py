"""``edition.json``: what an edition was made of and which files it wrote."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sozialraum.model.audience import MARKS
from sozialraum.present.files import mark_name, replacing
from sozialraum.present.protocol import summarise_protocol
from sozialraum.secrecy.edition import Edition, verify_edition

NAME = "edition.json"
# Of this file and of what `sozialraum compare` reads beside it; another one is not understood.
FORMAT = 1


def write_manifest(edition: Edition, folder: Path, *, parameters: Mapping[str, Any]) -> Path:
    """Write ``edition.json`` beside the other outputs.

    Parameters
    ----------
    edition : Edition
    folder : Path
        Holds the outputs; the SHA-256 of every file in it is listed.
    parameters : mapping
        The project file.

    Returns
    -------
    Path

    Raises
    ------
    SecrecyError
        The edition is not protected.
    """
    verify_edition(edition)
    path = mark_name(folder / NAME, edition.audience)
    files = {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file != path
    }
    content = {
        "format": FORMAT,
        "title": edition.title,
        "redaktionsschluss": edition.created,
        "audience": edition.audience,
        "head": asdict(edition.head),
        "levels": [asdict(level) for level in edition.levels],
        "secrecy": asdict(edition.secrecy),
        "protocol": summarise_protocol(edition),
        "methods": edition.methods,
        "sources": edition.sources,
        "notes": edition.notes,
        "indicators": {name: asdict(i) for name, i in edition.indicators.items()},
        "parameters": parameters,
        "inputs": dict(edition.inputs),
        "files": files,
    }
    with replacing(path) as temporary:
        temporary.write_text(
            json.dumps(content, ensure_ascii=False, indent=1, default=str) + "\n", encoding="utf-8"
        )
    return path


def list_manifest(folder: Path) -> list[str]:
    """List the files an edition wrote into a folder, the manifest included; none if there is none."""
    for mark in MARKS.values():
        path = folder / f"{mark}{NAME}"
        if path.is_file():
            return [*json.loads(path.read_text(encoding="utf-8"))["files"], path.name]
    return []
