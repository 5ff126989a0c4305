"""The user's columns."""

import pytest

from petscribe.core.errors import InputError
from petscribe.io.reports.columns import Columns


def code(columns: Columns, row: dict) -> str:
    with pytest.raises(InputError) as fault:
        columns.source(row, "t.csv row 1", 1)
    return fault.value.code


def test_the_usual_names_need_not_be_said():
    row = {"text": " a ", "id": 7, "lang": "VI-vn", "patient": "p1", "accession": "A9", "x": "y"}
    found = Columns().source(row, "t.csv row 1", 1)
    assert (found.id, found.text, found.lang) == ("7", " a ", "vi")
    assert (found.patient, found.accession, found.identifiers) == ("p1", "A9", ("p1",))


def test_the_user_names_columns():
    columns = Columns(text=("report",), id="key", lang="l", patient="pid", identifiers=("name",))
    row = {"report": "a", "key": "k", "l": "en", "pid": "9", "name": "Ann Lee", "id": "other"}
    found = columns.source(row, "row 1", 1)
    assert (found.id, found.lang, found.identifiers) == ("k", "en", ("Ann Lee", "9"))


def test_text_in_several_columns_keeps_their_names_as_headings():
    columns = Columns(text=("findings", "impression"))
    found = columns.source({"findings": "Node.", "impression": "Bad."}, "row 1", 1)
    assert found.text == "findings:\nNode.\nimpression:\nBad."
    assert (
        columns.source({"findings": "Node.", "impression": None}, "r", 1).text == "findings:\nNode."
    )


def test_a_row_without_id_is_numbered():
    assert Columns().source({"text": "a"}, "row 12", 12).id == "12"


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(InputError, match="column named report"):
        Columns(text=("report",)).check(["text"], "t.csv")
    Columns().check(["text"], "t.csv")


@pytest.mark.parametrize(
    ("text", "expected"),
    [(None, "no-text"), ("  ", "no-text"), ({"a": 1}, "no-text"), ("a\x00b", "binary-text"),
     ("gan \udcff", "not-utf8"), ("x" * 4_000_001, "text-too-long")],
)  # fmt: skip
def test_what_is_no_text_has_its_code(text, expected: str):
    assert code(Columns(), {"text": text}) == expected


def test_half_letters_of_an_id_can_be_written_out():
    assert Columns().source({"text": "a", "id": "x\ud800"}, "row 1", 1).id == "x?"


def test_only_what_is_read_is_wanted():
    assert Columns(identifiers=("name",)).wanted(["text", "image", "name", "id"]) == [
        "text", "name", "id",
    ]  # fmt: skip
