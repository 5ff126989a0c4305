"""Truths of yes and no: a "no" says what was looked at, and nobody says no to what is not shown."""

from dataclasses import replace

import pytest

from petscribe.reporting.answering.about_places import count, place_check, presence
from petscribe.reporting.answering.asked.question import AskedPlace, Limit, Question
from petscribe.reporting.answering.saying import Scene


def place(key, region, side=None):
    return AskedPlace(key=key, region=region, side=side)


LEFT_ADRENAL = place("adrenal_gland", "adrenal", "left")
RIGHT_ADRENAL = place("adrenal_gland", "adrenal", "right")
BLADDER = place("urinary_bladder", "bladder")
BRAIN = place("brain", "brain")
TONSIL = place("tonsil", "tonsil", "right")
RIGHT_LUNG = place("lung", "lung", "right")


@pytest.fixture
def ask(measured):
    def answer(function, kind, *places, scene=None, **more):
        scene = scene or Scene(measured=measured, lang="en")
        return function(Question(kind=kind, places=places, **more), scene)

    return answer


def test_a_lesion_there_is_a_yes_with_its_numbers(ask):
    answer = ask(presence, "presence", LEFT_ADRENAL)
    assert (answer.value, answer.evidence) == (True, (2,))
    assert answer.answer == ("Yes: lesion 2 (left adrenal gland, SUVmax 12.6, 2.4 x 1.6 cm).")


def test_a_no_says_what_was_looked_at(ask):
    answer = ask(presence, "presence", RIGHT_ADRENAL)
    assert (answer.value, answer.evidence) == (False, ())
    assert answer.answer == (
        "No lesion with increased FDG uptake in the right adrenal gland;"
        " the region is inside the field of view."
    )


def test_physiologic_uptake_there_is_told(ask):
    answer = ask(presence, "presence", BLADDER)
    assert (answer.value, answer.evidence) == (False, (6,))
    assert "set aside as physiologic: uptake 6" in answer.answer


def test_undecided_uptake_is_neither_yes_nor_no(ask):
    answer = ask(presence, "presence", TONSIL)
    assert (answer.value, answer.evidence) == (None, (7,))
    assert answer.answer.startswith("Undecided: uptake 7")


def test_outside_the_field_of_view_there_is_no_no(ask):
    answer = ask(presence, "presence", BRAIN)
    assert (answer.type, answer.value) == ("unanswerable", None)
    assert "not in the field of view (the brain)" in answer.answer


def test_a_place_with_a_lesion_on_its_other_side_is_shown(ask, measured):
    scene = Scene(measured=replace(measured, coverage=("liver",)), lang="en")
    answer = ask(presence, "presence", RIGHT_ADRENAL, scene=scene)
    assert answer.value is False
    assert "inside the field of view" not in answer.answer


def test_a_place_that_perhaps_holds_a_lesion_is_not_outside(ask, measured):
    hilum = measured.lesions[0]
    unsure = replace(hilum, location=replace(hilum.location, alternative_region="lung"))
    table = replace(measured, lesions=(unsure,), coverage=("liver",))
    answer = ask(presence, "presence", RIGHT_LUNG, scene=Scene(measured=table, lang="en"))
    assert (answer.type, answer.value) == ("presence", None)


def test_a_lesion_next_door_is_told_and_lowers_the_confidence(ask):
    answer = ask(presence, "presence", RIGHT_LUNG)
    assert (answer.value, answer.evidence) == (False, (1,))
    assert "next to it: lesion 1" in answer.answer
    assert answer.confidence < ask(presence, "presence", RIGHT_ADRENAL).confidence


def test_what_the_measurement_leaves_open_stays_open(ask, measured):
    hilum = measured.lesions[0]
    unsure = replace(hilum, location=replace(hilum.location, alternative_region="lung"))
    scene = Scene(measured=replace(measured, lesions=(unsure,)), lang="en")
    answer = ask(presence, "presence", RIGHT_LUNG, scene=scene)
    assert (answer.value, answer.evidence) == (None, (1,))
    assert answer.answer.startswith("Not certain: lesion 1")


def test_outlined_lesions_leave_other_uptake_unjudged(ask, measured):
    scene = Scene(measured=measured, lang="en", outlined=True)
    answer = ask(presence, "presence", RIGHT_ADRENAL, scene=scene)
    assert "only the outlines given were judged" in answer.answer


def test_whether_it_is_normal_is_the_opposite(ask):
    assert ask(presence, "presence", LEFT_ADRENAL, normal=True).value is False
    assert ask(presence, "presence", RIGHT_ADRENAL, normal=True).value is True


def test_outlines_alone_cannot_say_that_the_rest_is_normal(ask, measured):
    scene = Scene(measured=measured, lang="en", outlined=True)
    answer = ask(presence, "presence", RIGHT_ADRENAL, scene=scene, normal=True)
    assert answer.value is None
    assert answer.answer.startswith("No lesion")


def test_a_diagnosis_gets_its_caution(ask):
    for where in (LEFT_ADRENAL, RIGHT_ADRENAL):
        said = ask(presence, "presence", where, nature=True).answer
        assert said.endswith("cannot be told from this exam alone.")


def test_a_limit_leaves_only_what_passes(ask):
    high = Limit(quantity="suv_max", above=True, value=10.0)
    assert ask(presence, "presence", limit=high).evidence == (1, 2)
    none = ask(presence, "presence", limit=replace(high, value=50.0))
    assert (none.value, none.answer) == (False, "No lesion with SUVmax above 50.0.")


def test_lesions_are_counted_by_place(ask):
    assert ask(count, "count").value == 5
    assert ask(count, "count", place("liver", "liver")).evidence == (5,)
    none = ask(count, "count", RIGHT_ADRENAL)
    assert (none.value, none.type) == (0, "count")
    assert ask(count, "count", BRAIN).type == "unanswerable"


def test_a_lesion_is_held_against_a_place(ask):
    assert ask(place_check, "place_check", LEFT_ADRENAL, lesions=(2,)).value is True
    wrong = ask(place_check, "place_check", RIGHT_ADRENAL, lesions=(2,))
    assert wrong.value is False
    assert wrong.answer == "No, lesion 2 lies in the left adrenal gland."


@pytest.mark.parametrize("where", [LEFT_ADRENAL, RIGHT_ADRENAL, BLADDER, BRAIN, TONSIL])
def test_vietnamese_says_the_same(ask, measured, where):
    english = ask(presence, "presence", where)
    scene = Scene(measured=measured, lang="vi")
    vietnamese = ask(presence, "presence", where, scene=scene)
    assert vietnamese.value == english.value
    assert vietnamese.evidence == english.evidence
    assert vietnamese.answer != english.answer
