"""METEOR's data folder, read when a user has one."""

import gzip
from pathlib import Path

import pytest

from petscribe.core.errors import InputError
from petscribe.evaluation.text.meteor_tables import ENGLISH_FUNCTION_WORDS, read_tables


def _folder(path: Path) -> Path:
    (path / "function").mkdir()
    (path / "function" / "english.words").write_text("the\nof\n", "utf-8")
    (path / "synonyms").mkdir()
    (path / "synonyms" / "english.synsets").write_text("mass\n1 7\ntumor\n7\n", "utf-8")
    packed = gzip.compress(b"0.3\nuptake\ntracer avidity\n")
    (path / "paraphrase-en.gz").write_bytes(packed)
    return path


def test_all_three_tables_are_read(tmp_path: Path):
    tables = read_tables(_folder(tmp_path))
    assert tables.function_words == {"the", "of"}
    assert tables.synonyms["mass"] & tables.synonyms["tumor"] == {"7"}
    assert tables.paraphrases["tracer", "avidity"] == {("uptake",)}
    assert (tables.longest, tables.has_meanings) == (2, True)


def test_without_function_words_ours_are_used(tmp_path: Path):
    (tmp_path / "x.synsets").write_text("mass\n1\n", "utf-8")
    assert read_tables(tmp_path).function_words == ENGLISH_FUNCTION_WORDS


def test_a_folder_without_tables_is_refused(tmp_path: Path):
    with pytest.raises(InputError) as fault:
        read_tables(tmp_path)
    assert fault.value.code == "no-meteor-tables"


@pytest.mark.parametrize(
    "data",
    [gzip.compress(b"0.3\nuptake\n"), b"no gzip at all", b""],
    ids=["cut short", "not gzip", "empty"],
)
def test_a_broken_table_is_refused(tmp_path: Path, data: bytes):
    (tmp_path / "paraphrase-en.gz").write_bytes(data)
    with pytest.raises(InputError) as fault:
        read_tables(tmp_path)
    assert fault.value.code == "bad-meteor-table"
