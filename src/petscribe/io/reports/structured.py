"""DICOM SR documents: the narrative of their content tree, headings kept.

Reads TEXT items that the document contains, each under the name of its container or its own; what
is context, codes, numbers and images is no narrative. Knows pydicom datasets. Source: DICOM PS3.3
C.17.3 (content tree), A.35 (SR IODs); concept names of PS3.16 CID 7001.
"""

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from petscribe.core.errors import InputError
from petscribe.io.texts import LONGEST_TEXT, SourceText, require_text

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_SR_CLASSES: Final = "1.2.840.10008.5.1.4.1.1.88."
_MOST_BYTES: Final = 64 * 2**20
_DEEPEST: Final = 24
_MAGIC: Final = (128, b"DICM")


def is_dicom(path: Path) -> bool:
    """Tell whether a file says it is DICOM."""
    try:
        with path.open("rb") as file:
            return file.read(132)[_MAGIC[0] :] == _MAGIC[1]
    except OSError:
        return False


def read_sr(path: Path) -> SourceText:
    """Return the text of an SR document.

    Raises:
        InputError: damaged (`bad-sr`), another DICOM object (`not-a-report`), without narrative
            (`no-text`), or too large (`text-too-long`).
    """
    if path.stat().st_size > _MOST_BYTES:
        raise InputError("text-too-long", f"{path.name}: over {_MOST_BYTES} bytes")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd values are common and do no harm here
            found = _read(path)
    except _damages() as fault:
        raise InputError("bad-sr", f"{path.name}: damaged ({type(fault).__name__})") from fault
    if not found.text.strip():
        raise InputError("no-text", f"{path.name}: an SR document without narrative")
    if len(found.text) > LONGEST_TEXT:
        raise InputError("text-too-long", f"{path.name}: over {LONGEST_TEXT} bytes is no report")
    require_text(found.text, path.name)
    return found


def _read(path: Path) -> SourceText:
    from pydicom import dcmread

    document = dcmread(path, stop_before_pixels=True)
    kind = document.get("SOPClassUID")
    if not kind:
        raise InputError("bad-sr", f"{path.name}: does not say what it is")
    if not str(kind).startswith(_SR_CLASSES):
        raise InputError("not-a-report", f"{path.name}: DICOM, but no SR document")
    document.decode()
    return SourceText(
        id=str(document.get("SOPInstanceUID") or path.stem),
        text="\n".join(_narrative(document, 0)),
        lang=next(_languages(document), None),
        patient=str(document.get("PatientID") or "") or None,
        accession=str(document.get("AccessionNumber") or "") or None,
        identifiers=tuple(_known(document)),
    )


def _damages() -> tuple[type[Exception], ...]:
    """Return what pydicom raises on bytes that are not what they claim."""
    import struct
    import zlib

    from pydicom.errors import BytesLengthException, InvalidDicomError

    return (
        *(InvalidDicomError, BytesLengthException, OSError, EOFError, ValueError, TypeError),
        *(KeyError, AttributeError, LookupError, NotImplementedError, RecursionError),
        *(struct.error, zlib.error, MemoryError),
    )


def _narrative(item: "Dataset", depth: int) -> Iterator[str]:
    """Yield headings and paragraphs in the order of the tree."""
    if depth > _DEEPEST:
        return
    for child in item.get("ContentSequence") or ():
        kind = str(child.get("ValueType", ""))
        if child.get("RelationshipType") != "CONTAINS":
            continue
        name = _meaning(child.get("ConceptNameCodeSequence"))
        if kind == "TEXT":
            text = str(child.get("TextValue") or "").strip()
            if text:
                yield f"{name}: {text}" if name and not _is_repeated(name, item) else text
        elif kind == "CONTAINER":
            inside = list(_narrative(child, depth + 1))
            if inside:
                yield from [f"{name}:", *inside] if name else inside


def _is_repeated(name: str, container: "Dataset") -> bool:
    """Whether an item only says again where it stands: "Finding" under "Findings"."""
    outer = _meaning(container.get("ConceptNameCodeSequence")).lower().rstrip("s")
    return name.lower().rstrip("s") == outer


def _meaning(codes: Any) -> str:  # noqa: ANN401 - a pydicom sequence or None
    return str(codes[0].get("CodeMeaning") or "").strip() if codes else ""


def _languages(document: "Dataset") -> Iterator[str]:
    """Yield the language that the document's root declares (DCM 121049)."""
    for child in document.get("ContentSequence") or ():
        name = (child.get("ConceptNameCodeSequence") or [None])[0]
        codes = child.get("ConceptCodeSequence")
        if name is not None and name.get("CodeValue") == "121049" and codes:
            yield str(codes[0].get("CodeValue") or "").lower()[:2]


def _known(document: "Dataset") -> Iterator[str]:
    for keyword in (
        *("PatientName", "PatientID", "OtherPatientIDs", "AccessionNumber", "PatientAddress"),
        *("ReferringPhysicianName", "OperatorsName", "InstitutionName", "PatientTelephoneNumbers"),
    ):
        value = str(document.get(keyword) or "").strip()
        if value:
            yield value
