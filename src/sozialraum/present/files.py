"""Files that are written whole or not at all, under names that are only names."""

from __future__ import annotations

import errno
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sozialraum.model.audience import MARKS
from sozialraum.texts import say

_RESERVED = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"com{i}" for i in range(10)),
    *(f"lpt{i}" for i in range(10)),
}


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Give a temporary path beside the target that takes its place when the block succeeds.

    Parameters
    ----------
    path : path
        The target; its folder is made if it does not exist.

    Yields
    ------
    Path
        To write to. If the block fails it is removed and the target stays as it was.

    Examples
    --------
    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "a.txt"
    >>> with replacing(target) as temporary:
    ...     _ = temporary.write_text("ganz")
    >>> target.read_text()
    'ganz'
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".") as folder:
        temporary = Path(folder) / target.name
        yield temporary
        os.replace(temporary, target)  # noqa: PTH105 - the one call that is atomic on all systems


def need_folder(path: str | Path) -> Path:
    """Give the path of a folder to write into, whether it exists or not.

    Raises
    ------
    NotADirectoryError
        There is a file of this name.
    """
    folder = Path(path)
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, say("cli.not_a_folder"), str(folder))
    return folder


def mark_name(path: str | Path, audience: str) -> Path:
    """Let the name of a file say for whom it is, unless it is for everybody.

    Examples
    --------
    >>> mark_name("karte.html", "intern").name, mark_name("karte.html", "oeffentlich").name
    ('INTERN_karte.html', 'karte.html')
    """
    path, mark = Path(path), MARKS[audience]
    return path if path.name.startswith(mark) else path.with_name(mark + path.name)


def safe_name(text: str) -> str:
    """Make a file name of any text: no folders, no hidden files, no reserved words.

    Different texts may give the same name; use ids, which differ in more than their signs.

    Examples
    --------
    >>> safe_name("../Neue Stadt/Nord"), safe_name("01"), safe_name("")
    ('Neue_Stadt_Nord', '01', '_')
    """
    name = re.sub(r"[^\w-]+", "_", text).strip("_")[:80]
    return f"_{name}" if not name or name.casefold() in _RESERVED else name
