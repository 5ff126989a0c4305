"""Work -> exam, lesion mask and organs in memory, from DICOM, NIfTI or bare arrays.

Bare arrays carry no geometry: the user states spacing and direction, and the exam stands in a
lattice of its own with its first voxel at the origin. Knows formats through `io` only.
"""

from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
from jaxtyping import Shaped

from petscribe.core.errors import InputError
from petscribe.core.exam import Acquisition, Exam, SuvScale, Tracer
from petscribe.core.volume import Grid, Mask, Triple, Volume
from petscribe.dataset.building.work import ArrayFiles, DicomFolder, ExamFiles, NiftiFiles, Work
from petscribe.io.dicom.exam import read_exam
from petscribe.io.masks.reading import read_mask
from petscribe.io.nifti.exam import NiftiFacts, read_exam_pair, read_labels


def read_files(files: ExamFiles) -> Exam:
    """Read an exam.

    Raises:
        PetscribeError: codes of the readers; `bad-array` for an `.npz` file that holds no volume.
    """
    if isinstance(files, DicomFolder):
        return read_exam(files.folder)
    if isinstance(files, NiftiFiles):
        facts = NiftiFacts(pet_unit=files.pet_unit, tracer=files.tracer)
        return read_exam_pair(files.pet, files.ct, facts)
    return _read_arrays(files)


def read_given(work: Work, exam: Exam) -> tuple[Mask | None, Mask | None]:
    """Return the user's lesions on the PET grid, and the user's organs, where there are any."""
    lesions = None
    if work.mask is not None:
        lesions = read_mask(
            work.mask,
            exam.pet.grid,
            sop_uids=exam.pet_sop_uids,
            pet_series_uid=exam.pet_series_uid,
            study_uid=exam.study_uid,
        )
    organs = read_labels(work.organs) if work.organs is not None else None
    return lesions, organs


def _read_arrays(files: ArrayFiles) -> Exam:
    pet = _array(files.pet, is_feet_first=files.is_feet_first).astype(np.float32)
    if not np.isfinite(pet).all():
        raise InputError(
            "nan-voxels", f"{files.pet.name}: the PET holds values that are no numbers"
        )
    grid = _lattice(pet.shape, files.pet_spacing_mm, centre=None)
    has_suv = files.suv_per_unit is not None
    volume = Volume(
        array=pet * np.float32(files.suv_per_unit or 1.0),
        grid=grid,
        unit="g/ml" if has_suv else "relative",
    )
    tracer: Tracer = next((t for t in get_args(Tracer) if t == files.tracer), "unknown")
    return Exam(
        pet=volume,
        ct=_read_ct(files, grid),
        acquisition=Acquisition(tracer=tracer),
        suv=SuvScale(
            factor_bw=files.suv_per_unit,
            method="stated-by-user",
            refused=None if has_suv else "missing-pet-unit",
        ),
    )


def _read_ct(files: ArrayFiles, pet: Grid) -> Volume | None:
    if files.ct is None or files.ct_spacing_mm is None:
        return None
    hu = _array(files.ct, is_feet_first=files.is_feet_first).astype(np.float32)
    low, high = pet.bounds_mm
    centre = tuple((a + b) / 2 for a, b in zip(low, high, strict=True))
    grid = _lattice(hu.shape, files.ct_spacing_mm, centre=(centre[0], centre[1], centre[2]))
    return Volume(array=hu + np.float32(files.hu_offset), grid=grid, unit="HU")


def _array(path: Path, *, is_feet_first: bool) -> Shaped[np.ndarray, "z y x"]:
    try:
        with np.load(path, allow_pickle=False) as found:
            array = found[found.files[0]] if "data" not in found.files else found["data"]
    except (OSError, ValueError, IndexError, KeyError) as fault:
        raise InputError("bad-array", f"{path.name} cannot be read as an .npz volume") from fault
    if array.ndim != 3 or array.dtype.kind not in "iuf" or min(array.shape) < 2:
        raise InputError(
            "bad-array", f"{path.name}: expected one volume, found {array.dtype} {array.shape}"
        )
    return np.ascontiguousarray(array if is_feet_first else array[::-1])


def _lattice(
    shape: tuple[int, ...], spacing_mm: tuple[float, float, float], *, centre: Triple | None
) -> Grid:
    grid = Grid(
        shape=(shape[0], shape[1], shape[2]), spacing_mm=spacing_mm, origin_mm=(0.0, 0.0, 0.0)
    )
    if centre is None:
        return grid
    low, high = grid.bounds_mm
    x, y, z = (c - (a + b) / 2 for c, a, b in zip(centre, low, high, strict=True))
    return replace(grid, origin_mm=(x, y, z))
