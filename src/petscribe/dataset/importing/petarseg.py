"""A PETARSeg-like folder: a table with one finding per row, each with PET, CT and lesion mask.

The layout of PETARSeg-11K itself is behind its agreement, so every column's name may be given. Rows
of one PET become one exam. A split column is kept; without one, patients are split by hash. Knows
the table, not the images.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, Literal

from petscribe.core.errors import InputError
from petscribe.dataset.building.work import GivenFinding, NiftiFiles, Plan, Problem, Work, pseudonym
from petscribe.dataset.importing.columns import Columns, Table, read_table

COLUMNS: Final = Columns(
    needed={"text": "text", "pet": "pet", "mask": "mask"},
    optional={
        "ct": "ct",
        "exam": "exam",
        "patient": "patient",
        "split": "split",
        "lang": "lang",
        "tracer": "tracer",
    },
    values={"pet_unit": "suvbw"},
)
Split = Literal["train", "val", "test"]
_SPLITS: Final[Mapping[str, Split]] = {
    "train": "train",
    "training": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "dev": "val",
    "test": "test",
    "testing": "test",
}


def plan_of(table: Path, mapping: Path | None = None) -> Plan:
    """Return one piece of work per exam; paths in the table are relative to its folder.

    Raises:
        InputError: codes of `columns.read_table`; `option-mismatch` for a unit that is none.
    """
    read = read_table(table, COLUMNS, mapping)
    exams: dict[str, list[Mapping[str, str]]] = {}
    problems: list[Problem] = []
    for number, row in enumerate(read.rows, start=2):
        fault = _fault(row, table.parent)
        if fault is not None:
            problems.append(Problem(code=fault[0], key=f"row {number}", message=fault[1]))
            continue
        exams.setdefault(row["exam"] or row["pet"], []).append(row)
    work = []
    for name, rows in exams.items():
        splits = {_SPLITS.get(row["split"].lower()) for row in rows}
        if len(splits) > 1 or len({row["pet"] for row in rows}) > 1:
            said = "its rows name several PET files or several splits"
            problems.append(Problem(code="rows-disagree", key=name, message=said))
            continue
        work.append(_work(name, rows, table.parent, read))
    return Plan(
        work=tuple(work),
        problems=tuple(problems),
        source={"kind": "petarseg-like", "rows": len(read.rows), "exams": len(exams)},
    )


def _work(name: str, rows: Iterable[Mapping[str, str]], folder: Path, read: Table) -> Work:
    rows = list(rows)
    first = rows[0]
    unit = read.values["pet_unit"]
    if unit not in {"suvbw", "bqml"}:
        raise InputError("option-mismatch", f"pet_unit {unit!r} is neither suvbw nor bqml")
    return Work(
        key=name.replace("/", "_"),
        patient=pseudonym(first["patient"] or name),
        files=NiftiFiles(
            pet=folder / first["pet"],
            ct=folder / first["ct"] if first["ct"] else None,
            pet_unit=unit,
            tracer=first["tracer"].lower() or "fdg",
        ),
        findings=tuple(
            GivenFinding(
                text=row["text"], mask=folder / row["mask"], lang=row["lang"].lower() or None
            )
            for row in rows
        ),
        split=_SPLITS.get(first["split"].lower()),
    )


def _fault(row: Mapping[str, str], folder: Path) -> tuple[str, str] | None:
    if not row["text"]:
        return "empty-report", "the row has no text"
    for name in ("pet", "mask", "ct"):
        if not row[name]:
            if name != "ct":
                return "missing-file", f"the row names no {name} file"
            continue
        if not (folder / row[name]).is_file():
            return "missing-file", f"its {name} file is not there: {Path(row[name]).name}"
    split = row["split"].lower()
    if split and split not in _SPLITS:
        return "bad-split", f"the split {split[:20]!r} is none of {', '.join(_SPLITS)}"
    return None
