"""Which regions the field of view holds."""

from petscribe.anatomy.coverage import coverage
from petscribe.anatomy.organs import BuiltInSegmenter
from petscribe.terms.anatomy import REGIONS


def seen_in(person, *, with_ct=True):
    anatomy = BuiltInSegmenter().segment(person.exam, person.ct if with_ct else None)
    return coverage(anatomy.frame, anatomy.organs)


def test_the_whole_person_covers_everything(person):
    assert set(REGIONS) - set(seen_in(person)) == set()


def test_regions_come_in_the_order_of_the_closed_list(person):
    found = seen_in(person)
    assert list(found) == [r for r in REGIONS if r in found]


def test_a_chest_covers_the_chest_only(person):
    found = set(seen_in(person.cut(7.0, 19.5)))
    assert {"lung", "hilum", "mediastinum", "heart", "axilla"} <= found
    assert not {"brain", "bladder", "prostate", "groin", "bone_pelvis", "tonsil"} & found


def test_a_pelvis_does_not_cover_the_lungs(person):
    found = set(seen_in(person.cut(22.0, 34.0)))
    assert not {"lung", "brain", "liver"} & found


def test_a_woman_has_no_prostate_in_view(person):
    from dataclasses import replace

    from petscribe.core.exam import Acquisition

    woman = replace(person.exam, acquisition=Acquisition(tracer="fdg", sex="F"))
    found = seen_in(replace(person, exam=woman))
    assert "prostate" not in found
    assert "bladder" in found


def test_an_unrecognised_body_covers_nothing_named(person):
    import numpy as np

    from petscribe.core.volume import Mask

    anatomy = BuiltInSegmenter().segment(person.exam, person.ct)
    from dataclasses import replace

    lost = replace(anatomy.frame, quality_z=0.1)
    empty = Mask(labels=np.zeros_like(anatomy.organs.labels), grid=anatomy.organs.grid)
    assert set(coverage(lost, empty)) <= {"muscle", "bone", "bone_marrow", "other"}
