"""Studies of bare arrays: geometry from the user, splits by month as published."""

import json
from pathlib import Path

import pytest

from petscribe.core.errors import InputError
from petscribe.dataset.importing.vimed import plan_of

SPACING = {"pet_spacing_mm": [3.0, 4.0, 4.0], "ct_spacing_mm": [3.0, 1.0, 1.0]}


def make(folder: Path, rows: list[str], mapping: dict | None = None) -> tuple[Path, Path]:
    for row in rows:
        for name in row.split(",")[4:]:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if "gone" not in name:
                path.write_text("No abnormal uptake.")
    table = folder / "metadata.csv"
    head = "name,sex,height,year,pet_path,ct_path,report_path"
    table.write_text("\n".join([head, *rows]) + "\n")
    (folder / "map.json").write_text(json.dumps(SPACING if mapping is None else mapping))
    return table, folder / "map.json"


def line(month: int, k: int, name: str = "patient_1", year: str = "2018", ct: str = "ct") -> str:
    place = f"{year}/THANG {month}/{k}"
    return f"{name},M,1.70,{year},{place}/pet.npz,{place}/{ct}.npz,{place}/report.txt"


def test_months_decide_the_split_as_published(tmp_path: Path):
    rows = [line(3, 1), line(10, 2), line(11, 3), line(11, 4, year="2019"), line(5, 5, year="2020")]
    plan = plan_of(*make(tmp_path, rows))
    assert [w.split for w in plan.work] == ["train", "val", "test", "val", None]
    assert plan.work[0].lang == "vi"
    assert plan.work[0].report == "No abnormal uptake."
    assert plan.work[0].files.pet_spacing_mm == (3.0, 4.0, 4.0)


def test_a_name_alone_is_no_patient(tmp_path: Path):
    rows = [line(3, 1), line(4, 2), line(5, 3).replace(",M,", ",F,")]
    one, two, three = plan_of(*make(tmp_path, rows)).work
    assert one.patient == two.patient != three.patient


def test_keys_are_unique_and_a_missing_array_is_a_problem(tmp_path: Path):
    plan = plan_of(*make(tmp_path, [line(3, 1), line(3, 2), line(3, 3, ct="gone")]))
    assert len({w.key for w in plan.work}) == 2
    assert [p.code for p in plan.problems] == ["missing-file"]


def test_hash_splits_can_be_asked_for(tmp_path: Path):
    plan = plan_of(*make(tmp_path, [line(3, 1)], {**SPACING, "split_by_month": False}))
    assert plan.work[0].split is None


@pytest.mark.parametrize("mapping", [{}, {"pet_spacing_mm": 3.0}, {"pet_spacing_mm": [1, 2]}])
def test_without_a_spacing_nothing_is_guessed(tmp_path: Path, mapping: dict):
    with pytest.raises(InputError) as fault:
        plan_of(*make(tmp_path, [line(3, 1)], mapping))
    assert fault.value.code == "missing-spacing"
