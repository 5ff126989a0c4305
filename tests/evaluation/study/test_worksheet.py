"""The page: blind, self-contained, and usable in a real browser, clicks and download included."""

import html
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from petscribe.evaluation.study.collect import collect, read_plan
from petscribe.evaluation.study.design import make_plan
from petscribe.evaluation.study.worksheet import KEY_FILE, worksheet, write_study

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--remote-debugging-pipe",
)  # fmt: skip


def page_of(study_cases, plan, study_file, reader=0) -> str:
    return worksheet({case.id: case for case in study_cases}, plan, reader, study_file.parent)


def test_a_page_names_no_source_no_case_and_no_patient(study_cases, plan, study_file):
    text = page_of(study_cases, plan, study_file)
    for secret in ("human<", '"human"', "model", "lesion-", "person-"):
        assert secret not in text


def test_a_page_loads_nothing_and_allows_only_itself(study_cases, plan, study_file):
    text = page_of(study_cases, plan, study_file)
    assert "default-src 'none'" in html.unescape(text)
    assert "http://" not in text
    assert "https://" not in text
    assert text.count("data:image/png;base64,") == 3


def test_texts_are_escaped(study_cases, plan, study_file):
    text = page_of(study_cases, plan, study_file)
    assert "<b>" not in text
    assert "&lt;b&gt;" in text


def test_numbers_can_be_hidden(study_cases, study_file):
    plan = make_plan(study_cases, readers=1, seed=0, numbers_hidden=True)
    text = page_of(study_cases, plan, study_file)
    assert "5.1" not in text
    assert "SUVmax __." in text


def test_pages_and_key_are_written_together(study_cases, plan, study_file, tmp_path):
    paths = write_study(study_cases, plan, study_file.parent, tmp_path / "out")
    assert [path.name for path in paths] == ["reader-1.html", "reader-2.html", KEY_FILE]
    assert read_plan(paths[-1]) == plan


class Browser:
    """A headless Chromium, spoken to through two pipes."""

    def __init__(self, profile: Path) -> None:
        """Start it with an own profile."""
        to_read, self._out = os.pipe()
        self._in, to_write = os.pipe()
        command = ["bash", "-c", f'exec "$@" 3<&{to_read} 4>&{to_write}', "bash", BROWSER, *FLAGS]
        self._process = subprocess.Popen(
            [*command, f"--user-data-dir={profile}"],
            pass_fds=(to_read, to_write),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_read)
        os.close(to_write)
        self._number = 0
        self._left = b""

    def call(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """Return what a command of the DevTools protocol answers."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return answer["result"]

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._left:
            part = os.read(self._in, 65536)
            assert part, "the browser has gone"
            self._left += part
        message, _, self._left = self._left.partition(b"\0")
        return json.loads(message)

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(timeout=30)
        os.close(self._in)
        os.close(self._out)


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    if BROWSER is None:
        pytest.skip("CHROMIUM ABSENT: the worksheet is not tried in a browser")
    started = Browser(tmp_path / "profile")
    yield started
    started.close()


CLICKS = """
(() => {
  const texts = [...document.querySelectorAll('.text')];
  for (const text of texts) {
    for (const four of text.querySelectorAll('.scale input[value="4"]')) four.click();
    text.querySelector('input[value="side"]').click();
  }
  for (const second of document.querySelectorAll('.choice input[value="B"]')) second.click();
  const edit = document.querySelector('textarea');
  edit.value = 'Edited.';
  edit.dispatchEvent(new Event('input', { bubbles: true }));
  document.getElementById('next').click();
  return [document.querySelector('.case.now').id, document.getElementById('state').textContent];
})()
"""


def test_a_reader_fills_the_page_and_saves_the_answers(
    browser: Browser, study_cases, plan, study_file, tmp_path
):
    out = tmp_path / "out"
    write_study(study_cases, plan, study_file.parent, out)
    saved = tmp_path / "downloads"
    browser.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(saved))
    url = (out / "reader-2.html").as_uri()
    target = browser.call("Target.createTarget", url=url)["targetId"]
    session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def run(script: str) -> Any:
        found = browser.call(
            "Runtime.evaluate", session, expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    loaded = (
        "document.readyState === 'complete' && !!document.getElementById('next') && !window.old"
    )
    _wait(lambda: run(loaded))
    assert run(CLICKS) == ["case-2", "All cases complete: save the answers"]
    run("window.old = true; location.reload()")
    _wait(lambda: run(loaded))
    assert run("document.querySelector('textarea').value") == "Edited."
    run("document.getElementById('save').click()")
    path = saved / f"answers-{plan.study}-2.json"
    _wait(path.exists)
    collected = collect(plan, [path])
    assert collected.readers == (2,)
    assert {mark for x in collected.judgements for mark in x.marks.values()} == {4}
    assert [x.edit for x in collected.judgements].count("Edited.") == 1
    wanted = [placed.sources[1] for placed in plan.readers[1]]
    assert [x.source for x in collected.preferences] == wanted


def _wait(ready, seconds: float = 30.0) -> None:
    stop = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < stop, "the browser took too long"
        time.sleep(0.05)
