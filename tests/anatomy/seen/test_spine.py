"""The path of the spine, straight and bent."""

from dataclasses import replace

import numpy as np
import pytest

from petscribe.anatomy.seen.body import find_body
from petscribe.anatomy.seen.spine import find_bone, find_pelvis, find_spine
from petscribe.anatomy.seen.view import view_of


def spine_of(person):
    view, body = find_body(view_of(person.exam, person.ct))
    return view, body, find_spine(view, body)


def test_the_path_follows_the_vertebrae(person):
    view, _, spine = spine_of(person)
    low, high = person.index(0, 0, 23)[0], person.index(0, 0, 9)[0]
    x = view.to_pet_index(spine.x, 2)[low:high] * 5.0 - 219.0
    front = view.to_pet_index(spine.front, 1)[low:high] * 5.0 - 150.0
    assert np.abs(x).max() < 4.0
    assert np.abs(front - 33.0).max() < 8.0


def test_a_scoliosis_is_followed(person):
    shift = (8 * np.sin(np.arange(person.ct.grid.shape[0]) / 30.0)).round().astype(int)
    hu = np.stack([np.roll(s, k, axis=1) for s, k in zip(person.ct.array, shift, strict=True)])
    pet = np.stack(
        [np.roll(s, k, axis=1) for s, k in zip(person.exam.pet.array, shift, strict=True)]
    )
    bent = replace(
        person,
        ct=replace(person.ct, array=hu),
        exam=replace(person.exam, pet=replace(person.exam.pet, array=pet)),
    )
    view, _, spine = spine_of(bent)
    low, high = person.index(0, 0, 23)[0], person.index(0, 0, 9)[0]
    x = view.to_pet_index(spine.x, 2)[low:high] - 43.8
    assert np.abs(x - shift[low:high]).max() * 5.0 < 12.0


def test_contrast_in_heart_and_aorta_does_not_move_the_front_edge(person):
    hu = person.ct.array.copy()
    hu[person.truth.named("heart", "aorta")] = 165.0
    view, _, spine = spine_of(replace(person, ct=replace(person.ct, array=hu)))
    low, high = person.index(0, 0, 18)[0], person.index(0, 0, 12)[0]
    front = view.to_pet_index(spine.front, 1)[low:high] * 5.0 - 150.0
    assert np.abs(front - 33.0).max() < 25.0


def test_without_ct_there_is_no_spine(person):
    view, body = find_body(view_of(person.exam, None))
    assert find_spine(view, body) is None
    assert not find_bone(view, body).any()


def test_the_iliac_crest_is_the_top_of_the_hips(person):
    view, body, spine = spine_of(person)
    pelvis = find_pelvis(view, find_bone(view, body), spine, below=float(person.index(0, 0, 20)[0]))
    true = person.index(0, 0, 25.6)[0] + 78.0 / 5.0
    assert pelvis.sure > 0.5
    assert pelvis.crest == pytest.approx(true, abs=3.0)


def test_a_chest_has_no_pelvis(person):
    view, body, spine = spine_of(person.cut(8.5, 16.0))
    assert find_pelvis(view, find_bone(view, body), spine, below=2.0) is None
