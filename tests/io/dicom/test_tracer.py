"""Tracers by code, by word, by hint."""

import pytest

from petscribe.io.dicom.tracer import tracer_of


@pytest.mark.parametrize(
    ("words", "tracer"),
    [
        ("FDG -- fluorodeoxyglucose", "fdg"),
        ("Fluorodeoxyglucose F^18^", "fdg"),
        ("Ga-68 PSMA-11", "psma"),
        ("[18F]DCFPyL", "psma"),
        ("68Ga-DOTATATE", "dotatate"),
        ("Ga68 DOTA-TOC", "dotatate"),
        ("Fluciclovine F^18^", "fluciclovine"),
        ("FLT", "flt"),
        ("Choline C^11^", "other"),
        ("FAPI-46", "other"),
        ("Solution", "unknown"),
    ],
)
def test_words_name_the_tracer(words, tracer):
    assert tracer_of([], [words]) == tracer


def test_codes_come_before_words():
    assert tracer_of(["126758"], ["FDG"]) == "psma"


def test_a_description_is_believed_only_when_it_names_a_tracer():
    assert tracer_of([], [], "PET FDG whole body") == "fdg"
    assert tracer_of([], [], "PET WB choline protocol") == "unknown"


def test_the_headers_own_words_beat_the_description():
    assert tracer_of([], ["Choline"], "FDG protocol") == "other"


def test_nothing_said_is_unknown():
    assert tracer_of([None], [None], None) == "unknown"
