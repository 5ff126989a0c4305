"""NIfTI images, label maps and exams: the only place where RAS becomes LPS and back.

Everything read is brought to canonical order (see `core.volume`); nothing is interpolated.
Decisions: integers without scaling up to 16 bits stay integers (a CT keeps its size), all else
becomes 32-bit float. In a CT, NaN and values below -1500 HU (a scanner's filling outside its field)
are "not measured"; any infinite voxel, and NaN in a PET, is refused: a PET with holes cannot be
measured. Label maps hold integers 0-65535.

A NIfTI PET never says its unit: the user does (`NiftiFacts`). Knows no DICOM. SUV comes from
`io.suv.scale`. Source: NIfTI-1.1 (nifti1.h), section on orientation.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from jaxtyping import Float, Shaped

from petscribe.core.alignment import require_together
from petscribe.core.errors import InputError, SuvError
from petscribe.core.exam import Acquisition, Exam, SeriesInfo, Sex, SuvScale, Tracer
from petscribe.core.volume import Grid, Mask, Volume, to_canonical
from petscribe.io.dicom.pixels import PADDING_HU
from petscribe.io.nifti.stored import DEFAULT_MAX_BYTES, Stored, read_stored, write_stored
from petscribe.io.suv.nuclides import half_life_s
from petscribe.io.suv.scale import SuvFacts, suv_scale

MAX_LABEL = 65535
LOWEST_HU = -1500.0
"""Nothing in a body or around it is less dense; lower values are filling."""

_RAS_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])
_KEPT_INTEGERS = ("uint8", "int8", "int16", "uint16")
_FLUORINE = ("fdg", "fluciclovine", "flt")
"""Tracers that exist with one radionuclide only, F-18."""
_PET_UNITS = ("g/ml", "Bq/ml", "relative")


@dataclass(frozen=True, slots=True, kw_only=True)
class NiftiFacts:
    """What the user states about a PET that lies on disk as NIfTI."""

    pet_unit: Literal["suvbw", "bqml"] | None
    weight_kg: float | None = None
    height_cm: float | None = None
    sex: str | None = None
    injected_activity_bq: float | None = None
    uptake_time_s: float | None = None
    """From injection to the time that the voxel values refer to."""
    radionuclide: str | None = None
    """Like `F-18`; its half life is looked up."""
    half_life_s: float | None = None
    """When the radionuclide is not in the table."""
    tracer: str | None = None


def read_volume(path: Path, *, unit: str, max_bytes: int = DEFAULT_MAX_BYTES) -> Volume:
    """Read a NIfTI image in canonical order.

    Raises:
        InputError: unusable file (codes of `io.nifti.stored.read_stored`), or voxels that are not
            finite (code `nan-voxels`).
        GeometryError: impossible geometry (codes `no-orientation`, `bad-geometry`).
    """
    stored = read_stored(path, max_bytes=max_bytes)
    array, grid = to_canonical(stored.array, _grid_of(stored))
    values = _scaled(np.ascontiguousarray(array), stored)
    _refuse_holes(values, path, unit)
    padding = _mark_filling(values) if unit == "HU" else None
    return Volume(array=values, grid=grid, unit=unit, padding=padding)


def read_labels(path: Path, names: Mapping[int, str] | None = None) -> Mask:
    """Read a NIfTI label map in canonical order, with the names that the file or the caller gives.

    Raises:
        InputError: unusable file, or voxels that are not whole numbers 0-65535 (code
            `bad-labels`).
        GeometryError: impossible geometry (codes `no-orientation`, `bad-geometry`).
    """
    stored = read_stored(path)
    array, grid = to_canonical(stored.array, _grid_of(stored))
    labels = _whole_numbers(_scaled(np.ascontiguousarray(array), stored), path)
    return Mask(labels=labels, grid=grid, names=dict(names or stored.names))


def write_volume(volume: Volume, path: Path) -> None:
    """Write an image as NIfTI, atomically; unmeasured voxels become NaN, in an integer CT -3024."""
    array = volume.array
    kept = volume.unit == "HU" and volume.padding == PADDING_HU
    if volume.padding is not None and not kept and not volume.measured.all():
        array = np.where(volume.measured, array, np.float32(np.nan)).astype(np.float32)
    if array.dtype == np.bool_:
        array = array.astype(np.uint8)
    write_stored(path, array, _affine_of(volume.grid))


def write_labels(mask: Mask, path: Path) -> None:
    """Write a label map as NIfTI with its names inside, atomically, in the smallest type.

    Raises:
        ValueError: a label is above 65535.
    """
    top = int(mask.labels.max(initial=0))
    if top > MAX_LABEL:
        raise ValueError(f"label {top} is above {MAX_LABEL}")
    dtype = np.uint8 if top <= 255 else np.uint16
    write_stored(path, mask.labels.astype(dtype), _affine_of(mask.grid), mask.names)


def read_exam_pair(pet: Path, ct: Path | None, facts: NiftiFacts) -> Exam:
    """Read a PET, and maybe its CT (HU), as an exam whose unit the user states.

    Raises:
        InputError: no unit stated (code `missing-pet-unit`), or an unusable file.
        SuvError: Bq/ml without weight, dose, uptake time or half life, or with absurd ones (codes
            of `io.suv.scale`).
        GeometryError: PET and CT share no space (code `no-overlap`).
    """
    if facts.pet_unit is None:
        raise InputError(
            "missing-pet-unit",
            f"{pet.name}: a NIfTI file does not say its unit; give --pet-unit suvbw or bqml",
        )
    scale = _suv_scale(facts)
    read = read_volume(pet, unit="g/ml" if facts.pet_unit == "suvbw" else "Bq/ml")
    array = read.array.astype(np.float32, copy=False)
    if scale.factor_bw != 1.0:
        array = array * np.float32(scale.factor_bw)
    images = None if ct is None else read_volume(ct, unit="HU")
    if images is not None:
        require_together(images.grid, read.grid)
    return Exam(
        pet=Volume(array=array, grid=read.grid, unit="g/ml"),
        ct=images,
        acquisition=_acquisition(facts),
        suv=scale,
        series=_series((pet, ct), (read, images), scale),
        warnings=scale.warnings if images is not None else (*scale.warnings, "no-ct"),
    )


def _grid_of(stored: Stored) -> Grid:
    """Return the LPS grid of an array as stored: (k, j, i) order, RAS turned into LPS."""
    lps = _RAS_LPS @ stored.affine_ras_mm
    reordered = lps[:, [2, 1, 0, 3]]
    shape = stored.array.shape
    return Grid.from_affine(reordered, (shape[0], shape[1], shape[2]))


def _affine_of(grid: Grid) -> Float[np.ndarray, "4 4"]:
    affine: Float[np.ndarray, "4 4"] = _RAS_LPS @ grid.affine[:, [2, 1, 0, 3]]
    return affine


def _scaled(array: Shaped[np.ndarray, "z y x"], stored: Stored) -> Shaped[np.ndarray, "z y x"]:
    """Apply slope and intercept; keep small integers as they are."""
    with np.errstate(over="ignore", invalid="ignore"):  # infinities are refused by name later
        if stored.slope == 1.0 and stored.intercept == 0.0:
            kept = array.dtype.name in _KEPT_INTEGERS
            return array if kept else array.astype(np.float32, copy=False)
        scaled = array.astype(np.float32)
        scaled *= np.float32(stored.slope)
        scaled += np.float32(stored.intercept)
    return scaled


def _mark_filling(ct: Shaped[np.ndarray, "z y x"]) -> int | None:
    """Give voxels outside the CT's field one value in place; return it when it is an integer."""
    if ct.dtype.kind == "u" or ct.dtype.itemsize < 2:
        return None
    outside = ct < LOWEST_HU
    if not outside.any():
        return None
    if ct.dtype.kind == "f":
        ct[outside] = np.nan
        return None
    ct[outside] = PADDING_HU
    return PADDING_HU


