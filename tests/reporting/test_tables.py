"""Tables print the measured values, rounded as sentences are, and nothing for nothing."""

from dataclasses import replace

from petscribe.reporting.tables import (
    NOTHING,
    lesion_table,
    reference_table,
    set_aside_table,
    totals_list,
)


def test_a_row_has_the_numbers_of_its_lesion(measured):
    table = lesion_table(measured, "en")
    row = dict(zip(table.headers, table.rows[0].cells, strict=True))
    assert table.rows[0].lesion == 1
    assert row["Site"] == "right hilum"
    assert row["Size (mm)"] == "64 x 41"
    assert row["SUVmax"] == "42.2"
    assert row["MTV (ml)"] == "183.1"
    assert row["PET image"] == "88"


def test_vietnamese_has_a_decimal_comma(measured):
    assert "42,2" in lesion_table(measured, "vi").rows[0].cells


def test_a_column_without_values_is_left_out(measured, make_lesion):
    assert "Deauville class" not in lesion_table(measured, "en").headers
    relative = replace(measured, lesions=(make_lesion(1, "liver", None),))
    headers = lesion_table(relative, "en").headers
    assert "SUVmax" not in headers
    assert "Maximum (relative)" in headers
    assert "Notes" not in headers


def test_a_missing_value_is_a_dash_and_never_zero(measured):
    first = measured.lesions[0]
    bare = replace(first, measurement=replace(first.measurement, slice_ct=None, suv_peak=None))
    table = lesion_table(replace(measured, lesions=(bare, *measured.lesions[1:])), "en")
    row = dict(zip(table.headers, table.rows[0].cells, strict=True))
    assert row["CT image"] == NOTHING
    assert row["SUVpeak"] == NOTHING


def test_headers_cells_and_kinds_have_the_same_length(measured):
    for table in (
        lesion_table(measured, "en"),
        set_aside_table(measured, "en"),
        reference_table(measured, "vi"),
    ):
        assert table.rows
        for row in table.rows:
            assert len(row.cells) == len(table.headers) == len(table.numeric)


def test_uptake_set_aside_says_why(measured):
    known = replace(measured.physiologic[0], reason="urinary bladder")
    table = set_aside_table(replace(measured, physiologic=(known,)), "en")
    assert table.rows[0].cells[:3] == ("bladder", "physiologic", "urinary bladder")


def test_references_state_their_method(measured):
    (row,) = reference_table(measured, "en").rows
    assert row.cells[:3] == ("liver", "3 cm sphere, right lobe", "2.10 \u00b1 0.25")


def test_an_approximate_place_is_called_so(measured, make_lesion):
    lesion = make_lesion(1, "liver", 3.0, approximate=True)
    rough = replace(measured, lesions=(lesion,), physiologic=(lesion,))
    assert set_aside_table(rough, "en").rows[0].cells[0] == "liver (approximate)"
    assert "Location approximate." in lesion_table(rough, "en").rows[0].cells[-1]


def test_totals_are_listed_only_when_there_are_lesions(measured):
    assert dict(totals_list(measured, "en"))["Lesions"] == "5"
    none = replace(measured.totals, lesions=0)
    assert totals_list(replace(measured, totals=none), "en") == ()
