"""`petscribe study` as a user runs it: pages out, answers in."""

import json
from pathlib import Path

import pytest
from PIL import Image

SCALES = ("anatomy", "interpretation", "utility")


@pytest.fixture
def made(petscribe, tmp_path: Path) -> Path:
    """Return the folder of a study of two cases and one reader."""
    lines = []
    for number in range(2):
        Image.new("L", (4, 4)).save(tmp_path / f"{number}.png")
        case = {"id": f"c{number}", "patient": f"p{number}", "lang": "en"}
        texts = {"human": "FDG-avid nodule.", "model": "Nodule with uptake."}
        lines.append(json.dumps({**case, "images": [f"{number}.png"], "texts": texts}))
    (tmp_path / "cases.jsonl").write_text("\n".join(lines), "utf-8")
    outcome = petscribe("study", "make", tmp_path / "cases.jsonl", "-o", tmp_path / "out",
                        "--readers", 1)  # fmt: skip
    assert outcome.code == 0, outcome.err
    return tmp_path / "out"


def answers(folder: Path) -> Path:
    key = json.loads((folder / "key.json").read_text("utf-8"))
    said = []
    for placed in key["readers"][0]:
        marks = [5 if source == "human" else 2 for source in placed["sources"]]
        texts = [
            {"letter": letter, **dict.fromkeys(SCALES, mark), "errors": [], "edit": None}
            for letter, mark in zip("AB", marks, strict=True)
        ]
        said.append({"case": placed["number"], "texts": texts, "preference": "tie"})
    path = folder / "answers.json"
    path.write_text(
        json.dumps({"study": key["study"], "worksheet": 1, "answers": said}), encoding="utf-8"
    )
    return path


def test_answers_are_collected_as_figures(petscribe, made: Path, tmp_path: Path):
    scores = tmp_path / "cases.csv"
    scores.write_text("id,patient,rouge_l\nc0,p0,0.5\nc1,p1,0.7\n", "utf-8")
    outcome = petscribe(
        "study", "collect", made / "key.json", answers(made), "--json",
        "--scores", f"human={scores}", "--scores", f"model={scores}", "-o", tmp_path / "r.json",
    )  # fmt: skip
    assert outcome.code == 0, outcome.err
    assert outcome.json["marks"]["human"]["utility"]["mean"] == 5.0
    assert outcome.json["preferences"]["tie"] == 2
    assert "rouge_l" in outcome.json["metrics"]["utility"]
    assert json.loads((tmp_path / "r.json").read_text("utf-8")) == outcome.json


def test_people_get_a_table(petscribe, made: Path):
    outcome = petscribe("study", "collect", made / "key.json", answers(made))
    assert "human" in outcome.out
    assert "2 of 2 no preference" in outcome.out


def test_answers_of_another_study_are_refused(refuses, made: Path, tmp_path: Path):
    other = tmp_path / "other.json"
    other.write_text('{"study": "x"}', "utf-8")
    refuses("bad-study-answers", "study", "collect", made / "key.json", other)


def test_scores_need_a_source(refuses, made: Path):
    refuses("usage", "study", "collect", made / "key.json", answers(made), "--scores", "x.csv")
