"""Stored pixels to arrays: scaling, padding, odd bits, compression, damage."""

import warnings
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.encaps import encapsulate
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from petscribe.core.errors import PetscribeError
from petscribe.io.dicom import pixels
from petscribe.io.dicom.multiframe import frames_of
from petscribe.io.dicom.pixels import PADDING_HU, check_pixels, pixel_format, read_ct, read_pet
from petscribe.io.dicom.scan import find_series
from petscribe.io.dicom.stack import build_stack


def frames(folder: Path):
    (series,) = find_series(folder).series
    return build_stack([f for i in series.instances for f in frames_of(i)], "s").frames


def refusal(folder, read=check_pixels):
    with pytest.raises(PetscribeError) as caught:
        read(frames(folder), "series ...1")
    return caught.value.code


def ramp(k: int, dtype=np.int16) -> np.ndarray:
    return (np.arange(80).reshape(8, 10) + 100 * k).astype(dtype)


def ramped(data_set, k):
    data_set.PixelData = ramp(k).tobytes()


def test_every_slice_has_its_own_slope(writer):
    def change(data_set, k):
        ramped(data_set, k)
        data_set.RescaleSlope = 0.5 * (k + 1)

    writer.pet(3, change=change)
    found = read_pet(frames(writer.folder), [1.0, 1.0, 2.0], "s")
    expected = np.stack([ramp(0) * 0.5, ramp(1) * 1.0, ramp(2) * 1.5 * 2.0])
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    assert found.dtype == np.float32


def test_tiny_slopes_keep_their_digits(writer):
    """dcm2niix#978: Siemens slopes near 1e-8."""

    def change(data_set, k):
        data_set.RescaleSlope = "1.23456789e-8"

    writer.pet(2, change=change)
    found = read_pet(frames(writer.folder), [1.0, 1.0], "s")
    assert found[0, 0, 0] == pytest.approx(1000 * 1.23456789e-8, rel=1e-6)


def test_an_intercept_is_added(writer):
    def change(data_set, k):
        data_set.RescaleSlope, data_set.RescaleIntercept = 2, -100

    writer.pet(2, change=change)
    assert read_pet(frames(writer.folder), [0.5, 0.5], "s")[1, 3, 3] == 950.0


@pytest.mark.parametrize(
    "syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian]
)
def test_uncompressed_syntaxes_give_the_same_pixels(writer, syntax):
    writer.pet(2, change=ramped, syntax=syntax)
    slope = float(frames(writer.folder)[0].header.number(0x00281053))
    found = read_pet(frames(writer.folder), [1.0 / slope] * 2, "s")
    np.testing.assert_allclose(found, np.stack([ramp(0), ramp(1)]), rtol=1e-6)


@pytest.mark.parametrize("syntax", [RLELossless, JPEGLSLossless])
def test_compressed_slices_decode_to_the_same_pixels(writer, syntax):
    for path in writer.ct(2, change=ramped):
        data_set = pydicom.dcmread(path)
        data_set.compress(syntax, generate_instance_uid=False)
        data_set.save_as(path)
    check_pixels(frames(writer.folder), "s")
    found, _ = read_ct(frames(writer.folder), "s")
    np.testing.assert_array_equal(found, np.stack([ramp(0), ramp(1)]) - 1024)


def test_a_cut_compressed_file_is_truncated(writer):
    paths = writer.ct(2, change=ramped)
    for path in paths:
        data_set = pydicom.dcmread(path)
        data_set.compress(RLELossless, generate_instance_uid=False)
        data_set.save_as(path)
    paths[1].write_bytes(paths[1].read_bytes()[:-30])
    assert refusal(writer.folder) == "truncated-file"


def _with_encapsulated(writer, syntax, content: bytes) -> None:
    def change(data_set, k):
        data_set.PixelData = encapsulate([content])
        data_set["PixelData"].VR = "OB"
        data_set["PixelData"].is_undefined_length = True

    writer.ct(2, change=change, syntax=syntax)


def test_pixels_that_no_decoder_understands_are_told(writer):
    _with_encapsulated(writer, JPEGLSLossless, b"\xff\xd8garbage!")
    assert refusal(writer.folder, read_ct) == "bad-pixels"


def test_a_syntax_without_decoder_is_refused_by_name(writer):
    _with_encapsulated(writer, JPEGLosslessSV1, b"12345678")
    with pytest.raises(PetscribeError, match="JPEG Lossless") as caught:
        check_pixels(frames(writer.folder), "s")
    assert caught.value.code == "unsupported-transfer-syntax"


def test_water_is_zero_hounsfield(writer):
    writer.ct(2)
    found, padded = read_ct(frames(writer.folder), "s")
    assert (found.dtype, padded) == (np.int16, False)
    assert set(np.unique(found)) == {0}


@pytest.mark.parametrize("signed", [0, 1])
def test_signed_and_unsigned_pixels_are_told_apart(writer, signed):
    def change(data_set, k):
        data_set.PixelRepresentation = signed
        data_set.RescaleIntercept = -1024 if not signed else 0
        stored = np.full((8, 10), 1064 if not signed else 40, np.uint16)
        data_set.PixelData = stored.tobytes()

    writer.ct(2, change=change)
    assert set(np.unique(read_ct(frames(writer.folder), "s")[0])) == {40}


