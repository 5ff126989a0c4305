"""Tissue and structure tables: complete, within what a label map can hold, physically ordered."""

from petscribe.phantom.drawing.tissues import HU, LABELS, STRUCTURES, TISSUES, all_but, only
from petscribe.phantom.person import stream
from petscribe.phantom.uptake import draw_uptake
from petscribe.terms.anatomy import ORGANS, TOTALSEGMENTATOR


def test_air_is_zero_and_the_lightest():
    assert TISSUES["air"] == 0
    assert HU.argmin() == 0


def test_ct_numbers_are_in_the_order_of_nature():
    order = ["air", "lung", "fat", "urine", "muscle", "marrow", "cortex", "metal"]
    values = [float(HU[TISSUES[name]]) for name in order]
    assert values == sorted(values)


def test_every_structure_fits_a_byte_once():
    assert len(set(STRUCTURES)) == len(STRUCTURES)
    assert max(LABELS.values()) <= 255


def test_totalsegmentator_classes_keep_their_numbers():
    assert [LABELS[name] for name in TOTALSEGMENTATOR] == list(range(1, 118))


def test_structures_are_organs_of_the_term_base_but_for_the_tissue_between():
    unknown = {name for name in STRUCTURES if name not in ORGANS}
    between = {
        "skin",
        "subcutaneous_fat",
        "skeletal_muscle",
        "mediastinal_fat",
        "visceral_fat",
        "eye_left",
        "eye_right",
        "intervertebral_disc",
        "other_bone",
    }
    assert unknown - between == set()


def test_only_and_all_but_are_complements():
    assert (only(["fat"]) == ~all_but(["fat"])).all()


def test_every_tissue_has_an_uptake():
    assert len(draw_uptake("fdg", stream(1, "x")).suv) == len(TISSUES)
