"""DICOM SEG: bits, fractions and labels, on any grid, placed by position or by source image."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.uid import ExplicitVRLittleEndian, RLELossless

from mask_writers import FRAME_UID, seg, with_sources
from petscribe.core.errors import PetscribeError
from petscribe.core.volume import Grid
from petscribe.io.masks.files import open_dicom
from petscribe.io.masks.seg import even_stack, read_seg, require_known, smallest_gap

PET = Grid(
    shape=(7, 9, 11), spacing_mm=(3.0, 4.0, 5.0), origin_mm=(-20.0, -16.0, 0.0), frame_uid=FRAME_UID
)


def whole(part):
    """Return a part's voxels on the PET grid, which it must fit exactly."""
    first = np.rint(PET.to_index(np.array(part.mask.grid.origin_mm))).astype(int)
    assert PET.to_world(first.astype(float)) == pytest.approx(part.mask.grid.origin_mm, abs=1e-3)
    voxels = np.zeros(PET.shape, dtype=bool)
    z, y, x = (slice(f, f + n) for f, n in zip(first, part.mask.grid.shape, strict=True))
    voxels[z, y, x] = part.mask.labels
    return voxels


def frames_of(labels):
    """Return the non-empty frames of every segment, in PET geometry."""
    return [
        (n, labels[z] == n, tuple(PET.to_world(np.array([z, 0.0, 0.0]))))
        for n in np.unique(labels[labels > 0]).tolist()
        for z in range(len(labels))
        if (labels[z] == n).any()
    ]


def random_labels(seed, top=3):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, top + 1, PET.shape)
    labels[rng.random(len(labels)) < 0.3] = 0
    labels[3, 4, 5] = 1
    return labels


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1))
def test_bits_across_byte_borders_and_sparse_frames_come_back(seed):
    labels = random_labels(seed)
    drawing = read_seg(seg(frames_of(labels)), PET)
    for part in drawing.parts:
        assert np.array_equal(whole(part), labels == part.number)
        assert part.name == f"lesion {part.number}"


def test_frames_in_any_order_are_the_same():
    frames = frames_of(random_labels(1))
    parts = read_seg(seg(frames), PET).parts
    for one, other in zip(parts, read_seg(seg(frames[::-1]), PET).parts, strict=True):
        assert np.array_equal(whole(one), whole(other))


def test_fractions_count_from_one_half():
    picture = np.zeros((9, 11), np.uint8)
    picture[2, 3], picture[2, 4], picture[2, 5] = 99, 100, 200
    drawing = read_seg(seg([(1, picture, (-20.0, -16.0, 6.0))], kind="FRACTIONAL"), PET)
    assert np.argwhere(whole(drawing.parts[0])).tolist() == [[2, 2, 4], [2, 2, 5]]


def test_a_label_map_holds_all_segments_in_one_frame():
    pictures = np.zeros((2, 9, 11), np.uint8)
    pictures[0, 1, 1], pictures[1, 2, 2], pictures[1, 3, 3] = 1, 1, 2
    frames = [(0, picture, (-20.0, -16.0, 3.0 * z)) for z, picture in enumerate(pictures)]
    drawing = read_seg(seg(frames, kind="LABELMAP"), PET)
    assert [(p.number, int(whole(p).sum())) for p in drawing.parts] == [(1, 2), (2, 1)]


def test_only_the_segments_asked_for_are_read():
    drawing = read_seg(seg(frames_of(random_labels(2))), PET, segments=(2,))
    assert [p.number for p in drawing.parts] == [2]


def test_a_declared_segment_without_frames_is_reported():
    dataset = seg(frames_of(random_labels(3)))
    dataset.SegmentSequence[2].SegmentNumber = 9
    assert read_seg(dataset, PET, segments=(1, 9)).empty == (9,)


def test_a_sagittal_stack_lies_where_it_says():
    # rows run down (to the feet), columns to the back; slices are 5 mm apart in x
    picture = np.zeros((7, 9), dtype=bool)
    picture[1, 2] = True  # 3 mm below the top row, 8 mm behind the first column
    dataset = seg(
        [(1, picture, (-10.0, -16.0, 18.0))],
        orientation=(0, 1, 0, 0, 0, -1),
        spacing=(3.0, 4.0),
        distance=5.0,
    )
    mask = read_seg(dataset, PET).parts[0].mask
    assert mask.grid.to_world(np.argwhere(mask.labels)[0]) == pytest.approx([-10.0, -8.0, 15.0])
    assert mask.grid.voxel_volume_ml == pytest.approx(0.06)


