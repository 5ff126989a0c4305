"""The option that says which model writes: one that ships, a folder, or none.

Knows names and folders; the model itself is loaded only when one is asked for.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from petscribe.core.errors import InputError

if TYPE_CHECKING:
    from petscribe.model.describer import Describer

NONE = "none"
MODEL = click.option(
    "--model",
    default="nano",
    show_default=True,
    help="nano (ships with petscribe), a model's folder, or none: sentences by rules.",
)


def load_model(name: str) -> "Describer | None":
    """Return the model of a name or folder; None for `none`.

    Raises:
        InputError: no such model (code `model-unavailable`), or as loading it says.
    """
    if name == NONE:
        return None
    from petscribe.model.describer import WEIGHTS, load_describer

    shipped = WEIGHTS / name
    folder = shipped if shipped.is_dir() and "/" not in name else Path(name)
    if not folder.is_dir():
        known = sorted(p.name for p in WEIGHTS.glob("*") if p.is_dir())
        raise InputError(
            "model-unavailable",
            f"no model {name!r}: neither a folder nor one that ships ({', '.join(known) or NONE})",
        )
    return load_describer(folder)
