"""Many phantom cases to a store: resumable, in several processes, the same content for a seed.

Each process makes and writes whole cases, so a build that is killed goes on where it was. A seed
that fails with a known fault is counted by its code and told, not skipped in silence. Knows nothing
of what a case holds (`corpus`).
"""

import multiprocessing
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import petscribe
from petscribe.core.errors import InputError, PetscribeError
from petscribe.dataset.phantoms.corpus import key_of, phantom_case
from petscribe.dataset.phantoms.samples import CorpusOptions
from petscribe.io.store import CaseStore, StoreWriter
from petscribe.phantom.drawing.tissues import LABELS

CORPUS_VERSION: Final = 1
"""Raised when the same seed gives another case."""
_SEEDS_PER_TASK: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusSummary:
    """What a build did."""

    made: int
    there: int
    """Cases that were in the store already."""
    failed: dict[int, str]
    """Code of the fault, by seed."""
    manifest: dict[str, Any]


def build_phantom_corpus(
    folder: Path,
    seeds: Sequence[int],
    *,
    workers: int = 1,
    options: CorpusOptions | None = None,
    step: Callable[[int], None] = lambda _: None,
) -> CorpusSummary:
    """Make the cases of these seeds that the store lacks, then write its manifest.

    Args:
        folder: of the store; made when it is not there.
        seeds: one case each.
        workers: processes.
        options: how much is asked of each case; those of a started store when it goes on.
        step: called with each seed that is done.

    Raises:
        InputError: the store was begun with other options or by another version of the corpus
            (code `corpus-options-differ`).
        OutputError: the folder cannot be written (code `cannot-write`).
    """
    chosen = options or CorpusOptions()
    _require_same_options(folder, chosen)
    writer = StoreWriter(folder)
    missing = [seed for seed in seeds if not writer.has(key_of(seed))]
    failed: dict[int, str] = {}
    for seed, code in _outcomes(folder, missing, workers, chosen):
        if code is not None:
            failed[seed] = code
        step(seed)
    manifest = writer.finish(_manifest(chosen, seeds, failed))
    return CorpusSummary(
        made=len(missing) - len(failed),
        there=len(seeds) - len(missing),
        failed=failed,
        manifest=manifest,
    )


def _outcomes(
    folder: Path, seeds: Sequence[int], workers: int, options: CorpusOptions
) -> Iterator[tuple[int, str | None]]:
    if workers <= 1 or len(seeds) <= 1:
        writer = StoreWriter(folder)
        for seed in seeds:
            yield seed, _make(writer, seed, options)
        return
    context = multiprocessing.get_context("spawn")
    settings = (str(folder), options)
    with ProcessPoolExecutor(workers, context, _begin, settings) as pool:
        yield from zip(seeds, pool.map(_work, seeds, chunksize=_SEEDS_PER_TASK), strict=True)


_at_work: dict[str, Any] = {}
"""What a worker process was begun with."""


def _begin(folder: str, options: CorpusOptions) -> None:
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    _at_work.update(writer=StoreWriter(Path(folder)), options=options)


def _work(seed: int) -> str | None:
    return _make(_at_work["writer"], seed, _at_work["options"])


def _make(writer: StoreWriter, seed: int, options: CorpusOptions) -> str | None:
    """Make and write one case; return the code of the fault, None when it went well."""
    try:
        case = phantom_case(seed, options=options)
    except PetscribeError as fault:
        return fault.code
    record = {**case.record, "corpus": _identity(options)}
    writer.add(case.key, arrays=case.arrays, record=record, split=case.split)
    return None


def _identity(options: CorpusOptions) -> dict[str, int]:
    """Return what decides voxels and masks; texts can be drawn anew (`requests`)."""
    return {
        "version": CORPUS_VERSION,
        "structures": options.structures,
        "physiologic": options.physiologic,
    }


def _require_same_options(folder: Path, options: CorpusOptions) -> None:
    if not (folder / "cases").is_dir():
        return
    store = CaseStore.open(folder)
    for key in store.keys()[:1]:
        found = store.record(key).get("corpus", {})
        if any(found.get(name) != value for name, value in _identity(options).items()):
            raise InputError(
                "corpus-options-differ",
                f"{folder} was begun with {found}, not {_identity(options)};"
                " give the same options or another folder",
            )


def _manifest(
    options: CorpusOptions, seeds: Sequence[int], failed: dict[int, str]
) -> dict[str, Any]:
    return {
        "kind": "phantom-corpus",
        "software": "petscribe",
        "version": petscribe.__version__,
        "corpus": _identity(options),
        "seeds": {"first": min(seeds), "last": max(seeds), "count": len(seeds)} if seeds else None,
        "failed": dict(Counter(failed.values())),
        "organ_names": {str(number): name for name, number in LABELS.items() if number > 0},
    }