def _refuse_holes(array: Shaped[np.ndarray, "z y x"], path: Path, unit: str) -> None:
    if array.dtype.kind != "f":
        return
    bad = ~np.isfinite(array) if unit in _PET_UNITS else np.isinf(array)
    count = int(np.count_nonzero(bad))
    if count:
        raise InputError(
            "nan-voxels",
            f"{path.name}: {count} voxels are NaN or infinite; the image cannot be measured,"
            " export it again",
        )


def _whole_numbers(array: Shaped[np.ndarray, "z y x"], path: Path) -> Shaped[np.ndarray, "z y x"]:
    fits = True
    if array.dtype.kind == "f":
        fits = bool(np.all(np.isfinite(array)) and np.all(array == np.rint(array)))
    low, top = (array.min(), array.max()) if fits else (-1, -1)
    if not fits or low < 0 or top > MAX_LABEL:
        raise InputError(
            "bad-labels",
            f"{path.name}: a label map holds whole numbers from 0 to {MAX_LABEL}; this looks like"
            " an image, a probability map or signed labels",
        )
    return array.astype(np.uint8 if top <= 255 else np.uint16, copy=False)


def _suv_scale(facts: NiftiFacts) -> SuvScale:
    nuclide = facts.radionuclide or ("F-18" if _tracer(facts.tracer) in _FLUORINE else None)
    stated = SuvFacts(
        units="GML" if facts.pet_unit == "suvbw" else "BQML",
        suv_type="BW" if facts.pet_unit == "suvbw" else None,
        decay_correction="START",
        corrections=("ATTN", "DECY"),
        weight_kg=facts.weight_kg,
        height_m=None if facts.height_cm is None else facts.height_cm / 100.0,
        sex=facts.sex,
        dose_bq=facts.injected_activity_bq,
        half_life_s=facts.half_life_s or half_life_s(nuclide),
        nuclide=nuclide,
        tracer=_tracer(facts.tracer),
        uptake_s=facts.uptake_time_s,
    )
    if facts.pet_unit == "bqml":
        _require_bqml_facts(stated)
    scale = suv_scale(stated)
    if scale.refused is not None:
        raise SuvError(scale.refused, scale.refused_message or "no SUV can be computed")
    if facts.pet_unit == "suvbw":
        return replace(scale, method="stated-suvbw", factor_bw=1.0)
    return replace(scale, method="stated-bqml")


