"""A case is true by construction, complete, and the same for a seed."""

import numpy as np
import pytest

from petscribe.core.codec import decode
from petscribe.core.lesion import Lesion
from petscribe.core.volume import Grid
from petscribe.dataset.phantoms.corpus import CorpusCase, key_of, phantom_case
from petscribe.dataset.phantoms.samples import CorpusOptions
from petscribe.io.store import split_of
from petscribe.terms.anatomy import ORGANS


def test_arrays_lie_on_their_grids(case: CorpusCase):
    shape = decode(Grid, case.record["pet_grid"]).shape
    assert all(
        case.arrays[name].shape == shape for name in ("pet", "lesions", "structures", "organs")
    )
    assert case.arrays["ct"].shape == decode(Grid, case.record["ct_grid"]).shape
    assert case.arrays["pet"].dtype == np.float16
    assert case.arrays["ct"].dtype == np.int16


def test_every_lesion_has_its_voxels(case: CorpusCase):
    numbers = {entry["id"] for entry in case.record["lesions"]}
    assert numbers == set(np.unique(case.arrays["lesions"])) - {0}
    assert {entry["id"] for entry in case.record["structures"]} == set(
        np.unique(case.arrays["structures"])
    ) - {0}


def test_suv_is_that_of_the_stored_voxels(case: CorpusCase):
    pet = case.arrays["pet"].astype(np.float32)
    for entry in case.record["lesions"]:
        inside = case.arrays["lesions"] == entry["id"]
        assert entry["suv_max"] == pytest.approx(float(pet[inside].max()), rel=1e-6)


def test_a_side_is_that_of_the_body(case: CorpusCase):
    for entry in [*case.record["lesions"], *case.record["structures"]]:
        own = ORGANS[entry["location"]["organ"]].side
        lateral = entry["place"]["lateral_mm"]
        if own in {"left", "right"} and abs(lateral) > 40.0:
            assert own == ("left" if lateral > 0 else "right"), entry["location"]["organ"]


def test_entries_are_lesions_of_the_measure_contract(case: CorpusCase):
    lesions = [Lesion.from_dict(entry) for entry in case.record["lesions"]]
    assert all(lesion.location.source == "phantom" for lesion in lesions)
    verdicts = {Lesion.from_dict(entry).verdict for entry in case.record["structures"]}
    assert verdicts == {"physiologic"}


def test_the_belief_is_the_built_in_anatomys(case: CorpusCase):
    assert case.record["frame"]["source"] == "built-in"
    assert all(entry["located"]["source"] == "built-in" for entry in case.record["lesions"])
    assert set(case.record["references"]) == {"true", "built_in"}


def test_an_exam_without_ct_has_none(pet_only: CorpusCase):
    assert "ct" not in pet_only.arrays
    assert pet_only.record["ct_grid"] is None
    assert all(entry["ct_mean_hu"] is None for entry in pet_only.record["lesions"])


def test_the_split_is_the_patients(case: CorpusCase):
    assert case.split == split_of(case.record["patient"])
    assert case.key == key_of(case.record["seed"])


def test_a_seed_gives_the_same_case(case: CorpusCase, small: CorpusOptions):
    again = phantom_case(case.record["seed"], options=small)
    assert again.record == case.record
    assert all(np.array_equal(again.arrays[name], case.arrays[name]) for name in case.arrays)
