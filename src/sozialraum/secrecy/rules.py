"""The rules by which numbers are withheld."""

from __future__ import annotations

from dataclasses import dataclass

from sozialraum.texts import say


@dataclass(frozen=True, slots=True)
class Secrecy:
    """How small a count of persons or cases may be to be published.

    Attributes
    ----------
    minimum : int
        Counts n with 0 < n < minimum are withheld. 3 is the rule of the Federal Employment Agency,
        5 or 10 are usual in municipal reports; the office decides. 0 or 1 withholds nothing.
    """

    minimum: int = 5

    @property
    def sentence(self) -> str:
        """The rule as it stands in every output."""
        if self.minimum <= 1:
            return say("secrecy.off")
        return say("secrecy.rule", minimum=self.minimum)
