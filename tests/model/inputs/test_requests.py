"""The two forms of request."""

import pytest

from petscribe.model.inputs.prompts import Shown
from petscribe.model.inputs.requests import exam_request, lesion_request, reading_words


def test_a_lesion_is_shown_before_it_is_asked_about() -> None:
    row = lesion_request(3, "Describe.")
    assert row.parts == (Shown(kind="lesion", of=3), "Describe.")
    assert not row.about_lesion
    assert lesion_request(3, "Describe.", answer="A node.").about_lesion


def test_an_exam_shows_its_body_and_each_lesion_by_reference() -> None:
    row = exam_request(0, [5], "Why?", about="FDG", context=["hot"])
    assert row.parts == (
        Shown(kind="body", of=0),
        "FDG",
        "<L1>",
        Shown(kind="brief", of=5),
        "hot",
        "Why?",
    )


def test_more_lesions_than_references_or_contexts_are_refused() -> None:
    with pytest.raises(ValueError, match="references"):
        exam_request(0, range(17), "Why?")
    with pytest.raises(ValueError, match="contexts"):
        exam_request(0, [0], "Why?", context=["a", "b"])


def test_what_the_heads_read_stands_before_the_question() -> None:
    row = lesion_request(0, "Describe.", reading="right; lung; -; mass; intense.")
    assert row.parts[1:] == ("right; lung; -; mass; intense.", "Describe.")


def test_what_is_not_known_is_a_dash() -> None:
    assert reading_words({"region": "lung"}) == "-; lung; -; -; -."


def test_no_side_is_told_of_what_has_none() -> None:
    liver = {"side": "right", "region": "liver", "organ": "liver", "type": "lesion"}
    lobe = {"side": "right", "region": "lung", "organ": "lung_middle_lobe", "type": "mass"}
    assert reading_words(liver).startswith("-; liver")
    assert reading_words(lobe).startswith("right; lung")


def test_heads_that_contradict_each_other_tell_no_side() -> None:
    torn = {"side": "left", "region": "lung", "organ": "lung_middle_lobe"}
    assert not reading_words(torn).startswith("right")
