"""Slots print what was measured, by the rules of figures, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.core.errors import OutputMismatch
from petscribe.core.lesion import Measurement
from petscribe.terms.slots import (
    LESION_TOKENS,
    SLOT_TOKENS,
    SLOTS,
    bound,
    bound_lines,
    count_words,
    fill_slots,
    lesions_in,
    slot_values,
    slots_in,
)


def measured(*, long_mm: float = 21.4, suv: float | None = 5.25) -> Measurement:
    return Measurement(
        mtv_ml=3.456,
        long_axis_mm=long_mm,
        short_axis_mm=15.2,
        centroid_lps_mm=(0.0, 0.0, 0.0),
        hottest_lps_mm=(0.0, 0.0, 0.0),
        slice_pet=101,
        slice_ct=None,
        suv_max=suv,
        suv_mean=suv,
        suv_peak=suv,
        tlg_g=None if suv is None else suv * 3.456,
        ratio_liver=None if suv is None else suv / 2,
    )


def test_english_sizes_are_centimetres():
    values = slot_values(measured(), "en")
    assert (values["size"], values["long_axis"]) == ("2.1 x 1.5 cm", "2.1 cm")


def test_vietnamese_has_millimetres_and_a_comma():
    values = slot_values(measured(), "vi")
    assert (values["size"], values["suv_max"]) == ("21 x 15 mm", "5,3")


def test_every_slot_has_a_value_when_all_was_measured():
    assert set(slot_values(measured(), "en", count=3)) == set(SLOTS)


def test_what_was_not_measured_has_no_value():
    values = slot_values(measured(suv=None), "en")
    assert set(values) == {"size", "long_axis", "volume", "slice"}


def test_a_slot_without_a_value_is_refused():
    with pytest.raises(OutputMismatch) as caught:
        fill_slots("SUVmax <suv_max>.", {})
    assert caught.value.code == "slot-without-value"


def test_a_text_is_filled():
    text = "Nodule, <size>, SUVmax <suv_max> (image <slice>)."
    assert fill_slots(text, slot_values(measured(), "en")) == (
        "Nodule, 2.1 x 1.5 cm, SUVmax 5.3 (image 101)."
    )


def test_a_slot_belongs_to_its_lesion():
    values = {1: slot_values(measured(suv=2.0), "en"), 2: slot_values(measured(suv=9.0), "en")}
    text = "SUVmax <L2><suv_max> and <L1><suv_max>."
    assert fill_slots(text, {}, lesions=values) == "SUVmax 9.0 and 2.0."


def test_a_reference_is_printed_by_its_mention_or_left_out():
    text = "<L1><L2> <count> nodes <L1>."
    assert fill_slots(text, {"count": "two"}) == "two nodes."
    mentions = {1: "lesion 1"}
    assert fill_slots("Hottest: <L1>.", {}, mentions=mentions) == "Hottest: lesion 1."


def test_lines_are_kept():
    assert fill_slots("A <count>:\n<L1>  b.", {"count": "two"}) == "A two:\nb."


def test_binding_marks_every_slot():
    assert bound("A <size>, SUVmax <suv_max>.", 4) == "<L4> A <L4><size>, SUVmax <L4><suv_max>."


def test_bound_lines_know_their_lesions():
    text = "Chest:\n<L2><L3> <count> nodes, SUVmax <L3><suv_max>.\n\nNo more."
    assert bound_lines(text) == (
        ("Chest:", ()),
        ("<count> nodes, SUVmax <L3><suv_max>.", (2, 3)),
        ("No more.", ()),
    )


def test_slots_are_found_with_their_lesion():
    found = slots_in("x <size> <L3><suv_max> <nonsense>")
    assert [(slot.name, slot.lesion) for slot in found] == [("size", None), ("suv_max", 3)]


def test_lesions_are_found_once():
    assert lesions_in("<L3> a <L1><suv_max> b <L3><size>") == (3, 1)


@pytest.mark.parametrize(
    ("count", "en", "vi"),
    [(1, "one", "một"), (2, "two", "hai"), (10, "ten", "mười"), (14, "14", "14")],
)
def test_counts_are_words_up_to_ten(count: int, en: str, vi: str):
    assert (count_words(count, "en"), count_words(count, "vi")) == (en, vi)


def test_tokens_are_all_different():
    assert len(set(SLOT_TOKENS) | set(LESION_TOKENS)) == len(SLOTS) + 16


@given(st.text(alphabet="ab <>L1_suvmax.\n", max_size=60))
def test_no_text_is_half_filled(text: str):
    values = dict.fromkeys(SLOTS, "7")
    lesions = dict.fromkeys(range(100), values)
    try:
        filled = fill_slots(text, values, lesions=lesions)
    except OutputMismatch:
        return
    assert not slots_in(filled) or not slots_in(text)


@given(st.floats(1.0, 200.0), st.sampled_from(["en", "vi"]))
def test_every_length_is_read_back(long_mm: float, lang: str):
    from petscribe.mining.rules import parse_sentence

    text = {"en": "Nodule in the liver, <long_axis>.", "vi": "Nốt ở gan, kích thước <long_axis>."}
    values = slot_values(measured(long_mm=long_mm), lang)
    (found,) = parse_sentence(fill_slots(text[lang], values), lang)
    assert found.size_mm[0].dims[0] == pytest.approx(long_mm, abs=0.5001)
