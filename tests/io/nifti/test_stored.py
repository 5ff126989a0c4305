"""Hostile and damaged NIfTI files: refused by name, before memory is spent."""

import gzip
import io
import tracemalloc
from contextlib import suppress

import nibabel as nib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.core.errors import InputError, OutputError, PetscribeError
from petscribe.io.nifti.exam import read_labels, read_volume
from petscribe.io.nifti.stored import read_stored, write_stored


def header(shape=(3, 4, 5), dtype=np.int16, **fields):
    head = nib.Nifti1Header()
    head.set_data_dtype(dtype)
    head.set_data_shape(shape)
    head.set_sform(np.eye(4), code=1)
    head["vox_offset"] = 352
    for name, value in fields.items():
        head[name] = value
    return head.binaryblock + b"\0\0\0\0"


def save(tmp_path, content, name="x.nii"):
    path = tmp_path / name
    path.write_bytes(content)
    return path


def code_of(path, **more):
    with pytest.raises(PetscribeError) as fault:
        read_stored(path, **more)
    assert "\n" not in str(fault.value)
    return fault.value.code


VOXELS = np.arange(60, dtype=np.int16).tobytes()


def test_a_plain_file_is_read(tmp_path):
    stored = read_stored(save(tmp_path, header() + VOXELS))
    assert stored.array.shape == (5, 4, 3)
    assert stored.array[0, 0].tolist() == [0, 1, 2]


def test_big_endian_files_are_read(tmp_path):
    head = nib.Nifti1Header(endianness=">")
    head.set_data_dtype(np.dtype(">i2"))
    head.set_data_shape((3, 4, 5))
    head.set_sform(np.eye(4), code=1)
    head["vox_offset"] = 352
    content = head.binaryblock + b"\0\0\0\0" + np.arange(60, dtype=">i2").tobytes()
    stored = read_stored(save(tmp_path, content))
    assert stored.array[4, 3, 2] == 59
    assert stored.array.dtype.isnative


def test_nifti_2_is_read(tmp_path):
    image = nib.Nifti2Image(np.arange(60, dtype=np.int16).reshape(3, 4, 5), np.eye(4))
    nib.save(image, tmp_path / "two.nii.gz")
    assert read_stored(tmp_path / "two.nii.gz").array.shape == (5, 4, 3)


def test_a_header_that_claims_terabytes_is_refused_at_once(tmp_path):
    tracemalloc.start()
    path = save(tmp_path, header((30000, 30000, 30000)) + VOXELS)
    assert code_of(path) == "too-large"
    assert tracemalloc.get_traced_memory()[1] < 50e6
    tracemalloc.stop()


def test_a_claim_that_the_file_cannot_hold_is_refused_before_reading(tmp_path):
    content = gzip.compress(header((1000, 1000, 500)) + VOXELS)
    tracemalloc.start()
    assert code_of(save(tmp_path, content, "x.nii.gz")) == "truncated-file"
    assert tracemalloc.get_traced_memory()[1] < 50e6
    tracemalloc.stop()


def test_a_bomb_is_not_inflated_beyond_the_claim(tmp_path):
    content = gzip.compress(header() + VOXELS + bytes(60_000_000))
    tracemalloc.start()
    read_stored(save(tmp_path, content, "x.nii.gz"))
    assert tracemalloc.get_traced_memory()[1] < 20e6
    tracemalloc.stop()


def test_the_callers_cap_counts(tmp_path):
    assert code_of(save(tmp_path, header() + VOXELS), max_bytes=100) == "too-large"


@pytest.mark.parametrize("name", ["x.nii", "x.nii.gz"])
@pytest.mark.parametrize("kept", [0.2, 0.97])
def test_a_cut_file_is_refused(tmp_path, name, kept):
    rng = np.random.default_rng(0)
    voxels = rng.integers(0, 9999, 60).astype(np.int16).tobytes()
    content = header() + voxels
    content = gzip.compress(content) if name.endswith(".gz") else content
    path = save(tmp_path, content[: int(len(content) * kept)], name)
    assert code_of(path) in {"truncated-file", "bad-nifti"}


def test_a_damaged_checksum_is_noticed(tmp_path):
    content = bytearray(gzip.compress(header() + VOXELS))
    content[-6] ^= 255
    assert code_of(save(tmp_path, bytes(content), "x.nii.gz")) == "bad-nifti"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "bad-nifti"),
        (b"not an image at all, just text" * 30, "bad-nifti"),
        (header()[:200], "truncated-file"),
        (header((3, 4, 5, 2)) + VOXELS * 2, "four-dimensional"),
        (header(magic=b"ni1") + VOXELS, "unsupported-nifti"),
        (header(dtype=np.complex64) + VOXELS * 4, "unsupported-nifti"),
        (header(datatype=9999) + VOXELS, "bad-nifti"),
        (header(dim=[3, 0, 4, 5, 1, 1, 1, 1]) + VOXELS, "bad-nifti"),
        (header(dim=[9, 3, 4, 5, 1, 1, 1, 1]) + VOXELS, "bad-nifti"),
        (header(vox_offset=np.nan) + VOXELS, "bad-nifti"),
        (header(scl_slope=np.inf) + VOXELS, "bad-nifti"),
        (header(sform_code=0) + VOXELS, "no-orientation"),
    ],
)
def test_each_fault_has_its_code(tmp_path, content, code):
    assert code_of(save(tmp_path, content)) == code


