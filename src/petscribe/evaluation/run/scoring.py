"""Every case to one row of numbers: mined once, compared once, in parallel, remembered on disk.

A row is everything the clinical scores are ratios of (`COLUMNS`), so rows are all that is kept.
Rows are made in chunks; a chunk's file is named by the hash of its texts and of the code and words
that read them, so an interrupted run goes on where it stopped and a changed rule is never answered
from memory.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Float

from petscribe.core.errors import InputError
from petscribe.core.files import atomic_write
from petscribe.core.finding import Finding, MinedText
from petscribe.evaluation.clinical.attributes import size_of, suv_values
from petscribe.evaluation.clinical.faults import Faults
from petscribe.evaluation.clinical.grids import FORM_LABELS, UPTAKE_LABELS, grid_counts
from petscribe.evaluation.clinical.lesion_f1 import VARIANTS, tuple_counts
from petscribe.evaluation.clinical.score import Tally, positives, score_case
from petscribe.evaluation.clinical.vipet_original import original_counts
from petscribe.mining.rules import mine_text
from petscribe.terms.anatomy import REGIONS

Texts = tuple[str, str, str]
"""Reference, prediction, language."""
CHUNK: Final = 500
_COUNTS: Final = ("right", "predicted", "reference")
COLUMNS: Final[tuple[str, ...]] = (
    *(f.name for f in fields(Tally)),
    *(f.name for f in fields(Faults)),
    *(f"uptake_{label}_{count}" for label in UPTAKE_LABELS for count in _COUNTS),
    *(f"form_{label}_{count}" for label in FORM_LABELS for count in _COUNTS),
    *(f"lesion_{variant}_{count}" for variant in VARIANTS for count in _COUNTS),
    *(f"vipet_{variant}_{count}" for variant in VARIANTS for count in _COUNTS),
    *("first_region", "first_suv_max", "first_size_mm"),
)
"""The last three tell what the first finding of the reference is: index of its region, SUVmax,
longest axis; NaN where it is not stated."""


def score_texts(
    texts: Sequence[Texts],
    *,
    workers: int = 1,
    memory: Path | None = None,
    step: Callable[[int], None] = lambda _: None,
) -> Float[np.ndarray, "n columns"]:
    """Return one row of `COLUMNS` per pair of texts.

    Args:
        texts: what is compared.
        workers: processes; 1 works in this one.
        memory: folder in which finished chunks are kept and looked for.
        step: told the number of pairs done after each chunk.
    """
    chunks = [texts[start : start + CHUNK] for start in range(0, len(texts), CHUNK)]
    files = [None if memory is None else memory / f"{_key(chunk)}.npy" for chunk in chunks]
    found = [_remembered(file, len(chunk)) for file, chunk in zip(files, chunks, strict=True)]
    open_at = [i for i, rows in enumerate(found) if rows is None]
    done = len(texts) - sum(len(chunks[i]) for i in open_at)
    step(done)
    for i, rows in zip(open_at, _scored([chunks[i] for i in open_at], workers), strict=True):
        found[i] = rows
        _remember(files[i], rows)
        done += len(rows)
        step(done)
    kept = [rows for rows in found if rows is not None]
    return np.concatenate(kept) if kept else np.zeros((0, len(COLUMNS)))


def score_chunk(texts: Sequence[Texts]) -> Float[np.ndarray, "n columns"]:
    """Return the rows of some pairs, one after the other."""
    return np.array([_row(*pair) for pair in texts])


@lru_cache(maxsize=50_000)
def mined(text: str, lang: str) -> MinedText:
    """Return what a text says, remembered: constant predictions are read once."""
    return mine_text(text, lang=lang)


def _row(reference: str, prediction: str, lang: str) -> list[float]:
    wanted, said = mined(reference, lang), mined(prediction, lang)
    case = score_case(wanted, said)
    grid = grid_counts(wanted.findings, said.findings)
    return [
        *(float(getattr(case.tally, f.name)) for f in fields(Tally)),
        *(float(getattr(case.faults, f.name)) for f in fields(Faults)),
        *grid.uptake.ravel().tolist(),
        *grid.form.ravel().tolist(),
        *tuple_counts(wanted.findings, said.findings).ravel().tolist(),
        *original_counts(wanted.findings, said.findings).ravel().tolist(),
        *_first(wanted.findings),
    ]


def _first(findings: Sequence[Finding]) -> tuple[float, float, float]:
    for finding in positives(findings)[:1]:
        highest = suv_values(finding, "current").get("max", (np.nan, np.nan))[1]
        size = size_of(finding, "current") or (np.nan,)
        return float(REGIONS.index(finding.region)), highest, size[0]
    return np.nan, np.nan, np.nan


def _scored(
    chunks: Sequence[Sequence[Texts]], workers: int
) -> Iterator[Float[np.ndarray, "n columns"]]:
    if workers <= 1 or len(chunks) <= 1:
        yield from map(score_chunk, chunks)
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(min(workers, len(chunks)), get_context("spawn")) as pool:
        yield from pool.map(score_chunk, chunks)


def _key(chunk: Sequence[Texts]) -> str:
    said = json.dumps([code_stamp(), COLUMNS, chunk], ensure_ascii=False)
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


@cache
def code_stamp() -> str:
    """Return the hash of the code and the words that turn texts into rows."""
    package = Path(__file__).parents[2]
    digest = hashlib.sha256()
    for folder in ("core", "mining", "terms", "evaluation/clinical"):
        for path in sorted((package / folder).rglob("*")):
            if path.suffix in {".py", ".tsv", ".json", ".txt"}:
                digest.update(path.read_bytes())
    return digest.hexdigest()


def _remembered(file: Path | None, count: int) -> Float[np.ndarray, "n columns"] | None:
    if file is None or not file.is_file():
        return None
    try:
        rows = np.load(file, allow_pickle=False)
    except (ValueError, OSError, EOFError) as fault:
        raise InputError(
            "bad-cache", f"{file.name} in the cache cannot be read; delete it"
        ) from fault
    return rows if rows.shape == (count, len(COLUMNS)) else None


def _remember(file: Path | None, rows: Float[np.ndarray, "n columns"]) -> None:
    if file is not None:
        with atomic_write(file) as out:
            np.save(out, rows, allow_pickle=False)
