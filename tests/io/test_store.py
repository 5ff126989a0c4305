"""The case store: whole cases or none, the same hash whatever the order, faults that say so."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from petscribe.core.errors import InputError, OutputError
from petscribe.io.store import CaseStore, StoreWriter, split_of, store_hash


def add(writer: StoreWriter, key: str, **changes: object) -> bool:
    number = float(sum(key.encode()))
    case = {
        "arrays": {"pet": np.full((3, 4, 5), number, np.float32)},
        "record": {"patient": f"p-{key}", "text": "Uptake."},
        "split": "train",
        **changes,
    }
    return writer.add(key, **case)


def fault_code(action: object, *arguments: object) -> str:
    with pytest.raises((InputError, OutputError)) as fault:
        action(*arguments)
    return str(fault.value.code)


def test_a_case_comes_back_as_it_went_in(tmp_path: Path):
    pet = np.arange(60, dtype=np.float32).reshape(3, 4, 5)
    mask = pet > 30
    StoreWriter(tmp_path).add(
        "a/1", arrays={"pet": pet, "mask": mask}, record={"x": [1, None]}, split="val"
    )
    store = CaseStore.open(tmp_path)
    assert store.keys() == store.keys("val") == ("a/1",)
    assert store.keys("train") == ()
    assert store.split("a/1") == "val"
    assert store.record("a/1") == {"x": [1, None]}
    assert set(store.arrays("a/1")) == {"pet", "mask"}
    np.testing.assert_array_equal(store.array("a/1", "pet"), pet)
    np.testing.assert_array_equal(store.array("a/1", "mask"), mask)
    assert store.array("a/1", "mask").dtype == np.bool_


@given(
    array=hnp.arrays(
        st.sampled_from([np.uint8, np.int16, np.uint32, np.bool_]), hnp.array_shapes(min_side=0)
    )
)
def test_any_array_of_numbers_survives(tmp_path_factory, array):
    folder = tmp_path_factory.mktemp("store")
    StoreWriter(folder).add("k", arrays={"a": array}, record={}, split="train")
    store = CaseStore.open(folder)
    np.testing.assert_array_equal(store.array("k", "a"), array)
    assert store.array("k", "a").dtype == array.dtype
    store.verify()


def test_an_array_of_more_than_one_piece_survives(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("petscribe.io.store._PIECE_BYTES", 64)
    array = np.random.default_rng(0).normal(size=(7, 9, 5)).astype(np.float16)
    StoreWriter(tmp_path).add("k", arrays={"a": array[:, ::2]}, record={}, split="train")
    np.testing.assert_array_equal(CaseStore.open(tmp_path).array("k", "a"), array[:, ::2])


def test_the_hash_does_not_depend_on_the_order(tmp_path: Path):
    for name, keys in (("one", "abc"), ("two", "cab")):
        writer = StoreWriter(tmp_path / name)
        for key in keys:
            add(writer, key)
    assert store_hash(tmp_path / "one") == store_hash(tmp_path / "two")


@pytest.mark.parametrize(
    "change",
    [
        {"split": "test"},
        {"record": {"patient": "p-a", "text": "No uptake."}},
        {"arrays": {"pet": np.zeros((3, 4, 5), np.float32)}},
        {"arrays": {"suv": np.full((3, 4, 5), 97.0, np.float32)}},
    ],
)
def test_the_hash_follows_every_content(tmp_path: Path, change):
    add(StoreWriter(tmp_path / "one"), "a")
    add(StoreWriter(tmp_path / "two"), "a", **change)
    assert store_hash(tmp_path / "one") != store_hash(tmp_path / "two")


def test_adding_twice_changes_nothing(tmp_path: Path):
    writer = StoreWriter(tmp_path)
    assert add(writer, "a")
    before = store_hash(tmp_path)
    assert writer.has("a")
    assert writer.record("a")["text"] == "Uptake."
    assert not add(writer, "a", arrays={})
    assert store_hash(tmp_path) == before


def test_a_removed_case_can_be_written_anew(tmp_path: Path):
    writer = StoreWriter(tmp_path)
    add(writer, "a")
    writer.remove("a")
    assert not writer.has("a")
    assert add(writer, "a", arrays={})
    assert CaseStore.open(tmp_path).arrays("a") == ()


def test_the_manifest_names_every_case_and_goes_when_one_is_added(tmp_path: Path):
    writer = StoreWriter(tmp_path)
    add(writer, "a")
    manifest = writer.finish({"seed": 3})
    assert CaseStore.open(tmp_path).manifest == manifest
    assert manifest["builder"] == {"seed": 3}
    assert manifest["store_hash"] == store_hash(tmp_path)
    add(writer, "b")
    assert CaseStore.open(tmp_path).manifest == {}
    assert CaseStore.open(tmp_path).keys() == ("a", "b")


def test_nan_is_refused_unless_it_means_unmeasured(tmp_path: Path):
    writer = StoreWriter(tmp_path)
    holed = np.zeros((2, 2, 2), np.float32)
    holed[0] = np.nan
    assert fault_code(lambda: add(writer, "a", arrays={"ct": holed})) == "nan-volume"
    assert add(writer, "a", arrays={"ct": holed}, unmeasured=("ct",))
    empty = np.full((2, 2, 2), np.nan)
    refused = fault_code(lambda: add(writer, "b", arrays={"ct": empty}, unmeasured=("ct",)))
    assert refused == "nan-volume"
    assert not writer.has("b")


def test_a_patient_stays_in_one_split(tmp_path: Path):
    add(StoreWriter(tmp_path), "a", record={"patient": "p"})
    again = StoreWriter(tmp_path)
    refused = fault_code(lambda: add(again, "b", record={"patient": "p"}, split="test"))
    assert refused == "patient-in-two-splits"
    assert add(again, "b", record={"patient": "p"})


def test_a_finished_store_with_a_patient_in_two_splits_is_refused(tmp_path: Path):
    one, two = StoreWriter(tmp_path), StoreWriter(tmp_path)
    add(one, "a", record={"patient": "p"})
    add(two, "b", record={"patient": "p"}, split="val")
    assert fault_code(StoreWriter, tmp_path) == "patient-in-two-splits"
    assert fault_code(one.finish, {}) == "patient-in-two-splits"


def test_no_store_no_case_no_array_have_their_codes(tmp_path: Path):
    assert fault_code(CaseStore.open, tmp_path / "none") == "no-store"
    add(StoreWriter(tmp_path), "a")
    store = CaseStore.open(tmp_path)
    assert fault_code(store.record, "b") == "missing-case"
    assert fault_code(store.array, "a", "ct") == "missing-array"


def test_a_truncated_changed_or_absent_array_is_named(tmp_path: Path):
    add(StoreWriter(tmp_path), "a")
    file = tmp_path / "cases" / "a" / "pet.b2"
    whole = file.read_bytes()
    store = CaseStore.open(tmp_path)
    for damaged in (whole[:-1], b"", whole[:-1] + bytes([whole[-1] ^ 1])):
        file.write_bytes(damaged)
        assert fault_code(store.array, "a", "pet") == "damaged-array"
    file.unlink()
    assert fault_code(store.array, "a", "pet") == "missing-array"


def test_an_edited_manifest_a_lost_case_and_an_edited_case_are_refused(tmp_path: Path):
    writer = StoreWriter(tmp_path)
    add(writer, "a")
    writer.finish({"seed": 3})
    path = tmp_path / "manifest.json"
    text = path.read_text()
    for edited in (text.replace('"seed": 3', '"seed": 4'), "{", "[]", "{}"):
        path.write_text(edited)
        assert fault_code(CaseStore.open, tmp_path) == "manifest-changed"
    path.write_text(text)
    case = tmp_path / "cases" / "a" / "case.json"
    said = json.loads(case.read_text())
    case.write_text(json.dumps({**said, "split": "test"}))
    assert fault_code(CaseStore.open(tmp_path).verify) == "case-changed"
    case.write_text("{}")
    assert fault_code(CaseStore.open(tmp_path).record, "a") == "damaged-case"
    case.unlink()
    assert fault_code(CaseStore.open, tmp_path) == "missing-case"


def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path: Path, monkeypatch):
    writer = StoreWriter(tmp_path)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("petscribe.core.files.os.fsync", full)
    assert fault_code(add, writer, "a") == "cannot-write"
    assert not writer.has("a")
    assert list(tmp_path.glob(".part-*")) == []


@pytest.mark.parametrize("key", ["", ".", "..", "x" * 300])
def test_a_key_that_cannot_be_a_folder_is_refused(tmp_path: Path, key: str):
    with pytest.raises(ValueError, match="case key"):
        add(StoreWriter(tmp_path), key)


@pytest.mark.parametrize("key", ["../../etc/x", "a b", "CON", "\u1ea3nh", "a%2Fb"])
def test_odd_keys_stay_inside_the_store(tmp_path: Path, key: str):
    add(StoreWriter(tmp_path / "in"), key)
    assert CaseStore.open(tmp_path / "in").keys() == (key,)
    assert [p.name for p in tmp_path.iterdir()] == ["in"]


def test_splits_follow_their_shares_and_never_move():
    patients = [f"patient-{i}" for i in range(4000)]
    splits = [split_of(p) for p in patients]
    assert splits == [split_of(p) for p in patients]
    assert abs(splits.count("train") / 4000 - 0.8) < 0.03
    assert abs(splits.count("val") / 4000 - 0.1) < 0.02
    assert {split_of(p, shares=(0.0, 0.0, 1.0)) for p in patients} == {"test"}
    assert splits != [split_of(p, salt="other") for p in patients]
    with pytest.raises(ValueError, match="add up"):
        split_of("p", shares=(0.5, 0.1, 0.1))


WRITE_MANY = """
import sys
from pathlib import Path
import numpy as np
from petscribe.io.store import StoreWriter
writer = StoreWriter(Path(sys.argv[1]))
for i in range(60):
    noise = np.random.default_rng(i).normal(size=(20, 20, 20))
    writer.add(f"c{i}", arrays={"a": noise}, record={"i": i}, split="train")
writer.finish({})
"""


def test_a_writer_killed_again_and_again_ends_with_the_same_store(tmp_path: Path):
    command = [sys.executable, "-c", WRITE_MANY]
    subprocess.run([*command, str(tmp_path / "calm")], check=True)
    target = tmp_path / "killed"
    for wanted in (1, 20, 40):
        run = subprocess.Popen([*command, str(target)])
        while len(list((target / "cases").glob("*"))) < wanted and run.poll() is None:
            time.sleep(0.002)
        os.kill(run.pid, signal.SIGKILL)
        run.wait()
        CaseStore.open(target).verify()
    subprocess.run([*command, str(target)], check=True)
    assert store_hash(target) == store_hash(tmp_path / "calm")
    assert list(target.glob(".part-*")) == []