def test_fractional_slopes_are_rounded_to_whole_hounsfield(writer):
    def change(data_set, k):
        ramped(data_set, k)
        data_set.RescaleSlope = "0.5"

    writer.ct(2, change=change)
    expected = np.rint(ramp(1) * 0.5 - 1024)
    np.testing.assert_array_equal(read_ct(frames(writer.folder), "s")[0][1], expected)


def _outside(data_set, value, padding):
    stored = np.full((8, 10), 40, np.int16)
    stored[0] = value
    data_set.RescaleIntercept = 0
    data_set.PixelData = stored.tobytes()
    if padding is not None:
        data_set.add_new(0x00280120, "SS", padding)


@pytest.mark.parametrize(("value", "padding"), [(-3024, -2000), (-2000, -2000), (-8192, None)])
def test_voxels_outside_the_field_are_marked(writer, value, padding):
    writer.ct(2, change=lambda data_set, _: _outside(data_set, value, padding))
    found, padded = read_ct(frames(writer.folder), "s")
    assert padded
    assert (found[:, 0] == PADDING_HU).all()
    assert (found[:, 1:] == 40).all()


def test_padding_that_could_be_tissue_is_not_believed(writer):
    writer.ct(2, change=lambda data_set, _: _outside(data_set, 0, 0))
    found, padded = read_ct(frames(writer.folder), "s")
    assert not padded
    assert (found[:, 0] == 0).all()


def test_a_padding_range_is_honoured(writer):
    def change(data_set, k):
        _outside(data_set, -1010, -1024)
        data_set.add_new(0x00280121, "SS", -1000)

    writer.ct(2, change=change)
    assert (read_ct(frames(writer.folder), "s")[0][:, 0] == PADDING_HU).all()


def test_bits_beyond_the_pixel_are_dropped(writer):
    def change(data_set, k):
        data_set.BitsStored, data_set.HighBit, data_set.PixelRepresentation = 12, 11, 0
        data_set.PixelData = np.full((8, 10), 0xF000 | 1064, np.uint16).tobytes()

    writer.ct(2, change=change)
    assert set(np.unique(read_ct(frames(writer.folder), "s")[0])) == {40}


def test_twelve_signed_bits_keep_their_sign(writer):
    def change(data_set, k):
        data_set.BitsStored, data_set.HighBit = 12, 11
        data_set.RescaleIntercept = 0
        data_set.PixelData = np.full((8, 10), 0x0FFF, np.uint16).tobytes()

    writer.ct(2, change=change)
    assert set(np.unique(read_ct(frames(writer.folder), "s")[0])) == {-1}


@pytest.mark.parametrize(
    ("slope", "code"),
    [
        (None, "missing-rescale"),
        ("0", "bad-rescale"),
        ("-1", "bad-rescale"),
        ("x", "bad-rescale"),
        ("1e300", "bad-rescale"),
    ],
)
@pytest.mark.parametrize("kind", ["pet", "ct"])
def test_slopes_that_scale_nothing_are_refused(writer, kind, slope, code):
    def change(data_set, k):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            data_set.add_new(0x00281053, "LO", slope)

    getattr(writer, kind)(2, change=change)

    def read(slices, name):
        return read_pet(slices, [1.0] * 2, name) if kind == "pet" else read_ct(slices, name)

    assert refusal(writer.folder, read) == code


def test_a_short_file_is_truncated(writer):
    path = writer.pet(3)[1]
    path.write_bytes(path.read_bytes()[:-10])
    assert refusal(writer.folder) == "truncated-file"


def test_a_file_without_pixels_is_told(writer):
    def change(data_set, k):
        del data_set.PixelData

    writer.pet(3, change=change)
    assert refusal(writer.folder) == "no-pixels"


def test_a_claim_of_ten_gigabytes_is_refused_before_any_allocation(writer):
    def change(data_set, k):
        data_set.Rows = data_set.Columns = 65535

    writer.pet(3, change=change)
    assert refusal(writer.folder) == "too-large"


def test_colour_and_odd_depths_are_refused(writer):
    def change(data_set, k):
        data_set.SamplesPerPixel = 3

    writer.pet(2, change=change)
    with pytest.raises(PetscribeError) as caught:
        pixel_format(frames(writer.folder)[0], "s")
    assert caught.value.code == "unsupported-pixels"


def test_a_file_that_vanished_meanwhile_is_told(writer):
    paths = writer.pet(2)
    found = frames(writer.folder)
    paths[0].unlink()
    with pytest.raises(PetscribeError) as caught:
        read_pet(found, [1.0, 1.0], "s")
    assert caught.value.code == "cannot-read"


def test_deflated_pixels_that_end_early_are_truncated(writer, monkeypatch):
    writer.pet(2, syntax=DeflatedExplicitVRLittleEndian)
    found = frames(writer.folder)
    monkeypatch.setattr(pixels, "inflate", lambda _: b"short")
    with pytest.raises(PetscribeError) as caught:
        read_pet(found, [1.0, 1.0], "s")
    assert caught.value.code == "truncated-file"
