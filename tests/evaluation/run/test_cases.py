"""Files to cases: what fits is joined, what does not is refused by name."""

from typing import Any

import pytest

from petscribe.core.errors import InputError
from petscribe.evaluation.run.cases import join, read_lines

VIETNAMESE = "Nốt ở thùy trên phổi phải tăng chuyển hóa FDG mạnh, SUVmax 8,5."
ENGLISH = "FDG-avid nodule in the right upper lobe of the lung, SUVmax 8.5."


def line(**changes: Any) -> dict[str, Any]:
    return {"id": "a", "patient": "p", "text": ENGLISH, "lang": "en", **changes}


def joined(write, said, wanted, task="finding", **how):
    files = read_lines(write("p.jsonl", said)), read_lines(write("r.jsonl", wanted))
    return join(*files, task=task, **how)


def test_cases_follow_the_references_and_keep_their_other_keys(write):
    said = [line(id=1, text="One."), line(id="2")]
    cases = joined(write, said, [line(id="2", type="side"), line(id=1)])
    assert [case.id for case in cases] == ["2", "1"]
    assert cases[0].more == {"type": "side"}
    assert cases[1].prediction == "One."


@pytest.mark.parametrize(
    ("said", "wanted", "code"),
    [
        ([line(id="b")], [line()], "missing-id"),
        ([line(), line(id="b")], [line()], "mismatched-counts"),
        ([line()], [line(), line(id="b")], "mismatched-counts"),
        ([line(), line()], [line()], "duplicate-id"),
        ([line()], [line(), line()], "duplicate-id"),
        ([line(text="  ")], [line()], "empty-text"),
        ([line()], [line(text="")], "empty-reference"),
        ([line(patient="q")], [line()], "patient-mismatch"),
        ([line(lang="vi", text=VIETNAMESE)], [line()], "language-mismatch"),
        ([line(text=VIETNAMESE)], [line()], "language-mismatch"),
        ([line(lang="vi")], [line(lang="vi", text=VIETNAMESE)], "language-mismatch"),
        (
            [line(), line(id="b", lang="vi", text=VIETNAMESE)],
            [line(), line(id="b", lang="vi", text=VIETNAMESE)],
            "mixed-languages",
        ),
        ([], [line()], "nothing-to-score"),
        ([{"id": "a", "text": "x", "lang": "en"}], [line()], "bad-evaluation-line"),
        ([{"patient": "a", "text": "x", "lang": "en"}], [line()], "bad-evaluation-line"),
        ([line(lang="fr")], [line()], "bad-evaluation-line"),
        ([line(text=5)], [line()], "bad-evaluation-line"),
        ([line(id=[1])], [line()], "bad-evaluation-line"),
    ],
)
def test_what_cannot_be_compared_is_refused(write, said, wanted, code):
    with pytest.raises(InputError) as fault:
        joined(write, said, wanted)
    assert fault.value.code == code
    assert "nodule" not in fault.value.message


@pytest.mark.parametrize("content", [b"{not json}\n", b"[1]\n", b'"text"\n'])
def test_lines_that_are_no_objects_are_refused(tmp_path, content):
    path = tmp_path / "x.jsonl"
    path.write_bytes(content)
    with pytest.raises(InputError, match="line 1"):
        read_lines(path)


def test_bytes_that_are_no_utf8_are_refused(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_bytes(b'{"id": "\xff"}\n')
    with pytest.raises(InputError) as fault:
        read_lines(path)
    assert fault.value.code == "not-utf8"


def test_empty_predictions_are_scored_when_that_is_asked_for(write):
    cases = joined(write, [line(text="")], [line()], allow_empty=True)
    assert cases[0].prediction == ""


def test_short_vietnamese_without_vietnamese_letters_is_believed(write):
    said = [line(lang="vi", text="Gan, SUVmax 5.")]
    assert joined(write, said, [line(lang="vi", text=VIETNAMESE)])[0].lang == "vi"