def test_slices_skipped_everywhere_stay_empty_when_the_distance_is_stated():
    frames = [(1, np.ones((9, 11), bool), (-20.0, -16.0, 6.0 * k)) for k in range(3)]
    dataset = seg(frames, distance=3.0)
    assert whole(read_seg(dataset, PET).parts[0]).any(axis=(1, 2)).tolist() == [
        True, False, True, False, True, False, False,
    ]  # fmt: skip


def thickness(dataset, value):
    dataset.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0].SliceThickness = value
    return dataset


def stack_of(heights, thick):
    frames = [(1, np.ones((9, 11), bool), (-20.0, -16.0, z)) for z in heights]
    return read_seg(thickness(seg(frames, distance=None), thick), PET).parts[0].mask


@pytest.mark.parametrize(
    ("heights", "thick", "slices", "depth"),
    [
        ((0.0, 4.0, 8.0), 4.0, 3, 4.0),  # neighbours that touch
        ((0.0, 4.0, 8.0), 5.0, 3, 4.0),  # slices that overlap
        ((0.0, 4.0, 8.0), 3.0, 3, 4.0),  # slices with a small gap
        ((0.0, 15.0), 3.0, 6, 3.0),  # two lesions far apart, on the PET's slices
        ((0.0, 12.0), None, 5, 3.0),  # the same without a thickness
        ((0.0, 20.0), 2.5, 9, 2.5),  # off the PET's slices: the thickness tells
        ((6.0,), 2.0, 1, 2.0),  # a single slice is as deep as it says
        ((6.0,), None, 1, 3.0),  # or as the PET's
    ],
)
def test_without_stated_distance_the_depth_of_slices_is_found(heights, thick, slices, depth):
    mask = stack_of(heights, thick)
    assert mask.grid.shape[0] == slices
    assert mask.grid.spacing_mm[0] == pytest.approx(depth)


def test_frames_without_place_are_put_on_their_source_images():
    frames = [(1, np.eye(9, 11, dtype=bool), None), (1, np.ones((9, 11), bool), None)]
    uids = tuple(f"1.2.{z}" for z in range(7))
    dataset = with_sources(seg(frames), ["1.2.5", "1.2.4"])
    voxels = whole(read_seg(dataset, PET, sop_uids=uids).parts[0])
    assert voxels[5].sum() == 9
    assert voxels[4].sum() == 99
    assert voxels.sum() == 108


def codes(dataset, **more):
    with pytest.raises(PetscribeError) as fault:
        read_seg(dataset, PET, **more)
    assert "Secret" not in str(fault.value)
    return fault.value.code


def test_frames_without_any_place_are_refused():
    frames = [(1, np.eye(9, 11, dtype=bool), None)]
    assert codes(seg(frames)) == "mask-no-geometry"
    assert codes(with_sources(seg(frames), ["1.9"]), sop_uids=("1.1",)) == "mask-wrong-frame"
    small = with_sources(seg([(1, np.eye(4, dtype=bool), None)]), ["1.1"])
    assert codes(small, sop_uids=("1.1",)) == "mask-no-geometry"


def test_uneven_frames_are_refused():
    ones = np.ones((9, 11), bool)
    uneven = [(1, ones, (-20.0, -16.0, z)) for z in (0.0, 3.0, 7.4)]
    assert codes(seg(uneven)) == "irregular-mask"
    sideways = [(1, ones, (x, -16.0, z)) for x, z in ((-20.0, 0.0), (-12.0, 3.0), (-20.0, 6.0))]
    assert codes(seg(sideways)) == "irregular-mask"


def test_short_pixel_data_is_refused():
    dataset = seg(frames_of(random_labels(4)))
    dataset.PixelData = dataset.PixelData[:20]
    assert codes(dataset) == "truncated-file"


def test_a_claim_of_endless_frames_is_refused():
    dataset = seg(frames_of(random_labels(5)))
    dataset.NumberOfFrames = 2**31 - 1
    assert codes(dataset) == "truncated-file"
    dataset.file_meta.TransferSyntaxUID = RLELossless
    assert codes(dataset) == "too-large"
    dataset.NumberOfFrames = 0
    assert codes(dataset) == "bad-mask"


def test_a_segment_spread_over_kilometres_is_refused():
    ones = np.ones((9, 11), bool)
    frames = [(1, ones, (-20.0, -16.0, z)) for z in (0.0, 3.0, 3.0 * 10**9)]
    assert codes(seg(frames)) == "too-large"


def test_an_unknown_depth_is_refused():
    dataset = seg(frames_of(random_labels(5)))
    dataset.BitsAllocated = 32
    assert codes(dataset) == "unsupported-seg"


