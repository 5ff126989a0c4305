"""The adapter, with a stand-in program that writes both layouts."""

import sys
import textwrap
import time
from dataclasses import replace

import numpy as np
import pytest

from petscribe.anatomy.external import ExternalSegmenter
from petscribe.core.errors import InputError
from petscribe.io.nifti.exam import read_labels, write_volume

STAND_IN = """
    #!{python}
    import os, pathlib, sys, time
    arguments = dict(zip(sys.argv[1::2], sys.argv[2::2]))
    source, result = pathlib.Path(arguments["-i"]), pathlib.Path(arguments["-o"])
    import nibabel, numpy
    image = nibabel.load(source)
    data = numpy.asanyarray(image.dataobj)
    liver = ((data > 40) & (data < 75)).astype("uint8")
    spleen = ((data > 200)).astype("uint8")
    {body}
"""
FOLDER = """
    result.mkdir()
    for name, mask in (("liver", liver), ("spleen", spleen)):
        nibabel.save(nibabel.Nifti1Image(mask, image.affine), result / (name + ".nii.gz"))
"""
ONE_FILE = """
    both = (5 * liver + spleen).astype("uint8")
    nibabel.save(nibabel.Nifti1Image(both, image.affine), str(result) + ".nii.gz")
"""


@pytest.fixture
def stand_in(tmp_path):
    """Return a function that writes an executable with the command line of TotalSegmentator."""

    def write(body, *, head=STAND_IN):
        path = tmp_path / "TotalSegmentator"
        code = textwrap.dedent(head).format(python=sys.executable, body="PLACE")
        path.write_text(code.replace("PLACE", textwrap.dedent(body)).strip() + "\n")
        path.chmod(0o755)
        return path

    return write


def segmenter(path, **changes):
    return ExternalSegmenter(
        program=path, write_volume=write_volume, read_labels=read_labels, **changes
    )


@pytest.mark.parametrize("body", [FOLDER, ONE_FILE], ids=["folder", "one-file"])
def test_both_layouts_give_the_same_organs(person, stand_in, body):
    chest = person.cut(12.0, 20.0)
    got = segmenter(stand_in(body)).segment(chest.exam, chest.ct)
    liver = chest.truth.named("liver")
    assert got.organs.names[5] == "liver"
    assert (got.organs.named("liver") & liver).sum() > 0.8 * liver.sum()
    assert got.frame.source == "labels"


def test_left_stays_left_through_the_program(person, stand_in):
    chest = person.cut(12.0, 20.0)
    got = segmenter(stand_in(FOLDER)).segment(chest.exam, chest.ct)
    middle = chest.index(0, 0, 16)[2]
    assert np.argwhere(got.organs.named("liver"))[:, 2].mean() < middle


def test_a_missing_program_is_named(person, tmp_path):
    with pytest.raises(InputError) as caught:
        segmenter(tmp_path / "nothing").segment(person.exam, person.ct)
    assert caught.value.code == "segmenter-missing"
    assert "nothing" in caught.value.message


def test_a_failing_program_is_quoted_by_its_last_line(person, stand_in):
    chest = person.cut(14.0, 16.0)
    broken = stand_in("print('No licence found'); sys.exit(3)")
    with pytest.raises(InputError) as caught:
        segmenter(broken).segment(chest.exam, chest.ct)
    assert caught.value.code == "segmenter-failed"
    assert "exit code 3" in caught.value.message
    assert "No licence found" in caught.value.message


def test_a_program_that_leaves_nothing_has_failed(person, stand_in):
    chest = person.cut(14.0, 16.0)
    with pytest.raises(InputError) as caught:
        segmenter(stand_in("pass")).segment(chest.exam, chest.ct)
    assert caught.value.code == "segmenter-failed"


def test_a_program_that_hangs_is_stopped(person, stand_in):
    slow = "#!/bin/sh\nsleep 60 &\nsleep 60\n"
    path = stand_in("")
    path.write_text(slow)
    chest = person.cut(14.0, 16.0)
    start = time.monotonic()
    with pytest.raises(InputError) as caught:
        segmenter(path, limit_s=0.3).segment(chest.exam, chest.ct)
    assert caught.value.code == "segmenter-failed"
    assert time.monotonic() - start < 10


def test_our_environment_stays_ours(person, stand_in, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    monkeypatch.setenv("SECRET", "token")
    spy = tmp_path / "seen.txt"
    body = f"pathlib.Path({str(spy)!r}).write_text(repr(dict(os.environ)))"
    body += textwrap.dedent(FOLDER)
    chest = person.cut(14.0, 16.0)
    segmenter(stand_in(body), environment={"DEVICE": "cpu"}).segment(chest.exam, chest.ct)
    seen = spy.read_text()
    assert "SECRET" not in seen
    assert "/nowhere" not in seen
    assert "'DEVICE': 'cpu'" in seen


def test_an_exam_without_ct_is_refused(person, stand_in):
    with pytest.raises(InputError) as caught:
        segmenter(stand_in(FOLDER)).segment(replace(person.exam, ct=None), None)
    assert caught.value.code == "segmenter-needs-ct"
