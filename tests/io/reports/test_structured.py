"""DICOM SR."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian

from petscribe.core.errors import InputError
from petscribe.io.reports.structured import is_dicom, read_sr

BASIC_TEXT = "1.2.840.10008.5.1.4.1.1.88.11"


def code(meaning: str, value: str = "121070") -> Sequence:
    one = Dataset()
    one.CodeValue, one.CodingSchemeDesignator, one.CodeMeaning = value, "DCM", meaning
    return Sequence([one])


def item(kind: str, name: str, *inside: Dataset, text: str = "", how: str = "CONTAINS") -> Dataset:
    made = Dataset()
    made.RelationshipType, made.ValueType = how, kind
    made.ConceptNameCodeSequence = code(name)
    if kind == "TEXT":
        made.TextValue = text
    if inside:
        made.ContentSequence = Sequence(inside)
    return made


def write(
    path: Path, *content: Dataset, sop_class: str = BASIC_TEXT, charset: str = "ISO_IR 192"
) -> Path:
    made = Dataset()
    made.SpecificCharacterSet = charset
    made.SOPClassUID, made.SOPInstanceUID = sop_class, "1.2.3.4"
    made.Modality = "SR"
    made.PatientName, made.PatientID, made.AccessionNumber = "Nguyễn^An", "P-7", "A-9"
    made.ReferringPhysicianName = "Lee^Ann"
    made.ContentSequence = Sequence(content)
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made.file_meta = meta
    made.save_as(path, enforce_file_format=True)
    return path


def outcome(path: Path) -> str:
    try:
        read_sr(path)
    except InputError as fault:
        return fault.code
    return ""


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as fault:
        read_sr(path)
    assert "Nguy" not in fault.value.message
    return fault.value.code


def test_headings_and_paragraphs_are_the_text(tmp_path: Path):
    language = item("CODE", "Language of Content Item and Descendants", how="HAS CONCEPT MOD")
    language.ConceptNameCodeSequence = code("Language", "121049")
    language.ConceptCodeSequence = code("Vietnamese", "vi")
    path = write(
        tmp_path / "r.dcm",
        language,
        item("TEXT", "Observer", text="Dr. Lee", how="HAS OBS CONTEXT"),
        item("CONTAINER", "Findings", item("TEXT", "Finding", text="Hạch rốn phổi phải."),
             item("TEXT", "Liver", text="No lesion.")),
        item("CONTAINER", "Empty", item("NUM", "SUV")),
        item("TEXT", "Impression", text="Di căn."),
    )  # fmt: skip
    found = read_sr(path)
    assert found.text == "Findings:\nHạch rốn phổi phải.\nLiver: No lesion.\nImpression: Di căn."
    assert (found.id, found.lang, found.patient, found.accession) == ("1.2.3.4", "vi", "P-7", "A-9")
    assert set(found.identifiers) == {"Nguyễn^An", "P-7", "A-9", "Lee^Ann"}
    assert is_dicom(path)


def test_other_objects_and_empty_documents_have_their_codes(tmp_path: Path):
    text = item("TEXT", "Finding", text="x")
    image = write(tmp_path / "i.dcm", text, sop_class="1.2.840.10008.5.1.4.1.1.128")
    assert refusal(image) == "not-a-report"
    assert refusal(write(tmp_path / "e.dcm")) == "no-text"
    (tmp_path / "n.dcm").write_bytes(b"no dicom")
    assert refusal(tmp_path / "n.dcm") == "bad-sr"
    assert not is_dicom(tmp_path / "n.dcm")
    assert not is_dicom(tmp_path / "absent.dcm")


def test_a_document_cut_anywhere_is_damaged_or_shorter(tmp_path: Path):
    whole = write(tmp_path / "r.dcm", item("TEXT", "Finding", text="Right hilar node. " * 20))
    data = whole.read_bytes()
    codes = set()
    for cut in range(133, len(data), 37):
        whole.write_bytes(data[:cut])
        codes.add(outcome(whole))
    assert codes <= {"", "bad-sr", "no-text"}


def test_a_document_with_any_byte_wrong_raises_nothing_else(tmp_path: Path):
    whole = write(tmp_path / "r.dcm", item("TEXT", "Finding", text="Right hilar node."))
    data = whole.read_bytes()
    for at in range(132, len(data), 5):
        whole.write_bytes(data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :])
        outcome(whole)


def test_deep_trees_end(tmp_path: Path):
    inner = item("TEXT", "Finding", text="deep")
    for _ in range(60):
        inner = item("CONTAINER", "Box", inner)
    assert refusal(write(tmp_path / "d.dcm", inner)) == "no-text"


@pytest.mark.real_data
def test_a_real_measurement_document_has_no_narrative(shared_data: Callable[[str], Path]):
    assert refusal(shared_data("qiicr-seg-rwvm-sr") / "dcmqi_sr.dcm") == "no-text"
