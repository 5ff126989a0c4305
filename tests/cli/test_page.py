"""The report's page in a real browser: it renders, and speaks of every lesion."""

import html
import io
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--hide-scrollbars", "--window-size=1200,1500",
)  # fmt: skip

Browse = Callable[..., str]


@pytest.fixture
def browse(tmp_path: Path) -> Browse:
    """Return a function that opens a page in headless Chromium; skipped when there is none."""
    if BROWSER is None:
        pytest.skip("CHROMIUM ABSENT: the page is not tried in a browser")

    def run(page: Path, *options: str, fragment: str = "") -> str:
        profile = f"--user-data-dir={tmp_path / 'profile'}"
        command = [BROWSER, *FLAGS, profile, *options, page.as_uri() + fragment]
        done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=True)
        return done.stdout

    return run


@pytest.fixture(scope="module")
def out(petscribe, phantom: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a report's folder."""
    folder = tmp_path_factory.mktemp("report")
    mask = phantom / "nifti/lesions.nii.gz"
    outcome = petscribe("report", phantom / "dicom", "--mask", mask, "-o", folder)
    assert outcome.code == 0, outcome.err
    return folder


def test_the_page_speaks_of_every_lesion(browse: Browse, out: Path):
    dom = browse(out / "report.html", "--dump-dom")
    report = json.loads((out / "report.json").read_text("utf-8"))
    for lesion in report["lesions"]:
        assert f'id="lesion-{lesion["id"]}"' in dom
        assert f'data-lesion="{lesion["id"]}"' in dom
    assert "Research" in dom


def test_the_page_is_drawn_and_not_blank(browse: Browse, out: Path, tmp_path: Path):
    shot = tmp_path / "page.png"
    browse(out / "report.html", f"--screenshot={shot}")
    page = Image.open(io.BytesIO(shot.read_bytes())).convert("L")
    histogram = page.histogram()
    assert page.size == (1200, 1500)
    assert sum(histogram[:100]) > 0.01 * 1200 * 1500
    assert sum(histogram[240:]) > 0.3 * 1200 * 1500


def test_the_page_asks_nothing_of_the_network(out: Path):
    text = (out / "report.html").read_text("utf-8")
    assert "http://" not in text.replace("http://www.w3.org", "")
    assert "https://" not in text
    assert "default-src 'none'" in html.unescape(text)
