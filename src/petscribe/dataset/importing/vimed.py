"""ViMed-PET-like data: a table of studies with bare `.npz` volumes and report texts.

The arrays say nothing of their geometry or unit, so spacing, direction and SUV per stored unit are
the user's to state in the mapping file; without `suv_per_unit` the PET is kept in relative units,
and no sentence is linked by its SUV. The published `name` column is no identity of a patient (one
name carries several sexes and sizes): name, sex and height together stand for one here. Splits go
by month as published when year and month can be read from the path of the PET, else by hash. Knows
the table, not the images.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal

from petscribe.core.errors import InputError, PetscribeError
from petscribe.dataset.building.work import ArrayFiles, Plan, Problem, Work, pseudonym
from petscribe.dataset.importing.columns import Columns, read_table
from petscribe.io.texts import read_text

COLUMNS: Final = Columns(
    needed={"pet": "pet_path", "report": "report_path"},
    optional={"ct": "ct_path", "name": "name", "sex": "sex", "height": "height", "year": "year"},
    values={
        "lang": "vi",
        "pet_spacing_mm": None,
        "ct_spacing_mm": None,
        "suv_per_unit": None,
        "hu_offset": 0.0,
        "is_feet_first": True,
        "split_by_month": True,
    },
)
_MONTH: Final = re.compile(r"THANG[ _]?(\d{1,2})", re.IGNORECASE)
_VAL_TEST: Final[Mapping[str, tuple[frozenset[int], frozenset[int]]]] = {
    "2017": (frozenset({11}), frozenset({12})),
    "2018": (frozenset({10}), frozenset({11, 12})),
    "2019": (frozenset({11}), frozenset({12})),
    "2023": (frozenset({10}), frozenset({11, 12})),
}
"""Months of validation and test by year, as published."""


def plan_of(table: Path, mapping: Path) -> Plan:
    """Return one piece of work per study; paths in the table are relative to its folder.

    Raises:
        InputError: codes of `columns.read_table`; `missing-spacing` where the mapping file states
            no `pet_spacing_mm`.
    """
    read = read_table(table, COLUMNS, mapping)
    _spacing(read.values, "pet_spacing_mm", needed=True)
    work: list[Work] = []
    problems: list[Problem] = []
    for number, row in enumerate(read.rows, start=2):
        try:
            work.append(_work(row, table.parent, read.values))
        except PetscribeError as fault:
            key = Path(row["pet"]).stem or f"row {number}"
            problems.append(Problem(code=fault.code, key=key, message=fault.message))
    return Plan(
        work=tuple(work),
        problems=tuple(problems),
        source={"kind": "vimed-like", "studies": len(read.rows)},
    )


def _work(row: Mapping[str, str], folder: Path, values: Mapping[str, Any]) -> Work:
    pet = folder / row["pet"]
    ct = folder / row["ct"] if row["ct"] else None
    for path in (pet, ct):
        if path is not None and not path.is_file():
            raise InputError("missing-file", f"an array of the study is not there: {path.name}")
    identity = " ".join(row[k] for k in ("name", "sex", "height")).strip()
    spacing = _spacing(values, "pet_spacing_mm", needed=True)
    assert spacing is not None
    return Work(
        key=Path(row["pet"]).with_suffix("").as_posix().replace("/", "_"),
        patient=pseudonym(identity or row["pet"]),
        files=ArrayFiles(
            pet=pet,
            ct=ct,
            pet_spacing_mm=spacing,
            ct_spacing_mm=_spacing(values, "ct_spacing_mm", needed=False),
            suv_per_unit=values["suv_per_unit"],
            hu_offset=float(values["hu_offset"]),
            is_feet_first=bool(values["is_feet_first"]),
        ),
        report=read_text(folder / row["report"]),
        lang=values["lang"],
        split=_split(row) if values["split_by_month"] else None,
    )


def _split(row: Mapping[str, str]) -> Literal["train", "val", "test"] | None:
    found = _MONTH.search(row["pet"])
    months = _VAL_TEST.get(row["year"].removesuffix(".0"))
    if found is None or months is None:
        return None
    month = int(found[1])
    return "val" if month in months[0] else "test" if month in months[1] else "train"


def _spacing(
    values: Mapping[str, Any], name: str, *, needed: bool
) -> tuple[float, float, float] | None:
    said = values[name]
    if said is None and not needed:
        return None
    try:
        z, y, x = (float(v) for v in said)
    except (TypeError, ValueError) as fault:
        raise InputError(
            "missing-spacing", f"the mapping file must state {name} as [z, y, x] in millimetres"
        ) from fault
    return z, y, x