def _require_bqml_facts(stated: SuvFacts) -> None:
    wanted = (
        (stated.weight_kg, "missing-weight", "the body weight (--weight-kg)"),
        (stated.dose_bq, "missing-dose", "the injected activity (--dose-mbq)"),
        (stated.uptake_s, "missing-uptake-time", "the minutes since injection (--uptake-min)"),
        (
            stated.half_life_s,
            "missing-half-life",
            "a radionuclide with known half life (--nuclide)",
        ),
    )
    for value, code, words in wanted:
        if value is None:
            raise SuvError(code, f"a PET in Bq/ml needs {words} to become SUV")


def _tracer(name: str | None) -> Tracer:
    if name is None:
        return "unknown"
    known: dict[str, Tracer] = {t: t for t in get_args(Tracer)}
    return known.get(name.strip().lower(), "other")


def _acquisition(facts: NiftiFacts) -> Acquisition:
    sexes: dict[str, Sex] = {s: s for s in get_args(Sex)}
    return Acquisition(
        tracer=_tracer(facts.tracer),
        tracer_text=facts.tracer,
        radionuclide=facts.radionuclide,
        half_life_s=facts.half_life_s or half_life_s(facts.radionuclide),
        weight_kg=facts.weight_kg,
        height_cm=facts.height_cm,
        sex=sexes.get(facts.sex or ""),
        injected_activity_bq=facts.injected_activity_bq,
        uptake_time_s=facts.uptake_time_s,
    )


def _series(
    files: tuple[Path, Path | None], images: tuple[Volume, Volume | None], scale: SuvScale
) -> tuple[SeriesInfo, ...]:
    found = []
    for path, image, role in zip(files, images, ("pet", "ct"), strict=True):
        if path is None or image is None:
            continue
        found.append(
            SeriesInfo(
                uid=path.name,
                modality="PT" if role == "pet" else "CT",
                description=path.name,
                instances=1,
                role="pet" if role == "pet" else "ct",
                used=True,
                units=image.unit,
                suv=scale if role == "pet" else None,
                shape=image.grid.shape,
                spacing_mm=image.grid.spacing_mm,
            )
        )
    return tuple(found)
