"""The error family.

::

    SozialraumError
    ├── InputError (ValueError)          .report lists all that is wrong with the given tables
    ├── CrsError (ValueError)            coordinates in degrees, without or in different systems
    ├── UnknownNameError (KeyError)      offers the nearest spelling
    ├── CoverageError (ValueError)       asked beyond what the data cover
    ├── SecrecyError (ValueError)        a number that would reveal a person was about to leave
    └── MissingPackageError (ImportError)  gives the exact install line
"""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sozialraum.texts import say

if TYPE_CHECKING:
    from sozialraum.model.check import CheckReport


class SozialraumError(Exception):
    """Everything this library raises on purpose."""


class InputError(SozialraumError, ValueError):
    """The given tables cannot be used; ``report`` names every reason at once."""

    def __init__(self, report: CheckReport) -> None:
        self.report = report
        super().__init__(str(report))


class CrsError(SozialraumError, ValueError):
    """A measure in metres was asked of coordinates that are not in one metric system."""


class UnknownNameError(SozialraumError, KeyError):
    """A name that does not exist, with the nearest spellings that do.

    Examples
    --------
    >>> print(UnknownNameError("level", "sozialräume", ["sozialraum", "quartier"]))
    Den Namen „sozialräume“ gibt es bei „level“ nicht. Gemeint sein könnte: sozialraum.
    """

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        self.kind, self.name, self.known = kind, str(name), sorted(known)
        near = difflib.get_close_matches(self.name, self.known, n=3, cutoff=0.5)
        hint = (
            say("error.name_near", names=", ".join(near))
            if near
            else say("error.name_known", names=", ".join(self.known[:12]))
        )
        self.message = say("error.name", name=name, kind=kind) + " " + hint
        super().__init__(self.message)

    def __str__(self) -> str:
        return self.message


class CoverageError(SozialraumError, ValueError):
    """The question reaches beyond what the data cover."""


class SecrecyError(SozialraumError, ValueError):
    """A table was about to leave the house without protection."""


class MissingPackageError(SozialraumError, ImportError):
    """An optional package is not installed; the message is the line to install it."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(say("error.package", package=package, extra=extra))


def require(package: str, extra: str) -> Any:
    """Import an optional package or say how to install it.

    Examples
    --------
    >>> require("json", extra="notebook").loads("1")
    1
    """
    try:
        return importlib.import_module(package)
    except ImportError as error:
        raise MissingPackageError(package, extra) from error
