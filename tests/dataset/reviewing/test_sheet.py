"""The review sheet: every question with its candidates, harmless text, decisions that load."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from petscribe.core.codec import encode
from petscribe.core.volume import Grid
from petscribe.dataset.reviewing.decisions import read_decisions
from petscribe.dataset.reviewing.sheet import review_sheet, write_sheet
from petscribe.io.store import StoreWriter

GRID = Grid(shape=(20, 20, 20), spacing_mm=(4.0, 4.0, 4.0), origin_mm=(0.0, 0.0, 0.0))
EVIL = '<script>alert("x")</script> & "quotes"'


def make(folder: Path) -> None:
    pet = np.ones(GRID.shape, np.float16)
    pet[10, 10, 10] = 8.0
    candidate = {
        "hottest_lps_mm": [40.0, 40.0, 40.0],
        "maximum": 8.0,
        "words": {"en": "right hilum"},
        "points": {},
    }
    question = {"id": "q1", "reason": "ambiguous", "text": EVIL, "candidates": [candidate] * 2}
    lesion = {
        "id": 1,
        "suv_max": 8.0,
        "hottest_lps_mm": [40.0, 40.0, 40.0],
        "location": {"words": {"en": "liver"}},
    }
    pair = {"id": "p1", "text": "A pair.", "lesion": 1, "confidence": 0.9, "reviewed": False}
    record = {
        "patient": "p",
        "pet_grid": encode(GRID),
        "questions": [question],
        "pairs": [pair, {**pair, "id": "p2", "reviewed": True}],
        "lesions": [lesion],
    }
    lesions = (pet > 4).astype(np.uint8)
    writer = StoreWriter(folder)
    writer.add("case", arrays={"pet": pet, "lesions": lesions}, record=record, split="train")
    writer.finish({})


def test_questions_come_first_with_their_candidates_and_reviewed_pairs_not_at_all(tmp_path: Path):
    make(tmp_path)
    sheet = review_sheet(tmp_path)
    assert sheet.index('data-id="q1"') < sheet.index('data-id="p1"')
    assert 'data-id="p2"' not in sheet
    assert sheet.count('type="radio"') == 3
    assert sheet.count("data:image/png;base64,") == 12
    assert "open: ambiguous" in sheet


def test_report_text_is_shown_and_never_run(tmp_path: Path):
    make(tmp_path)
    sheet = review_sheet(tmp_path)
    assert "<script>alert" not in sheet
    assert "&lt;script&gt;alert" in sheet


def test_the_sheet_stays_as_small_as_asked(tmp_path: Path):
    make(tmp_path)
    assert review_sheet(tmp_path, most=1).count("<article") == 1


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("chromium") is None, reason="no browser here")
def test_a_browser_saves_what_the_next_build_reads(tmp_path: Path):
    make(tmp_path)
    page = write_sheet(tmp_path).read_text()
    click = """<script>
    document.querySelectorAll('article')[0].querySelector('[data-verdict=accept]').click();
    document.querySelectorAll('article')[1].querySelector('[data-verdict=reject]').click();
    document.body.innerHTML = '<pre id=out></pre>';
    document.getElementById('out').textContent = JSON.stringify({version: 1, decisions: decisions});
    </script></body>"""
    (tmp_path / "page.html").write_text(page.replace("</body>", click))
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"]
    run = subprocess.run(
        [*command, f"file://{tmp_path}/page.html"], capture_output=True, text=True, timeout=120
    )
    saved = run.stdout.split('<pre id="out">')[1].split("</pre>")[0]
    (tmp_path / "decisions.json").write_text(saved)
    found = read_decisions(tmp_path / "decisions.json")
    assert found["q1"].verdict == "accept"
    assert found["q1"].point_lps_mm == (40.0, 40.0, 40.0)
    assert found["p1"].verdict == "reject"
    assert json.loads(saved)["version"] == 1
