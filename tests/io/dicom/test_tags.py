"""Tag numbers against the dictionary of pydicom."""

from pydicom.datadict import keyword_for_tag

from petscribe.io.dicom import tags


def test_every_tag_is_one_of_the_dictionary():
    assert [hex(tag) for tag in tags.WANTED if not keyword_for_tag(tag)] == []


def test_tags_mean_what_their_names_say():
    assert keyword_for_tag(tags.UNITS) == "Units"
    assert keyword_for_tag(tags.INJECTION_DATETIME) == "RadiopharmaceuticalStartDateTime"
    assert keyword_for_tag(tags.FRAME_DURATION) == "ActualFrameDuration"
    assert keyword_for_tag(tags.AGENT_NUMBER) == "RadiopharmaceuticalAgentNumber"
    assert keyword_for_tag(tags.DECAY_CORRECTION_DATETIME) == "DecayCorrectionDateTime"


def test_wanted_holds_every_constant():
    assert tags.PER_FRAME_GROUPS in tags.WANTED
    assert tags.POSITION in tags.WANTED
