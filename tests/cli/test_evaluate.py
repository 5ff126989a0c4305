"""`petscribe evaluate` as a user runs it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Lines = list[dict[str, Any]]


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, Lines], Path]:
    def run(name: str, lines: Lines) -> Path:
        path = tmp_path / name
        path.write_text("".join(json.dumps(x, ensure_ascii=False) + "\n" for x in lines), "utf-8")
        return path

    return run


@pytest.fixture
def references() -> Lines:
    sites = ("right upper lobe", "left axilla", "liver", "spleen", "left adrenal gland")
    return [
        {
            "id": f"c{i}",
            "patient": f"p{i}",
            "lang": "en",
            "text": f"FDG-avid lesion in the {site}, SUVmax {5 + i}.4.",
        }
        for i, site in enumerate(sites)
    ]


def test_a_run_prints_the_contract_and_leaves_its_files(petscribe, write, references, tmp_path):
    flipped = [dict(x, text=x["text"].replace("left", "right")) for x in references]
    outcome = petscribe(
        "evaluate", write("p.jsonl", flipped), write("r.jsonl", references),
        "--task", "finding", "--json", "-o", tmp_path / "out", "--resamples", 20,
        "--cache", tmp_path / "cache", "--workers", 2,
    )  # fmt: skip
    assert outcome.code == 0, outcome.err
    found = outcome.json
    assert found["n"] == 5
    assert found["critical_errors"]["side_flip"] == 2
    assert found["text"]["rouge_l"] > 0.9
    assert 0.5 < found["clinical"]["pet_finding_score"] < 0.7
    assert found["intervals"]["pet_finding_score"]["low"] is not None
    assert "constant_template" in found["floors"]
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"cases.csv", "cases.parquet", "summary.json", "index.html"}
    assert len(list((tmp_path / "cache").iterdir())) == 1


def test_vietnamese_with_decimal_commas_scores_one_against_itself(petscribe, write):
    text = "Nốt thùy trên phổi phải kích thước 12 x 8 mm, tăng chuyển hóa FDG mạnh, SUVmax: 8,5."
    said = "Nốt thùy trên phổi phải kích thước 1,2 x 0,8 cm, tăng chuyển hóa FDG mạnh, SUVmax 8.5."
    line = {"patient": "p", "lang": "vi", "text": text}
    wanted = [dict(line, id=str(i)) for i in range(2)]
    predicted = write("p.jsonl", [dict(x, text=said) for x in wanted])
    outcome = petscribe(
        "evaluate", predicted, write("r.jsonl", wanted),
        "--task", "finding", "--json", "--resamples", 5,
    )  # fmt: skip
    assert outcome.json["clinical"]["pet_finding_score"] == 1.0
    assert outcome.json["floors"]["constant_template"]["n"] == 0


def test_questions_are_scored_by_their_type(petscribe, write):
    line = {"patient": "p", "lang": "en", "type": "presence"}
    wanted = [dict(line, id="1", text="Yes"), dict(line, id="2", text="No", patient="q")]
    said = [dict(wanted[0], text="Yes, there is."), dict(wanted[1], text="Yes")]
    outcome = petscribe(
        "evaluate", write("p.jsonl", said), write("r.jsonl", wanted), "--task", "vqa", "--json"
    )
    assert outcome.json["vqa"]["accuracy"] == 0.5


def test_people_get_a_table(petscribe, write, references):
    files = write("p.jsonl", references), write("r.jsonl", references)
    outcome = petscribe("evaluate", *files, "--task", "report", "--resamples", 5)
    assert outcome.code == 0, outcome.err
    assert "pet_finding_score" in outcome.out
    assert "critical errors: none" in outcome.out


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"text": ""}, "empty-text"),
        ({"id": "other"}, "missing-id"),
        ({"lang": "vi"}, "language-mismatch"),
        ({"text": None}, "bad-evaluation-line"),
    ],
)
def test_bad_input_is_refused_with_one_line(refuses, write, references, change, code):
    said = [dict(references[0], **change), *references[1:]]
    refuses(
        code, "evaluate", write("p.jsonl", said), write("r.jsonl", references), "--task", "finding"
    )


def test_bytes_that_are_no_utf8_are_refused(refuses, write, references, tmp_path):
    path = tmp_path / "latin.jsonl"
    path.write_bytes(b'{"id": "a", "patient": "p", "lang": "vi", "text": "ph\xe6i"}\n')
    refuses("not-utf8", "evaluate", path, write("r.jsonl", references), "--task", "finding")
