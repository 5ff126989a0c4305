"""All the work of a build, in several processes or on Ray; killed at any moment, it goes on.

A case is made again only when its files, the settings or a reviewer's decisions about it changed.
One bad exam is one problem with a code, and never stops the rest, even when it kills its process.
Cases, and so the store's hash, do not depend on the number of processes, their kind, or on how
often the build was stopped. Knows work and the store; what a case holds is `case`'s business.
"""

import hashlib
import json
import multiprocessing
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import petscribe
from petscribe.core.errors import PetscribeError
from petscribe.core.files import write_json
from petscribe.dataset.auditing.audit import audit_store
from petscribe.dataset.building.case import CaseSettings, applied_decisions, make_case
from petscribe.dataset.building.work import Plan, Problem, Work, fingerprint
from petscribe.dataset.linking.link import Decision
from petscribe.io.store import SPLITS, CaseStore, StoreWriter

Backend = Literal["processes", "ray"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What every worker needs to know."""

    folder: str
    settings: CaseSettings
    decisions: Mapping[str, Decision]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a build did."""

    made: int
    there: int
    """Cases that were in the store already, unchanged."""
    problems: tuple[Problem, ...]
    manifest: Mapping[str, Any]


def build(
    plan: Plan,
    folder: Path,
    *,
    settings: CaseSettings | None = None,
    decisions: Mapping[str, Decision] | None = None,
    workers: tuple[int, Backend] = (1, "processes"),
    step: Callable[[str], None] = lambda _: None,
) -> Summary:
    """Make every case of a plan that the store lacks, then audit the store and close it.

    Args:
        plan: the work.
        folder: of the store.
        settings: of the cases.
        decisions: a reviewer's, by claim id.
        workers: how many, and of which kind.
        step: called with the key of each case that is done.

    Raises:
        OutputError: the folder cannot be written (code `cannot-write`).
        InputError: Ray is asked for and not installed (code `ray-missing`).
    """
    job = Job(
        folder=str(folder), settings=settings or CaseSettings(), decisions=dict(decisions or {})
    )
    writer = StoreWriter(folder)
    work = [item for item in _unique(plan.work) if not _is_current(writer, item, job)]
    problems = [*plan.problems, *_repeated(plan.work)]
    for key, problem in _outcomes(job, work, workers):
        if problem is not None:
            problems.append(problem)
        step(key)
    ordered = tuple(sorted(problems, key=lambda p: (p.key, p.code)))
    write_json(folder / "problems.json", [problem.to_dict() for problem in ordered])
    failed = {p.key for p in ordered} & {item.key for item in work}
    manifest = writer.finish(_summed(folder, plan, job, ordered))
    return Summary(
        made=len(work) - len(failed),
        there=len(_unique(plan.work)) - len(work),
        problems=ordered,
        manifest=manifest,
    )


def make_one(job: Job, item: Work) -> tuple[str, Problem | None]:
    """Make and write one case; a fault becomes a problem."""
    try:
        writer = _writer(job.folder)
        inputs = _inputs(item, job)
        case = make_case(item, job.settings, job.decisions)
        writer.remove(item.key)
        writer.add(case.key, arrays=case.arrays, record=case.record, split=case.split)
        write_json(_state_file(job, item), {"inputs": inputs})
    except PetscribeError as fault:
        return item.key, Problem(code=fault.code, key=item.key, message=fault.message)
    except MemoryError:
        said = "not enough memory for this exam"
        return item.key, Problem(code="out-of-memory", key=item.key, message=said)
    except Exception as fault:  # noqa: BLE001 - the batch runner: one case never stops the rest
        # the fault's own words may hold patient data
        last = traceback.extract_tb(fault.__traceback__)[-1]
        where = f"{type(fault).__name__} at {Path(last.filename).name}:{last.lineno}"
        said = f"a fault of petscribe, not of the input: {where}"
        return item.key, Problem(code="internal", key=item.key, message=said)
    return item.key, None


def _outcomes(
    job: Job, work: Sequence[Work], workers: tuple[int, Backend]
) -> Iterator[tuple[str, Problem | None]]:
    number, backend = workers
    if backend == "ray":
        from petscribe.dataset.building.cluster import map_on_ray

        yield from map_on_ray(make_one, job, work)
    elif number <= 1 or len(work) <= 1:
        yield from (make_one(job, item) for item in work)
    else:
        done: set[str] = set()
        for outcome in _in_processes(job, work, number):
            done.add(outcome[0])
            yield outcome
        for item in work:  # those whose process died, or died beside it
            if item.key not in done:
                yield _alone(job, item)


def _in_processes(
    job: Job, work: Sequence[Work], number: int
) -> Iterator[tuple[str, Problem | None]]:
    """Yield what is done until all is, or a process dies (the system may kill one for memory)."""
    with ProcessPoolExecutor(number, multiprocessing.get_context("spawn")) as pool:
        waiting = [pool.submit(make_one, job, item) for item in work]
        for finished in as_completed(waiting):
            try:
                yield finished.result()
            except BrokenProcessPool:
                return


def _alone(job: Job, item: Work) -> tuple[str, Problem | None]:
    outcomes = list(_in_processes(job, [item], 1))
    if outcomes:
        return outcomes[0]
    said = "its process was killed, most likely for memory; the other cases are done"
    return item.key, Problem(code="worker-died", key=item.key, message=said)


_writers: dict[str, StoreWriter] = {}
"""One writer per store and process: opening one reads the whole index."""


def _writer(folder: str) -> StoreWriter:
    if folder not in _writers:
        _writers[folder] = StoreWriter(Path(folder))
    return _writers[folder]


def _is_current(writer: StoreWriter, item: Work, job: Job) -> bool:
    """Whether the store holds this case as this build would make it."""
    state = _state_file(job, item)
    if not writer.has(item.key) or not state.is_file():
        return False
    try:
        if json.loads(state.read_bytes())["inputs"] != _inputs(item, job):
            return False
        record = writer.record(item.key)
    except (PetscribeError, ValueError, KeyError, OSError):
        return False
    wanted = applied_decisions(job.decisions, record.get("claim_ids", ()))
    return bool(wanted == record.get("decisions"))


def _inputs(item: Work, job: Job) -> str:
    settings = json.dumps(job.settings.to_dict(), sort_keys=True)
    parts = f"{fingerprint(item)}\0{settings}\0{job.settings.grounding.date_key}"
    return hashlib.sha256(parts.encode()).hexdigest()


def _state_file(job: Job, item: Work) -> Path:
    return Path(job.folder) / "state" / f"{quote(item.key, safe='')}.json"


def _unique(work: Iterable[Work]) -> list[Work]:
    return list({item.key: item for item in reversed(list(work))}.values())[::-1]


def _repeated(work: Iterable[Work]) -> list[Problem]:
    counts = Counter(item.key for item in work)
    said = "two exams have this name; the first is used"
    return [Problem(code="two-exams", key=k, message=said) for k, n in counts.items() if n > 1]


def _summed(folder: Path, plan: Plan, job: Job, problems: Sequence[Problem]) -> dict[str, Any]:
    """Return what the manifest says beside the index."""
    store = CaseStore.open(folder)
    funnel: Counter[str] = Counter()
    warnings: Counter[str] = Counter()
    for key in store.keys():  # noqa: SIM118 - a store is no mapping
        record = store.record(key)
        funnel.update(record.get("funnel", {}))
        warnings.update(record.get("warnings", ()))
    return {
        "kind": "exam-corpus",
        "software": "petscribe",
        "version": petscribe.__version__,
        "settings": job.settings.to_dict(),
        "source": dict(plan.source),
        "splits": {split: len(store.keys(split)) for split in SPLITS},
        "funnel": dict(sorted(funnel.items())),
        "warnings": dict(sorted(warnings.items())),
        "problems": dict(sorted(Counter(p.code for p in problems).items())),
        "audit": audit_store(store).to_dict(),
    }
