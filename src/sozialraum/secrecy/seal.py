"""The seal of protected tables: whoever changes them afterwards breaks it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, ClassVar, Protocol, TypeVar

import pandas as pd
import shapely

from sozialraum.errors import SecrecyError
from sozialraum.texts import say

# Metadata of fields that may be changed, for they say nothing that is protected.
UNSEALED = {"sealed": False}


class Sealed(Protocol):
    """A frozen dataclass with a field ``seal``."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def seal(self) -> str:
        """Fingerprint, empty where nobody protected it."""


S = TypeVar("S", bound=Sealed)


def put_seal(thing: S) -> S:
    """Seal what was protected; only for those who protect it.

    Parameters
    ----------
    thing : Edition, Published or Comparison

    Returns
    -------
    same type
        With its seal.
    """
    return replace(thing, seal=make_seal(thing))


def check_seal(thing: Sealed) -> None:
    """Refuse what was not protected or was changed since.

    Raises
    ------
    SecrecyError
    """
    if not thing.seal or thing.seal != make_seal(thing):
        raise SecrecyError(say("secrecy.unsealed"))


def make_seal(thing: Sealed) -> str:
    """Give the fingerprint of everything that something protected says, but its looks."""
    digest = hashlib.sha256()
    for field in fields(thing):
        if field.metadata.get("sealed", True):
            digest.update(field.name.encode())
            _add(digest, getattr(thing, field.name))
    return digest.hexdigest()


def _add(digest: Any, part: Any) -> None:
    if isinstance(part, pd.DataFrame):
        plain = pd.DataFrame(part)
        if "geometry" in plain:
            shapes = shapely.to_wkb(plain.pop("geometry").to_numpy())
            digest.update(b"".join(shape or b"" for shape in shapes))
        digest.update(repr(list(plain.columns)).encode())
        mixed = {c: "str" for c, t in plain.dtypes.items() if t.kind == "O" and t != "str"}
        digest.update(pd.util.hash_pandas_object(plain.astype(mixed)).to_numpy())
    elif isinstance(part, Mapping):
        for key, value in part.items():
            digest.update(repr(key).encode())
            _add(digest, value)
    elif hasattr(part, "seal"):
        digest.update(make_seal(part).encode())
    else:
        digest.update(repr(part).encode())
