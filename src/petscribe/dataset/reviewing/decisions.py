"""A reviewer's decisions as a file: saved by the review sheet, honoured by the next build.

`{"version": 1, "decisions": {claim id: {"verdict", "point_lps_mm", "text"}}}`. Knows the file only.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from petscribe.core.codec import decode, encode
from petscribe.core.errors import InputError
from petscribe.core.files import write_json
from petscribe.dataset.linking.link import Decision
from petscribe.io.texts import read_text

VERSION: Final = 1


def read_decisions(path: Path) -> dict[str, Decision]:
    """Read the file that the review sheet saved.

    Raises:
        InputError: not such a file (code `bad-decisions`).
    """
    try:
        data = json.loads(read_text(path))
        if data["version"] != VERSION:
            raise InputError(
                "bad-decisions", f"{path.name}: version {data['version']!r}, expected {VERSION}"
            )
        return {
            str(name): decode(Decision, said, path=f"{path.name} {name}")
            for name, said in data["decisions"].items()
        }
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise InputError(
            "bad-decisions", f"{path.name} is no file of decisions saved by a review sheet"
        ) from fault


def write_decisions(decisions: Mapping[str, Decision], path: Path) -> None:
    """Write decisions as the review sheet does."""
    write_json(path, {"version": VERSION, "decisions": encode(dict(sorted(decisions.items())))})
