"""Requests are drawn anew from a stored record, with what is known beforehand."""

from petscribe.dataset.phantoms.corpus import CorpusCase
from petscribe.dataset.phantoms.requests import requests_of
from petscribe.dataset.phantoms.samples import CorpusOptions


def test_the_same_record_gives_the_same_requests(case: CorpusCase, small: CorpusOptions):
    assert requests_of(case.record, small) == requests_of(case.record, small)


def test_an_exams_request_knows_one_line_per_lesion(case: CorpusCase, small: CorpusOptions):
    for request in requests_of(case.record, small):
        if request["task"] in {"finding", "structure"}:
            assert "context" not in request
        else:
            assert len(request["context"]) == len(request["lesions"])
            assert request["about"]


def test_a_question_keeps_the_lesion_it_begins_with(case: CorpusCase):
    many = CorpusOptions(wordings=0, structures=0, physiologic=0, sections=0, questions=40)
    asked = [
        request
        for request in requests_of(case.record, many)
        if request["task"] == "question" and request["targets"]["question"] == "measure"
    ]
    assert asked
    for request in asked:
        (number,) = request["targets"]["evidence"]
        assert f"<L{number}>" in request["prompt"]
