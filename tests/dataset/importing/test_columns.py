"""Tables by our names; a wrong mapping or column is named."""

import json
from pathlib import Path

import pytest

from petscribe.core.errors import InputError
from petscribe.dataset.importing.columns import Columns, read_table

COLUMNS = Columns(needed={"text": "text"}, optional={"lang": "lang"}, values={"unit": "suvbw"})


def read(folder: Path, table: str, mapping: object = None, name: str = "t.csv"):
    (folder / name).write_text(table)
    path = None
    if mapping is not None:
        path = folder / "map.json"
        path.write_text(mapping if isinstance(mapping, str) else json.dumps(mapping))
    return read_table(folder / name, COLUMNS, path)


def test_usual_names_need_no_mapping(tmp_path: Path):
    table = read(tmp_path, "text,lang\nA node. ,en\n")
    assert table.rows == ({"text": "A node.", "lang": "en"},)
    assert table.values == {"unit": "suvbw"}


def test_a_mapping_renames_columns_and_sets_values(tmp_path: Path):
    table = read(tmp_path, "Satz\tx\nA node.\t1\n", {"text": "Satz", "unit": "bqml"}, "t.tsv")
    assert table.rows == ({"text": "A node.", "lang": ""},)
    assert table.values == {"unit": "bqml"}


@pytest.mark.parametrize(
    ("table", "mapping", "code", "named"),
    [
        ("a,b\n1,2\n", None, "missing-column", "'text'"),
        ("text\nx\n", {"lang": "Sprache"}, "missing-column", "'Sprache'"),
        ("text\nx\n", {"colour": "red"}, "bad-mapping", "'colour'"),
        ("text\nx\n", "{", "bad-mapping", "map.json"),
        ("text\nx\n", "[]", "bad-mapping", "no object"),
        ("text\n", None, "empty-table", "t.csv"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, table, mapping, code, named):
    with pytest.raises(InputError) as fault:
        read(tmp_path, table, mapping)
    assert fault.value.code == code
    assert named in fault.value.message
