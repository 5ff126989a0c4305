"""Errors carry a code and one line."""

from petscribe.core.errors import GeometryError, MissingTag, PetscribeError, SuvError


def test_a_message_is_always_one_line():
    assert str(SuvError("missing-weight", "no\nweight\t in  header")) == "no weight in header"


def test_every_fault_is_a_petscribe_error_with_its_code():
    faults = [GeometryError("bad-geometry", "x"), MissingTag("missing-tag", "y")]
    assert all(isinstance(fault, PetscribeError) for fault in faults)
    assert [fault.code for fault in faults] == ["bad-geometry", "missing-tag"]


def test_a_hostile_file_name_cannot_write_to_the_terminal():
    shown = str(SuvError("missing-weight", "b\u00ecnh \x1b[31mred\udcff.dcm"))
    assert shown == "b\u00ecnh ?[31mred?.dcm"
