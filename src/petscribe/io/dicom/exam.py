"""DICOM in: what is in a folder (`inspect_folder`), and the exam in it (`read_exam`).

A folder of any depth, order and mixture, a single multi-frame file, or a zip of such. Finding,
sorting, choosing, scaling are done elsewhere (`scan`, `stack`, `roles`, `io.suv`, `pixels`);
here they are put in order. Warnings are codes that `docs/errors.md` explains; details go to the
log. Knows no lesions.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from petscribe.core.errors import InputError, PetscribeError, UnsupportedSeries
from petscribe.core.exam import Exam, SeriesInfo, SuvScale
from petscribe.core.volume import Grid, Volume, canonical_order, to_canonical
from petscribe.io.dicom import tags
from petscribe.io.dicom.acquisition import acquisition_of, suv_facts
from petscribe.io.dicom.archive import opened
from petscribe.io.dicom.multiframe import Frame, frames_of
from petscribe.io.dicom.pixels import PADDING_HU, check_pixels, read_ct, read_pet
from petscribe.io.dicom.roles import Candidate, Choice, choose, role_of, series_tail
from petscribe.io.dicom.scan import Found, FoundSeries, find_series, printable
from petscribe.io.dicom.stack import Stack, build_stack
from petscribe.io.suv.scale import suv_scale

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What a folder holds; the handles behind it serve `read_exam` only."""

    series: tuple[SeriesInfo, ...]
    """Every series, the used ones first."""
    warnings: tuple[str, ...] = ()
    found: Found = field(repr=False)
    candidates: tuple[Candidate, ...] = field(default=(), repr=False)
    choice: Choice = field(repr=False)


def inspect_folder(path: Path) -> Inspection:
    """Say what lies under `path`: series, roles, units, SUV, what is used and why not.

    Raises:
        InputError: nothing there, no access, no DICOM at all (codes `not-found`, `cannot-read`,
            `no-dicom`, `nifti-given`, `too-many-files`), or an unusable archive
            (`archive`).
    """
    with opened(path) as place:
        return _inspect(place, path)


def read_exam(path: Path) -> Exam:
    """Read the PET (SUVbw, or relative values when SUV is refused) and its CT under `path`.

    Raises:
        PetscribeError: no usable PET: the code says why the best candidate fell out (`stack`,
            `pixels`, `io.suv`), `no-pet`, `several-patients`, `several-studies`, or a code of
            `inspect_folder`.
    """
    with opened(path) as place:
        inspection = _inspect(place, path)
        choice = inspection.choice
        if choice.pet is None:
            raise _no_exam(inspection)
        pet = inspection.candidates[choice.pet]
        ct = inspection.candidates[choice.ct] if choice.ct is not None else None
        return _exam(inspection, pet, ct)


def _inspect(place: Path, path: Path) -> Inspection:
    found = find_series(place)
    for damage in found.damages:
        _log.info("%s: %s", damage.code, damage.message)
    if not found.series:
        raise _nothing(found, path)
    candidates = tuple(_candidate(series) for series in found.series)
    choice = choose(candidates)
    infos = [_info(i, candidates[i], choice) for i in range(len(candidates))]
    infos.sort(key=lambda info: (not info.used, info.role != "pet", info.role != "ct"))
    return Inspection(
        series=tuple(infos),
        warnings=_warnings(found, candidates, choice),
        found=found,
        candidates=candidates,
        choice=choice,
    )


def _candidate(series: FoundSeries) -> Candidate:
    role, verdict = role_of(series)
    if verdict is not None:
        suv = _suv_of_first(series) if role == "pet" else None
        return Candidate(series=series, role=role, verdict=verdict, suv=suv)
    name = f"{'PET' if role == 'pet' else 'CT'} series {series_tail(series.uid)}"
    try:
        frames = [frame for instance in series.instances for frame in frames_of(instance)]
        stack = build_stack(_without_localizers(frames), name)
        check_pixels(stack.frames, name)
    except PetscribeError as fault:
        suv = _suv_of_first(series) if role == "pet" else None
        return Candidate(series=series, role=role, fault=fault, suv=suv)
    facts = suv_facts(stack.frames) if role == "pet" else None
    suv = suv_scale(facts) if facts is not None else None
    return Candidate(series=series, role=role, stack=stack, facts=facts, suv=suv)


