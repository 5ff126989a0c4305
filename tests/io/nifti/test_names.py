"""Names of labels: in the file, beside the file, and never a fault."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.io.nifti.names import extension_of, names_beside, names_in_extensions

TOTALSEGMENTATOR = (
    b'<?xml version="1.0" encoding="UTF-8"?> <CaretExtension>  <VolumeInformation Index="0">'
    b'<LabelTable><Label Key="1" Red="0.2" Green="0.6" Blue="0.4" Alpha="1"><![CDATA[spleen]]>'
    b'</Label><Label Key="5" Red="0.5" Green="0.1" Blue="0" Alpha="1"><![CDATA[liver]]></Label>'
    b"</LabelTable></VolumeInformation></CaretExtension>"
)


def block(content, code=0):
    size = -(-(len(content) + 8) // 16) * 16
    head = size.to_bytes(4, "little") + code.to_bytes(4, "little")
    return b"\1\0\0\0" + (head + content).ljust(size, b"\0")


@given(
    st.dictionaries(
        st.integers(1, 65535),
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20),
    )
)
def test_names_come_back_as_written(names):
    assert names_in_extensions(b"\1\0\0\0" + extension_of(names)) == names


def test_extensions_are_padded_to_sixteen():
    assert len(extension_of({1: "gan"})) % 16 == 0


def test_totalsegmentators_table_is_understood():
    assert names_in_extensions(block(TOTALSEGMENTATOR)) == {1: "spleen", 5: "liver"}


def test_other_extensions_are_passed_over():
    extensions = block(b"some dicom header", 2) + block(TOTALSEGMENTATOR)[4:]
    assert names_in_extensions(extensions) == {1: "spleen", 5: "liver"}


@given(st.binary(max_size=200))
def test_damaged_extensions_are_no_names(noise):
    assert isinstance(names_in_extensions(b"\1\0\0\0" + noise), dict)


def test_without_the_flag_there_is_no_extension():
    assert names_in_extensions(b"\0" + block(TOTALSEGMENTATOR)[1:]) == {}


@pytest.mark.parametrize(
    "content",
    [
        {"1": "liver", "2": "spleen"},
        {"liver": 1, "spleen": 2, "background": 0},
        {"labels": {"liver": 1, "spleen": 2}},
        {"names": {"1": "liver", "2": "spleen"}, "other": 3},
    ],
)
def test_a_json_file_beside_names_labels(tmp_path, content):
    (tmp_path / "organs.json").write_text(json.dumps(content), "utf-8")
    assert names_beside(tmp_path / "organs.nii.gz") == {1: "liver", 2: "spleen"}


@pytest.mark.parametrize("content", ["", "[1, 2]", "{", "[" * 3000, '{"a": true}'])
def test_a_json_file_of_another_kind_is_no_names(tmp_path, content):
    (tmp_path / "organs.json").write_text(content, "utf-8")
    assert names_beside(tmp_path / "organs.nii") == {}


def test_no_file_beside_is_no_names(tmp_path):
    assert names_beside(tmp_path / "organs.nii") == {}
