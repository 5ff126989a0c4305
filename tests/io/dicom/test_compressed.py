"""Compressed streams: sizes claimed, ends missing, decoders absent."""

import struct

import numpy as np
import pydicom
import pytest
from pydicom.encaps import encapsulate, get_frame
from pydicom.uid import JPEGLSLossless, RLELossless

from petscribe.core.errors import PetscribeError
from petscribe.io.dicom.compressed import Decoder, require_decoder, require_whole, stream_size
from petscribe.io.dicom.multiframe import Instance, frames_of
from petscribe.io.dicom.scan import read_instance


def compressed(writer, syntax):
    path = writer.ct(1)[0]
    data_set = pydicom.dcmread(path)
    data_set.compress(syntax, generate_instance_uid=False)
    data_set.save_as(path)
    return path


def only_frame(path):
    instance = read_instance(path)
    assert isinstance(instance, Instance)
    return frames_of(instance)[0]


@pytest.mark.parametrize("syntax", [RLELossless, JPEGLSLossless])
def test_stored_values_come_back(writer, syntax):
    found = Decoder("s").decode(only_frame(compressed(writer, syntax)))
    np.testing.assert_array_equal(found, np.full((8, 10), 1024))


def test_the_size_of_a_stream_is_read_from_its_frame_header(writer):
    data_set = pydicom.dcmread(compressed(writer, JPEGLSLossless))
    assert stream_size(get_frame(data_set.PixelData, 0, number_of_frames=1)) == (8, 10)


def test_the_size_of_other_jpegs_is_read_too():
    baseline = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x0b\x08" + struct.pack(">HH", 7, 9)
    assert stream_size(baseline + b"\x01\x01\x11\x00") == (7, 9)
    wavelet = b"\xff\x4f\xff\x51\x00\x29\x00\x00" + struct.pack(">IIII", 109, 207, 100, 200)
    assert stream_size(wavelet + b"\0" * 20) == (7, 9)


@pytest.mark.parametrize("stream", [b"", b"\xff\xd8", b"noise" * 10, b"\xff\xd8\xff\xe0\xff\xff"])
def test_a_stream_without_frame_header_has_no_size(stream):
    assert stream_size(stream) is None


def test_a_stream_that_claims_another_size_never_reaches_the_decoder(writer):
    path = compressed(writer, JPEGLSLossless)
    data_set = pydicom.dcmread(path)
    stream = bytearray(get_frame(data_set.PixelData, 0, number_of_frames=1))
    at = stream.index(b"\xff\xf7") + 5
    stream[at : at + 4] = struct.pack(">HH", 65535, 65535)
    data_set.PixelData = encapsulate([bytes(stream)])
    data_set.save_as(path)
    with pytest.raises(PetscribeError) as caught:
        Decoder("s").decode(only_frame(path))
    assert caught.value.code == "bad-pixels"


def test_a_pixel_sequence_without_end_is_truncated(writer):
    path = compressed(writer, RLELossless)
    path.write_bytes(path.read_bytes()[:-12])
    with pytest.raises(PetscribeError) as caught:
        require_whole(only_frame(path), "s")
    assert caught.value.code == "truncated-file"


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.4.70", "1.2.3.4", "x", "1." * 40 + "1", ""])
def test_syntaxes_without_decoder_are_refused(syntax):
    with pytest.raises(PetscribeError) as caught:
        require_decoder(syntax, "s")
    assert caught.value.code == "unsupported-transfer-syntax"
