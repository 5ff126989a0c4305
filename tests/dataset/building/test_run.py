"""Builds go on where they were, hear reviewers, survive bad cases, and always give one store."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from petscribe.core.errors import InputError
from petscribe.dataset.building.run import build
from petscribe.dataset.building.work import Plan, Problem
from petscribe.dataset.linking.link import Decision
from petscribe.io.store import CaseStore, store_hash

KEYS = ("a", "b", "c", "d")


def plan(light, *keys: str, **changes) -> Plan:
    return Plan(work=tuple(light(key, **changes) for key in keys or KEYS))


def test_every_piece_of_work_becomes_a_case(light, tmp_path: Path):
    summary = build(plan(light), tmp_path)
    store = CaseStore.open(tmp_path)
    assert store.keys() == KEYS
    assert (summary.made, summary.there, summary.problems) == (4, 0, ())
    built = store.manifest["builder"]
    assert built["funnel"] == {"findings": 4, "pairs": 4}
    assert sum(built["splits"].values()) == 4


def test_a_second_build_makes_nothing(light, tmp_path: Path):
    build(plan(light), tmp_path)
    before = store_hash(tmp_path)
    again = build(plan(light), tmp_path)
    assert (again.made, again.there) == (0, 4)
    assert store_hash(tmp_path) == before


def test_only_what_changed_is_made_again(light, tmp_path: Path):
    build(plan(light), tmp_path)
    changed = [light(k) for k in KEYS[:3]] + [light("d", report="Another text.")]
    again = build(Plan(work=tuple(changed)), tmp_path)
    assert (again.made, again.there) == (1, 3)
    assert CaseStore.open(tmp_path).record("d")["report"]["text"] == "Another text."


def test_a_decision_is_honoured_by_the_next_build_and_only_where_it_belongs(light, tmp_path: Path):
    build(plan(light), tmp_path)
    said = {"claim-b": Decision(verdict="reject"), "unknown": Decision(verdict="reject")}
    again = build(plan(light), tmp_path, decisions=said)
    assert (again.made, again.there) == (1, 3)
    assert CaseStore.open(tmp_path).record("b")["decisions"]["claim-b"]["verdict"] == "reject"
    assert build(plan(light), tmp_path, decisions=said).made == 0
    assert build(plan(light), tmp_path).made == 1  # taken back


def test_one_bad_case_never_stops_the_rest(light, tmp_path: Path, monkeypatch):
    from petscribe.dataset.building import run

    good = run.make_case

    def sometimes(work, settings, decisions):
        if work.key == "b":
            raise InputError("no-pet", "there is no PET")
        if work.key == "c":
            raise ZeroDivisionError("Jane Doe")
        if work.key == "d":
            raise MemoryError
        return good(work, settings, decisions)

    monkeypatch.setattr(run, "make_case", sometimes)
    planned = replace(plan(light), problems=(Problem(code="x", key="z", message="m"),))
    summary = build(planned, tmp_path)
    assert CaseStore.open(tmp_path).keys() == ("a",)
    assert {p.key: p.code for p in summary.problems} == {
        "b": "no-pet",
        "c": "internal",
        "d": "out-of-memory",
        "z": "x",
    }
    assert "Jane" not in (tmp_path / "problems.json").read_text()
    assert summary.made == 1
    assert summary.manifest["builder"]["problems"] == {
        "internal": 1,
        "no-pet": 1,
        "out-of-memory": 1,
        "x": 1,
    }


def test_two_exams_of_one_name_are_told(light, tmp_path: Path):
    summary = build(plan(light, "a", "a"), tmp_path)
    assert [p.code for p in summary.problems] == ["two-exams"]
    assert CaseStore.open(tmp_path).keys() == ("a",)


def test_a_case_whose_state_was_lost_is_made_again_the_same(light, tmp_path: Path):
    build(plan(light), tmp_path)
    before = store_hash(tmp_path)
    (tmp_path / "state" / "a.json").write_text("{")
    (tmp_path / "state" / "b.json").unlink()
    assert build(plan(light), tmp_path).made == 2
    assert store_hash(tmp_path) == before


def test_the_order_of_work_does_not_matter(light, tmp_path: Path):
    build(plan(light), tmp_path / "one")
    build(plan(light, *reversed(KEYS)), tmp_path / "two")
    assert store_hash(tmp_path / "one") == store_hash(tmp_path / "two")


def test_a_cluster_gives_the_same_store(light, tmp_path: Path, monkeypatch):
    from petscribe.dataset.building import cluster

    monkeypatch.setattr(
        cluster,
        "map_on_ray",
        lambda function, shared, items: (function(shared, item) for item in items[::-1]),
    )
    build(plan(light), tmp_path / "one")
    build(plan(light), tmp_path / "two", workers=(4, "ray"))
    assert store_hash(tmp_path / "one") == store_hash(tmp_path / "two")


SCRIPT = """
import sys
sys.path.insert(0, {tests!r})
from pathlib import Path
import conftest
from petscribe.dataset.building import run
from petscribe.dataset.building.work import Plan

def slow(work, settings, decisions):
    import time
    time.sleep(0.01)
    return conftest.fake_case(work, settings, decisions)

run.make_case = slow
run.build(Plan(work=tuple(conftest.work_of(f"k{{i}}") for i in range(25))), Path(sys.argv[1]))
"""


def test_a_build_killed_again_and_again_ends_with_the_same_store(tmp_path: Path):
    script = tmp_path / "run.py"
    script.write_text(SCRIPT.format(tests=str(Path(__file__).parent)))
    command = [sys.executable, str(script)]
    subprocess.run([*command, str(tmp_path / "calm")], check=True)
    target = tmp_path / "killed"
    for wanted in (1, 7, 15):
        run = subprocess.Popen([*command, str(target)])
        while len(list((target / "cases").glob("*"))) < wanted and run.poll() is None:
            time.sleep(0.002)
        os.kill(run.pid, signal.SIGKILL)
        run.wait()
    subprocess.run([*command, str(target)], check=True)
    assert store_hash(target) == store_hash(tmp_path / "calm")
    assert json.loads((target / "manifest.json").read_text())["builder"]["problems"] == {}


@pytest.mark.slow
def test_processes_give_the_same_store_as_one_and_a_dead_one_is_told(archive, tmp_path: Path):
    from petscribe.dataset.building.joining import plan_of

    read = plan_of(archive / "exams", archive / "reports")
    twin = replace(read.work[0], key="e2")
    both = replace(read, work=(read.work[0], twin))
    build(both, tmp_path / "one")
    build(both, tmp_path / "two", workers=(2, "processes"))
    assert store_hash(tmp_path / "one") == store_hash(tmp_path / "two")
