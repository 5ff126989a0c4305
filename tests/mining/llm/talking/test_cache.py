"""Answers on disk."""

from pathlib import Path

from petscribe.mining.llm.talking.cache import AnswerCache

REQUEST = {"model": "m", "messages": [{"role": "user", "content": "gan"}]}


def test_an_answer_is_found_again_by_another_process_of_the_same_question(tmp_path: Path):
    AnswerCache(tmp_path / "new").put(REQUEST, "yes")
    assert AnswerCache(tmp_path / "new").get(dict(reversed(REQUEST.items()))) == "yes"


def test_another_model_or_passage_is_another_question(tmp_path: Path):
    cache = AnswerCache(tmp_path)
    cache.put(REQUEST, "yes")
    assert cache.get({**REQUEST, "model": "n"}) is None
    assert cache.get({**REQUEST, "messages": []}) is None


def test_a_damaged_answer_is_none(tmp_path: Path):
    cache = AnswerCache(tmp_path)
    cache.put(REQUEST, "yes")
    [file] = (p for p in tmp_path.rglob("*") if p.is_file())
    for damage in (b"", b"{", b'{"answer": 3}', b"[]", b"\xff", b'{"answer": "' + b"x" * 2**21):
        file.write_bytes(damage)
        assert cache.get(REQUEST) is None
    cache.put(REQUEST, "again")
    assert cache.get(REQUEST) == "again"


def test_the_passage_is_not_on_disk(tmp_path: Path):
    AnswerCache(tmp_path).put(REQUEST, "yes")
    [file] = (p for p in tmp_path.rglob("*") if p.is_file())
    assert "gan" not in file.read_text() + str(file.relative_to(tmp_path))


def test_without_a_folder_nothing_is_kept():
    cache = AnswerCache(None)
    cache.put(REQUEST, "yes")
    assert cache.get(REQUEST) is None