def test_an_absent_file_is_named(tmp_path):
    assert code_of(tmp_path / "none.nii") == "not-found"
    assert code_of(tmp_path) == "cannot-read"


def test_a_single_frame_in_four_dimensions_is_an_image(tmp_path):
    assert read_stored(save(tmp_path, header((3, 4, 5, 1)) + VOXELS)).array.shape == (5, 4, 3)


def test_a_slope_of_zero_or_nan_means_unscaled(tmp_path):
    for slope in (0.0, np.nan):
        stored = read_stored(save(tmp_path, header(scl_slope=slope, scl_inter=5.0) + VOXELS))
        assert (stored.slope, stored.intercept) == (1.0, 0.0)


def test_the_qform_counts_when_there_is_no_sform(tmp_path):
    head = nib.Nifti1Header()
    head.set_data_dtype(np.int16)
    head.set_data_shape((3, 4, 5))
    want = np.array([[0.0, -2, 0, 5], [3, 0, 0, 6], [0, 0, 4, 7], [0, 0, 0, 1]])
    head.set_qform(want, code=1)
    head["vox_offset"] = 352
    stored = read_stored(save(tmp_path, head.binaryblock + b"\0\0\0\0" + VOXELS))
    assert stored.affine_ras_mm == pytest.approx(want, abs=1e-5)


def test_metres_become_millimetres(tmp_path):
    stored = read_stored(save(tmp_path, header(xyzt_units=1) + VOXELS))
    assert stored.affine_ras_mm[0, 0] == 1000.0


def test_a_qform_that_disagrees_is_reported(tmp_path, caplog):
    head = nib.Nifti1Header.from_fileobj(io.BytesIO(header()))
    head.set_qform(np.diag([-1.0, 1.0, 1.0, 1.0]), code=1)
    read_stored(save(tmp_path, head.binaryblock + b"\0\0\0\0" + VOXELS))
    assert "sform and qform" in caplog.text


@given(st.data())
def test_flipped_header_bytes_never_crash(tmp_path, data):
    content = bytearray(header() + VOXELS)
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, 351))] = data.draw(st.integers(0, 255))
    path = save(tmp_path, bytes(content))
    with suppress(PetscribeError):
        assert read_volume(path, unit="HU").array.ndim == 3
    with suppress(PetscribeError):
        assert read_labels(path).labels.dtype.kind == "u"


def test_the_same_input_writes_the_same_bytes(tmp_path):
    array = np.arange(60, dtype=np.int16).reshape(5, 4, 3)
    for name in ("a.nii.gz", "b.nii.gz"):
        write_stored(tmp_path / name, array, np.eye(4), {2: "b", 1: "a"})
    assert (tmp_path / "a.nii.gz").read_bytes() == (tmp_path / "b.nii.gz").read_bytes()


def test_nibabel_reads_what_is_written(tmp_path):
    array = np.arange(60, dtype=np.float32).reshape(5, 4, 3)
    affine = np.array([[0.0, -2, 0, 5], [3, 0, 0, 6], [0, 0, 4, 7], [0, 0, 0, 1]])
    write_stored(tmp_path / "a.nii.gz", array, affine, {1: "liver"})
    image = nib.load(tmp_path / "a.nii.gz")
    assert np.array_equal(np.asarray(image.dataobj), array.transpose())
    assert image.affine == pytest.approx(affine)
    assert image.get_qform() == pytest.approx(affine, abs=1e-5)
    assert b"liver" in image.header.extensions[0].get_content()


@pytest.mark.parametrize("name", ["a.txt", "a.nii.zip"])
def test_another_ending_is_refused(tmp_path, name):
    with pytest.raises(OutputError) as fault:
        write_stored(tmp_path / name, np.zeros((2, 2, 2), np.uint8), np.eye(4))
    assert fault.value.code == "bad-output"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_leaves_nothing(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError) as fault:
        write_stored(tmp_path / "file" / "a.nii", np.zeros((2, 2, 2), np.uint8), np.eye(4))
    assert fault.value.code == "cannot-write"


def test_faults_are_input_errors_for_the_command_line(tmp_path):
    with pytest.raises(InputError):
        read_stored(save(tmp_path, b"xx"))
