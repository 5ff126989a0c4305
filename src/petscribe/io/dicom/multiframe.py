"""Files as frames: every slice gets one header, whether its file holds one slice or a thousand.

Enhanced and legacy-converted PET and CT keep their per-slice attributes in functional groups; here
they are laid flat over the file's own attributes (shared groups, then per-frame groups), so that
all later code reads one kind of header. Where only a real-world value mapping states the scaling
and the unit (enhanced PET), it is written down as slope, intercept and Units. Source: DICOM PS3.3
C.7.6.16 (functional groups), C.8.22 (enhanced PET), A.70-A.72 (legacy converted).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from petscribe.core.errors import InputError
from petscribe.io.dicom import tags
from petscribe.io.dicom.headers import Header

PET_CLASSES = frozenset(
    {
        "1.2.840.10008.5.1.4.1.1.128",
        "1.2.840.10008.5.1.4.1.1.128.1",
        "1.2.840.10008.5.1.4.1.1.130",
    }
)
CT_CLASSES = frozenset(
    {
        "1.2.840.10008.5.1.4.1.1.2",
        "1.2.840.10008.5.1.4.1.1.2.1",
        "1.2.840.10008.5.1.4.1.1.2.2",
    }
)
ENHANCED_PET = "1.2.840.10008.5.1.4.1.1.130"
MAX_FRAMES = 20_000

_MACROS = (
    tags.FRAME_CONTENT_SEQUENCE,
    tags.PLANE_POSITION_SEQUENCE,
    tags.PLANE_ORIENTATION_SEQUENCE,
    tags.PIXEL_MEASURES_SEQUENCE,
    tags.PIXEL_TRANSFORM_SEQUENCE,
    tags.PET_FRAME_TYPE_SEQUENCE,
    tags.CT_FRAME_TYPE_SEQUENCE,
    tags.PET_FRAME_CORRECTION_SEQUENCE,
    tags.RADIOPHARMACEUTICAL_USAGE_SEQUENCE,
    tags.CT_RECONSTRUCTION_SEQUENCE,
    tags.CT_XRAY_DETAILS_SEQUENCE,
    tags.UNASSIGNED_SHARED_SEQUENCE,
    tags.UNASSIGNED_PER_FRAME_SEQUENCE,
)
_UCUM_UNITS = {
    "Bq/ml": (b"BQML", b""),
    "Bq/mL": (b"BQML", b""),
    "{SUVbw}g/ml": (b"GML", b"BW"),
    "{SUVbw}g/mL": (b"GML", b"BW"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One DICOM file: where it is, how long it is, what its header says."""

    path: Path
    size: int
    header: Header


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One slice: its attributes and where its pixels are."""

    instance: Instance
    header: Header
    """The attributes that hold for this slice."""
    index: int = 0
    """Number of the frame in its file, from 0."""
    num_frames: int = 1


def frames_of(instance: Instance) -> tuple[Frame, ...]:
    """Return a file's slices.

    Raises:
        InputError: more frames than any exam has (code `too-large`), or functional groups that do
            not cover the frames (code `bad-functional-groups`).
    """
    header = instance.header
    count = header.whole(tags.NUMBER_OF_FRAMES) or 1
    per_frame = header.values.get(tags.PER_FRAME_GROUPS)
    if count <= 1 and per_frame is None:
        return (Frame(instance=instance, header=header),)
    if count > MAX_FRAMES:
        raise InputError(
            "too-large",
            f"{instance.path.name} claims {count} frames, at most {MAX_FRAMES} are read",
        )
    groups = header.items(tags.PER_FRAME_GROUPS)
    if len(groups) != count:
        raise InputError(
            "bad-functional-groups",
            f"{instance.path.name} has {count} frames but describes {len(groups)} of them",
        )
    plain = _without_groups(header)
    shared = header.items(tags.SHARED_GROUPS)
    base = {**plain, **(_flat(shared[0]) if shared else {})}
    return tuple(
        Frame(
            instance=instance,
            header=replace(header, values=_with_units(header, {**base, **_flat(group)})),
            index=number,
            num_frames=count,
        )
        for number, group in enumerate(groups)
    )


def _without_groups(header: Header) -> dict[int, bytes]:
    groups = (tags.SHARED_GROUPS, tags.PER_FRAME_GROUPS)
    return {tag: value for tag, value in header.values.items() if tag not in groups}


def _flat(group: Header) -> dict[int, bytes]:
    """Return the attributes of a group's macros side by side."""
    flat: dict[int, bytes] = {}
    if tags.REAL_WORLD_SEQUENCE in group.values:
        flat[tags.REAL_WORLD_SEQUENCE] = group.values[tags.REAL_WORLD_SEQUENCE]
    for macro in _MACROS:
        items = group.items(macro)
        if items:
            flat.update(items[0].values)
    return flat


def _with_units(header: Header, values: Mapping[int, bytes]) -> dict[int, bytes]:
    """Add Units (and slope) that only a real-world value mapping or coded flags state."""
    named = dict(values)
    for item in replace(header, values=values).items(tags.REAL_WORLD_SEQUENCE):
        units = item.items(tags.MEASUREMENT_UNITS_SEQUENCE)
        known = _UCUM_UNITS.get((units[0].text(tags.CODE_VALUE) or "") if units else "")
        slope = item.double(tags.REAL_WORLD_SLOPE)
        if known is None or slope is None or tags.UNITS in values:
            continue
        named[tags.UNITS], named[tags.SUV_TYPE] = known
        named[tags.RESCALE_SLOPE] = repr(slope).encode()
        intercept = item.double(tags.REAL_WORLD_INTERCEPT) or 0.0
        named[tags.RESCALE_INTERCEPT] = repr(intercept).encode()
        break
    return named
