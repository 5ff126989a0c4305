"""A small study: two sources, three cases, two readers."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from petscribe.evaluation.study.design import SCALES, Plan, StudyCase, make_plan, read_study


@pytest.fixture
def study_file(tmp_path: Path) -> Path:
    """Return a file of three cases with pictures beside it."""
    folder = tmp_path / "study"
    folder.mkdir()
    lines = []
    for number in range(3):
        Image.new("L", (8, 8), 40 * number).save(folder / f"{number}.png")
        case = {
            "id": f"lesion-{number}",
            "patient": f"person-{number}",
            "lang": "en",
            "images": [f"{number}.png"],
            "texts": {
                "human": f"FDG-avid nodule <b>{number}</b>, SUVmax 5.{number}.",
                "model": f"Nodule {number} with uptake.",
            },
        }
        lines.append(json.dumps(case))
    path = folder / "cases.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    return path


@pytest.fixture
def study_cases(study_file: Path) -> tuple[StudyCase, ...]:
    return read_study(study_file)


@pytest.fixture
def plan(study_cases) -> Plan:
    return make_plan(study_cases, readers=2, seed=5)


Answer = Callable[[Plan, int, dict[str, int]], dict[str, Any]]


@pytest.fixture
def answer() -> Answer:
    """Return a function that fills a worksheet: every scale gets the source's mark."""

    def fill(plan: Plan, reader: int, marks: dict[str, int]) -> dict[str, Any]:
        answers = []
        for placed in plan.readers[reader - 1]:
            texts = [
                {
                    "letter": letter,
                    **dict.fromkeys(SCALES, marks[source]),
                    "errors": ["side"] if source == "model" else [],
                    "edit": "Better." if source == "model" else None,
                }
                for letter, source in zip("AB", placed.sources, strict=True)
            ]
            best = "AB"[placed.sources.index("human")]
            answers.append({"case": placed.number, "texts": texts, "preference": best})
        return {"study": plan.study, "worksheet": reader, "answers": answers}

    return fill
