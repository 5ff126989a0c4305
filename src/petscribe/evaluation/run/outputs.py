"""What a run leaves behind: one row per case, the summary, the page and the manifest.

`cases.csv` and `cases.parquet` hold the same table; `summary.json` is the object that `--json`
prints, with the manifest inside; `index.html` needs nothing beside it. All four appear together or
not at all. Tables hold ids and numbers, no texts.
"""

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Shaped

from petscribe.core.files import staged_folder, write_text
from petscribe.evaluation.clinical.faults import CRITICAL
from petscribe.evaluation.run.answers import items_of
from petscribe.evaluation.run.evaluate import Evaluation, manifest_of
from petscribe.evaluation.run.page import to_html
from petscribe.evaluation.run.scoring import COLUMNS
from petscribe.evaluation.run.statistics import clinical_statistics
from petscribe.evaluation.vqa import vqa_scores

FILES = ("cases.csv", "cases.parquet", "summary.json", "index.html")
_PER_CASE = ("pet_finding_score", "pet_finding_precision", "pet_finding_recall", "detection_f1")


def write_evaluation(
    evaluation: Evaluation, out: Path, *, inputs: Mapping[str, Path]
) -> tuple[Path, ...]:
    """Write everything into `out` and return the paths.

    Args:
        evaluation: a finished run.
        out: a folder; made when it is not there.
        inputs: the files it was made from, by what they are.
    """
    summary = {**evaluation.to_dict(), "manifest": manifest_of(evaluation, inputs)}
    columns = case_table(evaluation)
    with staged_folder(out) as stage:
        write_text(stage / "cases.csv", _csv(columns))
        _write_parquet(stage / "cases.parquet", columns)
        write_text(stage / "summary.json", _json(summary))
        write_text(stage / "index.html", to_html(summary))
    return tuple(out / name for name in FILES)


def case_table(evaluation: Evaluation) -> dict[str, Shaped[np.ndarray, " n"]]:
    """Return the per-case table by column."""
    clinical = clinical_statistics(evaluation.rows)
    table: dict[str, Shaped[np.ndarray, " n"]] = {
        "id": np.array([case.id for case in evaluation.cases]),
        "patient": np.array([case.patient for case in evaluation.cases]),
        **{name: clinical[name].per_case() for name in _PER_CASE},
    }
    for name in (*CRITICAL, "num_reference", "num_predicted", "pairs", "suv_error"):
        table[name] = evaluation.rows[:, COLUMNS.index(name)]
    compared = evaluation.rows[:, COLUMNS.index("suv_compared")] > 0
    table["suv_error"] = np.where(compared, table["suv_error"], np.nan)
    table |= evaluation.text.per_case
    if evaluation.answers is not None:
        table |= vqa_scores(items_of(evaluation.cases)).per_case
    return table


def _csv(columns: Mapping[str, Shaped[np.ndarray, " n"]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(
        zip(*(map(_cell, values.tolist()) for values in columns.values()), strict=True)
    )
    return out.getvalue()


def _cell(value: str | float) -> str:
    if isinstance(value, str):
        # a cell that starts like a formula is one to a spreadsheet
        return f"'{value}" if value[:1] in {"=", "+", "-", "@"} else value
    return "" if np.isnan(value) else f"{value:.10g}"


def _write_parquet(path: Path, columns: Mapping[str, Shaped[np.ndarray, " n"]]) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    arrays = {name: pa.array(values, from_pandas=True) for name, values in columns.items()}
    parquet.write_table(pa.table(arrays), path)


def _json(summary: Mapping[str, Any]) -> str:
    return json.dumps(summary, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