def test_fewer_descriptions_than_frames_are_refused():
    dataset = seg(frames_of(random_labels(6)))
    del dataset.PerFrameFunctionalGroupsSequence[-1]
    assert codes(dataset) == "bad-mask"


def test_an_unknown_segment_is_refused():
    with pytest.raises(PetscribeError, match="segment 8 is not in the mask; it has 1, 2"):
        require_known({1: None, 2: "b"}, (1, 8))


def test_a_tilted_stack_keeps_its_shear():
    positions = np.array([[0.0, 0.5 * k, 3.0 * k] for k in (0, 2, 3)])
    places, step = even_stack(positions, np.array([0.0, 0.0, 1.0]), [3.0])
    assert places.tolist() == [0, 2, 3]
    assert step == pytest.approx([0.0, 0.5, 3.0])


def test_rounded_positions_do_not_set_the_lattice():
    heights = np.array([3.27 * k + 0.02 * (k % 2) for k in range(120) if k != 50])
    assert smallest_gap(heights) == pytest.approx(3.27, abs=1e-3)
    places, _ = even_stack(
        heights[:, None] * [0.0, 0.0, 1.0],
        np.array([0.0, 0.0, 1.0]),
        [float(smallest_gap(heights))],
    )
    assert places.tolist() == [k for k in range(120) if k != 50]


def test_spacing_that_drifts_by_hundredths_is_even():
    positions = np.array([[0.0, 0.0, 3.27 * k + 0.02 * (k % 2)] for k in range(40)])
    places, _ = even_stack(positions, np.array([0.0, 0.0, 1.0]), [3.27])
    assert places.tolist() == list(range(40))


@pytest.mark.parametrize(
    ("kind", "segments", "syntax"),
    [
        ("BINARY", 1, ExplicitVRLittleEndian),
        ("BINARY", 3, ExplicitVRLittleEndian),
        ("FRACTIONAL", 2, ExplicitVRLittleEndian),
        ("FRACTIONAL", 2, RLELossless),
        ("LABELMAP", 3, ExplicitVRLittleEndian),
        ("LABELMAP", 3, RLELossless),
    ],
)
def test_segmentations_written_by_highdicom_come_back(tmp_path, kind, segments, syntax):
    labels = random_labels(7, top=segments)
    path = tmp_path / "seg.dcm"
    highdicom_seg(labels, kind, syntax).save_as(path)
    for part in read_seg(open_dicom(path), PET).parts:
        assert np.array_equal(whole(part), labels == part.number)


def highdicom_seg(labels, kind, syntax):
    import highdicom as hd
    from pydicom.sr.codedict import codes as known

    sources = [pet_slice(z) for z in range(PET.shape[0])]
    algorithm = hd.AlgorithmIdentificationSequence(
        name="test", version="1", family=known.cid7162.ArtificialIntelligence
    )
    described = [
        hd.seg.SegmentDescription(
            segment_number=n,
            segment_label=f"lesion {n}",
            segmented_property_category=known.cid7150.MorphologicallyAbnormalStructure,
            segmented_property_type=known.SCT.Lesion,
            algorithm_type="AUTOMATIC",
            algorithm_identification=algorithm,
        )
        for n in range(1, int(labels.max()) + 1)
    ]
    return hd.seg.Segmentation(
        source_images=sources,
        pixel_array=labels.astype(np.uint8),
        segmentation_type=kind,
        transfer_syntax_uid=syntax,
        segment_descriptions=described,
        series_instance_uid=hd.UID(),
        series_number=9,
        sop_instance_uid=hd.UID(),
        instance_number=1,
        manufacturer="test",
        manufacturer_model_name="test",
        software_versions="1",
        device_serial_number="1",
    )


def pet_slice(z):
    from mask_writers import base

    dataset = base("1.2.840.10008.5.1.4.1.1.128", "PT")
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = f"1.2.3.{z + 1}"
    dataset.SeriesInstanceUID = "1.2.3"
    for name in (
        "AccessionNumber", "StudyDate", "StudyTime", "StudyID", "PatientBirthDate", "PatientSex",
        "ReferringPhysicianName",
    ):  # fmt: skip
        setattr(dataset, name, "")
    dataset.Rows, dataset.Columns = PET.shape[1:]
    dataset.ImagePositionPatient = list(PET.to_world(np.array([float(z), 0.0, 0.0])))
    dataset.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    dataset.PixelSpacing, dataset.SliceThickness = list(PET.spacing_mm[1:]), PET.spacing_mm[0]
    dataset.SeriesNumber, dataset.InstanceNumber = 1, z + 1
    return dataset