def _suv_of_first(series: FoundSeries) -> SuvScale | None:
    """Return what the first file says about SUV, for series that form no volume."""
    try:
        return suv_scale(suv_facts(frames_of(series.instances[0])))
    except PetscribeError:
        return None


def _without_localizers(frames: Sequence[Frame]) -> list[Frame]:
    kept = [f for f in frames if "LOCALIZER" not in f.header.texts(tags.IMAGE_TYPE)]
    return kept or list(frames)


def _info(number: int, candidate: Candidate, choice: Choice) -> SeriesInfo:
    stack = candidate.stack
    header = stack.frames[0].header if stack else candidate.series.instances[0].header
    verdict = choice.verdicts.get(number)
    used = number in {choice.pet, choice.ct}
    if verdict is None and not used:
        code = choice.fault.code if choice.fault else "no-pet"
        reason = choice.fault.message if choice.fault else "there is no PET for this CT"
    else:
        code = verdict.code if verdict else ""
        reason = verdict.reason if verdict else ""
    grid = _canonical_grid(stack.grid) if stack else None
    return SeriesInfo(
        uid=candidate.series.uid,
        modality=candidate.series.modality,
        description=header.words(tags.SERIES_DESCRIPTION) or "",
        instances=len(candidate.series.instances),
        role=candidate.role,
        used=used,
        skipped_because=None if used else reason,
        skipped_code=None if used else code,
        units=header.text(tags.UNITS),
        suv=candidate.suv,
        frame_uid=header.text(tags.FRAME_UID),
        shape=grid.shape if grid else None,
        spacing_mm=grid.spacing_mm if grid else None,
    )


def _warnings(found: Found, candidates: Sequence[Candidate], choice: Choice) -> tuple[str, ...]:
    codes = [damage.code for damage in found.damages]
    for i in (choice.pet, choice.ct):
        stack = candidates[i].stack if i is not None else None
        codes += stack.warnings if stack else ()
    if choice.pet is not None and choice.ct is None:
        faulty = [c.fault.code for c in candidates if c.role == "ct" and c.fault is not None]
        others = [v.code for i, v in choice.verdicts.items() if candidates[i].role == "ct"]
        codes += ["no-ct", *faulty, *(c for c in others if c in {"other-patient", "other-frame"})]
    return tuple(dict.fromkeys(codes))


def _nothing(found: Found, path: Path) -> InputError:
    if found.damages:
        damage = found.damages[0]
        return InputError(damage.code, f"{printable(path)}: {damage.message}")
    if path.name.lower().endswith((".nii", ".nii.gz")):
        return InputError(
            "nifti-given", f"{printable(path)} is NIfTI: give it with --pet and --pet-unit"
        )
    what = f"{found.num_ignored} files, none of them DICOM" if found.num_ignored else "no files"
    return InputError("no-dicom", f"{printable(path)} holds {what}: give a DICOM exam")


def _no_exam(inspection: Inspection) -> PetscribeError:
    """Return the clearest reason why there is no exam."""
    choice, candidates = inspection.choice, inspection.candidates
    if choice.fault is not None:
        return choice.fault
    pets = [i for i, c in enumerate(candidates) if c.role == "pet"]
    for i in pets:
        fault = candidates[i].fault
        if fault is not None:
            return fault
    for i in pets:
        verdict = choice.verdicts[i]
        name = f"PET series {series_tail(candidates[i].series.uid)}"
        return UnsupportedSeries(verdict.code, f"{name}: {verdict.reason}")
    kinds = sorted({c.series.modality or "?" for c in candidates})
    return InputError(
        "no-pet", f"no PET series here, only {', '.join(kinds[:6])}: give an exam with a PET"
    )


