"""The error tree: every fault a user can meet has a class for its kind and a code of its own.

    PetscribeError
    +-- InputError            the exam, report or option given cannot be used
    |   +-- MissingTag        a DICOM attribute that the work needs is absent or empty
    |   +-- UnsupportedSeries a series is readable but not of a kind petscribe handles
    +-- GeometryError         voxels cannot be placed in space, or two grids do not belong together
    +-- SuvError              no SUV can be computed; the exam may still be read in relative units
    +-- ExtractionError       a text or a language model's answer cannot be turned into findings
    +-- OutputMismatch        a drafted sentence disagrees with what was measured
    +-- OutputError           a result cannot be written

A code is a short kebab-case word that never changes meaning; `docs/errors.md` explains each.
Messages name the offending value, the expected one and where (tag, file name, series UID tail) and
never carry patient identity.
"""

from typing import Final


class PetscribeError(Exception):
    """The root: carries a one-line message and the documented code of the fault."""

    def __init__(self, code: str, message: str) -> None:
        """Keep `code` (kebab-case, documented) beside the one-line `message`."""
        super().__init__(message)
        self.code: Final = code
        line = " ".join(message.split())
        self.message: Final = "".join(c if c.isprintable() else "?" for c in line)

    def __str__(self) -> str:
        """Return the message alone, on one line."""
        return self.message


class InputError(PetscribeError):
    """The exam, report or option given cannot be used."""


class MissingTag(InputError):
    """A DICOM attribute that the work needs is absent or empty."""


class UnsupportedSeries(InputError):
    """A series is readable but not of a kind that petscribe handles."""


class GeometryError(PetscribeError):
    """Voxels cannot be placed in space, or two grids do not belong together."""


class SuvError(PetscribeError):
    """No SUV can be computed from this series."""


class ExtractionError(PetscribeError):
    """A text, or a language model's answer, cannot be turned into findings."""


class OutputMismatch(PetscribeError):
    """A drafted sentence disagrees with what was measured."""


class OutputError(PetscribeError):
    """A result cannot be written."""
