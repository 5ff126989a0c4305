"""Label names that travel with a NIfTI label map: in a header extension, or in a JSON file beside.

petscribe writes them as JSON in an extension of code 6 (comment), so that one file carries all. It
also understands TotalSegmentator's label table (XML in code 0) and `NAME.json` beside `NAME.nii.gz`
with `{"1": "liver"}` or `{"liver": 1}`, bare or under `labels` or `names`. Knows text, no voxels.
Anything not understood is "no names", never a fault. Source: NIfTI-1.1, header extensions.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np

MAX_NAMES_BYTES = 4 * 1024**2

_LABELS_KEY = "petscribe_labels"
_COMMENT_CODE = 6
_LABEL_XML = re.compile(
    r'<Label\b[^<>]{0,400}\bKey="(\d{1,9})"[^<>]{0,400}>\s*(?:<!\[CDATA\[)?([^<\]]{1,200})'
)


def extension_of(names: Mapping[int, str]) -> bytes:
    """Return the extension block that carries the names, padded as the standard asks."""
    listed = {str(label): name for label, name in sorted(names.items())}
    content = json.dumps({_LABELS_KEY: listed}).encode("utf-8")
    size = -(-(len(content) + 8) // 16) * 16
    return (np.array([size, _COMMENT_CODE], dtype="<i4").tobytes() + content).ljust(size, b"\0")


def names_in_extensions(block: bytes, *, big_endian: bool = False) -> dict[int, str]:
    """Return the names in the bytes between header and voxels (four flag bytes, then blocks)."""
    names: dict[int, str] = {}
    if len(block) < 4 or block[0] == 0:
        return names
    position = 4
    while position + 8 <= len(block):
        size = int.from_bytes(block[position : position + 4], "big" if big_endian else "little")
        if size < 16 or position + size > len(block):
            break
        content = block[position + 8 : position + size].rstrip(b"\0")
        names |= _names_in(content.decode("utf-8", "replace"))
        position += size
    return names


def names_beside(path: Path) -> dict[int, str]:
    """Return the names in the JSON file beside an image, if there is one."""
    stem = path.name.removesuffix(".gz").removesuffix(".nii")
    sidecar = path.with_name(f"{stem}.json")
    try:
        if sidecar.stat().st_size > MAX_NAMES_BYTES:
            return {}
        return _names_from_json(sidecar.read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        return {}


def _names_in(text: str) -> dict[int, str]:
    if f'"{_LABELS_KEY}"' in text:
        return _names_from_json(text)
    return {int(k): name.strip() for k, name in _LABEL_XML.findall(text) if int(k) > 0}


def _names_from_json(text: str) -> dict[int, str]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    for key in (_LABELS_KEY, "labels", "names"):
        if isinstance(data, dict) and isinstance(data.get(key), dict):
            data = data[key]
    names: dict[int, str] = {}
    for key, value in data.items() if isinstance(data, dict) else ():
        if isinstance(value, str) and key.isascii() and key.isdigit():
            names[int(key[:9])] = value
        elif isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            names[value] = key
    names.pop(0, None)
    return names
