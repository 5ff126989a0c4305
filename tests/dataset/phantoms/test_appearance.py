"""Training exams look widely different, and the same for a seed."""

from collections import Counter

import numpy as np

from petscribe.dataset.phantoms.appearance import case_stream, draw_appearance

LOOKS = [draw_appearance(seed) for seed in range(400)]


def test_seven_in_ten_are_fdg():
    share = Counter(look.tracer for look in LOOKS)
    assert 0.64 < share["fdg"] / len(LOOKS) < 0.76
    assert set(share) == {"fdg", "psma", "dotatate", "fluciclovine"}


def test_some_have_no_ct():
    share = sum(not look.options.with_ct for look in LOOKS) / len(LOOKS)
    assert 0.1 < share < 0.2


def test_voxels_are_of_all_sizes():
    sizes = [look.options.pet_mm or 0.0 for look in LOOKS]
    assert min(sizes) < 4.6
    assert max(sizes) > 7.8


def test_exams_are_used_well():
    counts = [look.options.lesions or 0 for look in LOOKS]
    assert (min(counts), max(counts)) == (5, 10)


def test_a_seed_always_looks_the_same():
    assert draw_appearance(7) == draw_appearance(7)


def test_streams_of_different_purposes_differ():
    first, second = (case_stream(1, purpose).random(4) for purpose in (1, 2))
    assert not np.allclose(first, second)