def _exam(inspection: Inspection, pet: Candidate, ct: Candidate | None) -> Exam:
    assert pet.stack is not None
    assert pet.suv is not None
    assert pet.facts is not None
    _log.info(
        "SUV %s, reference %s, candidates %s, refused %s",
        pet.suv.method,
        pet.suv.reference_time,
        dict(pet.suv.candidates),
        pet.suv.refused,
    )
    header = pet.stack.frames[0].header
    ct_stack = ct.stack if ct else None
    ct_header = ct_stack.frames[0].header if ct_stack else None
    pet_numbers, pet_uids = _slice_names(pet.stack)
    return Exam(
        pet=_pet_volume(pet.stack, pet.suv),
        ct=_ct_volume(ct_stack) if ct_stack else None,
        acquisition=acquisition_of(pet.facts, header, ct_header),
        suv=pet.suv,
        series=inspection.series,
        warnings=inspection.warnings,
        study_uid=header.text(tags.STUDY_UID),
        pet_series_uid=pet.series.uid or None,
        ct_series_uid=(ct.series.uid or None) if ct else None,
        pet_image_numbers=pet_numbers,
        ct_image_numbers=_slice_names(ct_stack)[0] if ct_stack else (),
        pet_sop_uids=pet_uids,
    )


def _pet_volume(stack: Stack, suv: SuvScale) -> Volume:
    name = f"PET series {series_tail(stack.frames[0].header.text(tags.SERIES_UID) or '')}"
    per_slice = suv.slice_factors_bw
    if suv.refused is not None:
        factors: Sequence[float] = [1.0] * len(stack.frames)
    elif per_slice is not None:
        factors = per_slice
    else:
        factors = [suv.factor_bw or 0.0] * len(stack.frames)
    unit = "relative" if suv.refused is not None else "g/ml"
    array, grid = to_canonical(read_pet(stack.frames, factors, name), stack.grid)
    return Volume(array=np.ascontiguousarray(array), grid=grid, unit=unit)


def _ct_volume(stack: Stack) -> Volume:
    name = f"CT series {series_tail(stack.frames[0].header.text(tags.SERIES_UID) or '')}"
    stored, padded = read_ct(stack.frames, name)
    array, grid = to_canonical(stored, stack.grid)
    return Volume(
        array=np.ascontiguousarray(array),
        grid=grid,
        unit="HU",
        padding=PADDING_HU if padded else None,
    )


def _slice_names(stack: Stack) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Return image numbers and SOP instance UIDs in z order; none when slices are not axial."""
    order, flips = canonical_order(stack.grid)
    if order[0] != 0:
        return (), ()
    frames = stack.frames[::-1] if flips[0] else stack.frames
    numbers = [f.header.whole(tags.INSTANCE_NUMBER) for f in frames]
    unique = None not in numbers and len(set(numbers)) == len(numbers)
    count = len(frames)
    image_numbers = (
        tuple(n for n in numbers if n is not None)
        if unique
        else tuple(count - k for k in range(count))
    )
    uids = [f.header.text(tags.SOP_INSTANCE_UID) for f in frames]
    single = len({f.instance.path for f in frames}) == count and None not in uids
    return image_numbers, tuple(u for u in uids if u is not None) if single else ()


def _canonical_grid(grid: Grid) -> Grid:
    order, _ = canonical_order(grid)
    return replace(
        grid,
        shape=(grid.shape[order[0]], grid.shape[order[1]], grid.shape[order[2]]),
        spacing_mm=(
            grid.spacing_mm[order[0]],
            grid.spacing_mm[order[1]],
            grid.spacing_mm[order[2]],
        ),
    )
