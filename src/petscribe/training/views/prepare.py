"""A store of exams to a store of views: each exam is resampled once, before training.

The views are `model.inputs.views`', the same as in use. They are kept as 16-bit integers: PET in
hundredths of SUV, CT in HU, shares of a voxel in thousandths. Resumable like every store.

Arrays of a case: `body` (pet, ct), `<array>_<label>` (pet, ct, mask) for each mask of `lesions` and
`structures`, `places` (one body mask per view, in the record's order). The record keeps the source
record and adds `views`: array, label, side_mm, body_place of each.
"""

import multiprocessing
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from jaxtyping import Float, Int16

from petscribe.core.codec import decode
from petscribe.core.exam import Acquisition, Exam, SuvScale
from petscribe.core.volume import Grid, Mask, Volume
from petscribe.io.store import CaseStore, StoreWriter
from petscribe.model.inputs.views import AIR_HU, ExamViews, LesionView, exam_views
from petscribe.model.vlm import ViewConfig

PET_STEPS: Final = 100.0
SHARE_STEPS: Final = 1000.0
Requests = Callable[[Mapping[str, Any]], list[dict[str, Any]]]
MASK_ARRAYS: Final = ("lesions", "structures")
_INT16: Final = 32767


def prepare_views(
    source: Path,
    out: Path,
    views: ViewConfig,
    *,
    samples: Requests | None = None,
    workers: int = 1,
    step: Callable[[str], None] = lambda _: None,
) -> int:
    """Make the views of every case that `out` lacks; return how many were made.

    Args:
        source: store of exams with `pet`, `lesions`, perhaps `ct` and `structures`.
        out: store of views; finished when all are there.
        views: sizes of the views.
        samples: makes the requests of a record; None: those that the record holds.
        workers: processes; with several, `samples` is a function of a module.
        step: called with each key that is done.

    Raises:
        InputError: as the stores do.
    """
    store, writer = CaseStore.open(source), StoreWriter(out)
    missing = [key for key in store.keys(None) if not writer.has(key)]
    job = _Job(source=source, out=out, views=views, samples=samples)
    if workers <= 1:
        for key in missing:
            step(_prepare_one(job, key))
    else:
        spawn = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(workers, spawn) as pool:
            for key in pool.map(partial(_prepare_one, job), missing, chunksize=4):
                step(key)
    writer.finish({"kind": "views", "body": list(views.body), "focal": list(views.focal)})
    return len(missing)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """What every process of a preparation knows."""

    source: Path
    out: Path
    views: ViewConfig
    samples: Requests | None


def _prepare_one(job: _Job, key: str) -> str:
    store, writer = _opened(job.source, job.out)
    record, arrays = view_case(store, key, job.views)
    if job.samples is not None:
        record["samples"] = job.samples(record)
    writer.add(key, arrays=arrays, record=record, split=store.split(key))
    return key


@cache
def _opened(source: Path, out: Path) -> tuple[CaseStore, StoreWriter]:
    """Open both stores once per process: reading their cases takes seconds."""
    return CaseStore.open(source), StoreWriter(out)


def view_case(
    store: CaseStore, key: str, views: ViewConfig
) -> tuple[dict[str, Any], dict[str, Int16[np.ndarray, "..."]]]:
    """Return record and arrays of one exam's views."""
    record = store.record(key)
    exam = stored_exam(store, key)
    arrays: dict[str, Int16[np.ndarray, ...]] = {}
    listed: list[dict[str, Any]] = []
    places: list[Int16[np.ndarray, "z y x"]] = []
    voxel_mm = 0.0
    for name in MASK_ARRAYS:
        if name not in store.arrays(key):
            continue
        mask = Mask(labels=np.asarray(store.array(key, name), np.uint8), grid=exam.pet.grid)
        seen = exam_views(exam, mask, body=views.body, focal=views.focal)
        voxel_mm = seen.voxel_mm
        arrays["body"] = _packed_pair(seen)
        for label, view in seen.lesions.items():
            arrays[f"{name}_{label}"] = _packed_view(view)
            places.append(_steps(view.body_mask, SHARE_STEPS))
            listed.append(_entry(name, label, view))
    shape = (0, *views.body)
    arrays["places"] = np.stack(places) if places else np.zeros(shape, np.int16)
    return {**record, "views": listed, "voxel_mm": voxel_mm, "has_ct": exam.ct is not None}, arrays


def unpacked(
    packed: Int16[np.ndarray, "k z y x"],
) -> tuple[Float[np.ndarray, "z y x"], Float[np.ndarray, "z y x"]]:
    """Return SUV and HU of a packed view."""
    return packed[0].astype(np.float32) / np.float32(PET_STEPS), packed[1].astype(np.float32)


def shares(packed: Int16[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    """Return shares of voxels."""
    return packed.astype(np.float32) / np.float32(SHARE_STEPS)


def _entry(name: str, label: int, view: LesionView) -> dict[str, Any]:
    return {
        "array": name,
        "label": label,
        "side_mm": view.side_mm,
        "body_place": list(view.body_place),
    }


def stored_exam(store: CaseStore, key: str) -> Exam:
    """Return a stored exam as the views need it."""
    record = store.record(key)
    pet = Volume(
        array=store.array(key, "pet").astype(np.float32),
        grid=decode(Grid, record["pet_grid"]),
        unit=str(record.get("unit", "g/ml")),
    )
    ct = None
    if record.get("ct_grid") is not None:
        ct = Volume(array=store.array(key, "ct"), grid=decode(Grid, record["ct_grid"]), unit="HU")
    return Exam(
        pet=pet,
        ct=ct,
        acquisition=Acquisition(),
        suv=SuvScale(factor_bw=1.0, method="stored"),
    )


def _packed_pair(seen: ExamViews) -> Int16[np.ndarray, "k z y x"]:
    return np.stack([_steps(seen.pet, PET_STEPS), _hu(seen.ct, seen.pet.shape)])


def _packed_view(view: LesionView) -> Int16[np.ndarray, "k z y x"]:
    ct = _hu(view.ct, view.pet.shape)
    return np.stack([_steps(view.pet, PET_STEPS), ct, _steps(view.mask, SHARE_STEPS)])


def _hu(
    ct: Float[np.ndarray, "z y x"] | None, shape: tuple[int, ...]
) -> Int16[np.ndarray, "z y x"]:
    return np.full(shape, AIR_HU, np.int16) if ct is None else _steps(ct, 1.0)


def _steps(values: Float[np.ndarray, "z y x"], steps: float) -> Int16[np.ndarray, "z y x"]:
    return np.clip(np.rint(values * steps), -_INT16, _INT16).astype(np.int16)
