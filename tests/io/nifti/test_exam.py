"""NIfTI in and out: left stays left, units are stated, holes are refused."""

import nibabel as nib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from petscribe.core.errors import GeometryError, InputError, PetscribeError, SuvError
from petscribe.core.volume import CANONICAL_AXES_LPS, Grid, Mask, Volume
from petscribe.io.nifti.exam import (
    NiftiFacts,
    read_exam_pair,
    read_labels,
    read_volume,
    write_labels,
    write_volume,
)

ORIENTATIONS = ["RAS", "LPS", "LAS", "PIR", "ASL", "SRP"]


def nifti(tmp_path, array, affine=None, name="x.nii.gz"):
    nib.save(nib.Nifti1Image(array, np.eye(4) if affine is None else affine), tmp_path / name)
    return tmp_path / name


def spot(orientation):
    """Return an image in some storage order whose bright voxel lies at RAS (-30, 20, 50) mm."""
    ras = np.zeros((20, 22, 24), np.float32)
    ras[4, 13, 17] = 5.0
    affine = np.diag([3.0, 4.0, 5.0, 1.0])
    affine[:3, 3] = np.array([-30.0, 20.0, 50.0]) - np.array([3.0, 4.0, 5.0]) * [4, 13, 17]
    image = nib.Nifti1Image(ras, affine)
    target = nib.orientations.axcodes2ornt(tuple(orientation))
    return image.as_reoriented(nib.orientations.ornt_transform(nib.io_orientation(affine), target))


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_left_stays_left_however_it_is_stored(tmp_path, orientation):
    nib.save(spot(orientation), tmp_path / "spot.nii.gz")
    volume = read_volume(tmp_path / "spot.nii.gz", unit="HU")
    where = np.argwhere(volume.array == 5.0)
    assert volume.grid.to_world(where[0]) == pytest.approx([30.0, -20.0, 50.0])
    assert np.asarray(volume.grid.axes) == pytest.approx(CANONICAL_AXES_LPS)
    assert volume.array.flags["C_CONTIGUOUS"]


@settings(max_examples=20)
@given(
    spacing=st.tuples(*[st.floats(0.3, 9.0)] * 3),
    origin=st.tuples(*[st.floats(-900.0, 900.0)] * 3),
    angle=st.floats(-0.5, 0.5),
)
def test_a_volume_comes_back_where_it_was(tmp_path, spacing, origin, angle):
    c, s = float(np.cos(angle)), float(np.sin(angle))
    grid = Grid(
        shape=(2, 3, 4),
        spacing_mm=spacing,
        origin_mm=origin,
        axes=((0.0, -s, c), (0.0, c, s), (1.0, 0.0, 0.0)),
    )
    array = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    write_volume(Volume(array=array, grid=grid, unit="HU"), tmp_path / "v.nii")
    back = read_volume(tmp_path / "v.nii", unit="HU")
    assert np.array_equal(back.array, array)
    assert back.grid.matches(grid, tolerance_mm=1e-3)


def test_labels_and_names_come_back(tmp_path):
    labels = np.zeros((3, 4, 5), np.uint16)
    labels[1, 2, 3], labels[0, 0, 0] = 300, 2
    grid = Grid(shape=(3, 4, 5), spacing_mm=(3.0, 2.0, 1.0), origin_mm=(1.0, 2.0, 3.0))
    mask = Mask(labels=labels, grid=grid, names={2: "gan", 300: "h\u1ea1ch"})
    write_labels(mask, tmp_path / "m.nii.gz")
    back = read_labels(tmp_path / "m.nii.gz")
    assert np.array_equal(back.labels, labels)
    assert back.names == mask.names
    assert read_labels(tmp_path / "m.nii.gz", {2: "liver"}).names == {2: "liver"}


def test_small_labels_are_stored_in_one_byte(tmp_path):
    grid = Grid(shape=(2, 2, 2), spacing_mm=(1.0,) * 3, origin_mm=(0.0,) * 3)
    write_labels(Mask(labels=np.full((2, 2, 2), 7, np.uint32), grid=grid), tmp_path / "m.nii")
    assert nib.load(tmp_path / "m.nii").get_data_dtype() == np.uint8
    with pytest.raises(ValueError, match="70000"):
        write_labels(
            Mask(labels=np.full((2, 2, 2), 70000, np.uint32), grid=grid), tmp_path / "n.nii"
        )


def test_a_ct_stays_sixteen_bit(tmp_path):
    path = nifti(tmp_path, np.full((3, 4, 5), -1000, np.int16))
    assert read_volume(path, unit="HU").array.dtype == np.int16


def test_slope_and_intercept_are_applied(tmp_path):
    image = nib.Nifti1Image(np.full((3, 4, 5), 10, np.int16), np.eye(4))
    image.header.set_slope_inter(0.5, -3.0)
    nib.save(image, tmp_path / "x.nii")
    raw = nib.load(tmp_path / "x.nii")
    assert np.allclose(read_volume(tmp_path / "x.nii", unit="HU").array, raw.get_fdata().T)


@pytest.mark.parametrize(("dtype", "filling"), [(np.int16, -3024), (np.float32, -2000.0)])
def test_filling_outside_a_cts_field_is_not_measured(tmp_path, dtype, filling):
    array = np.full((3, 4, 5), -1000, dtype)
    array[1, 2, 3] = filling
    volume = read_volume(nifti(tmp_path, array), unit="HU")
    assert volume.array.dtype == dtype
    assert volume.measured.sum() == 59
    assert not volume.measured[3, 1, 1]
    write_volume(volume, tmp_path / "again.nii.gz")
    again = read_volume(tmp_path / "again.nii.gz", unit="HU")
    assert again.array.dtype == dtype
    assert np.array_equal(again.measured, volume.measured)


def test_padding_of_another_value_is_written_as_nan(tmp_path):
    grid = Grid(shape=(2, 2, 2), spacing_mm=(1.0,) * 3, origin_mm=(0.0,) * 3)
    array = np.full((2, 2, 2), 40, np.int16)
    array[0, 0, 0] = -7
    write_volume(Volume(array=array, grid=grid, unit="HU", padding=-7), tmp_path / "c.nii")
    back = read_volume(tmp_path / "c.nii", unit="HU")
    assert np.isnan(back.array[0, 0, 0])
    assert back.measured.sum() == 7


@pytest.mark.parametrize(
    ("value", "unit", "refused"),
    [
        (np.nan, "g/ml", True),
        (np.inf, "g/ml", True),
        (np.nan, "Bq/ml", True),
        (np.nan, "HU", False),
        (-np.inf, "HU", True),
    ],
)
def test_holes_in_a_pet_are_refused(tmp_path, value, unit, refused):
    array = np.ones((3, 4, 5), np.float32)
    array[1, 1, 1] = value
    path = nifti(tmp_path, array)
    if not refused:
        assert not read_volume(path, unit=unit).measured.all()
        return
    with pytest.raises(InputError) as fault:
        read_volume(path, unit=unit)
    assert fault.value.code == "nan-voxels"


@pytest.mark.parametrize("bad", [0.5, -1.0, np.nan, 70000.0])
def test_what_is_no_label_map_is_refused(tmp_path, bad):
    array = np.zeros((3, 4, 5), np.float32)
    array[0, 0, 0] = bad
    with pytest.raises(InputError) as fault:
        read_labels(nifti(tmp_path, array))
    assert fault.value.code == "bad-labels"


def test_labels_stored_as_floats_are_labels(tmp_path):
    array = np.zeros((3, 4, 5), np.float64)
    array[0, 0, 0] = 9.0
    assert read_labels(nifti(tmp_path, array)).ids == [9]


def facts(**more):
    return NiftiFacts(
        **{
            "pet_unit": "bqml",
            "weight_kg": 70.0,
            "injected_activity_bq": 350e6,
            "uptake_time_s": 3600.0,
            "tracer": "fdg",
            **more,
        }
    )


def test_uniform_activity_of_dose_per_weight_has_suv_one(tmp_path):
    left = 350e6 * 2.0 ** (-3600.0 / 6586.2)
    path = nifti(tmp_path, np.full((3, 4, 5), left / 70e3, np.float32))
    exam = read_exam_pair(path, None, facts())
    assert exam.has_suv
    assert exam.pet.array == pytest.approx(1.0, rel=1e-4)
    assert exam.suv.method == "stated-bqml"
    assert exam.ct is None
    assert exam.warnings == ("no-ct",)


def test_stated_suv_is_taken_as_it_is(tmp_path):
    path = nifti(tmp_path, np.full((3, 4, 5), 2.5, np.float32))
    exam = read_exam_pair(path, None, NiftiFacts(pet_unit="suvbw"))
    assert np.all(exam.pet.array == np.float32(2.5))
    assert exam.suv.factor_bw == 1.0
    assert exam.acquisition.tracer == "unknown"


def test_a_pair_knows_its_ct_and_its_series(tmp_path):
    pet = nifti(tmp_path, np.ones((3, 4, 5), np.float32), name="pet.nii.gz")
    ct = nifti(
        tmp_path, np.full((6, 8, 10), -1000, np.int16), np.diag([0.5, 0.5, 0.5, 1]), "ct.nii"
    )
    exam = read_exam_pair(pet, ct, NiftiFacts(pet_unit="suvbw", tracer="FDG", sex="F"))
    assert exam.ct is not None
    assert exam.ct.unit == "HU"
    assert [(s.role, s.used, s.uid) for s in exam.series] == [
        ("pet", True, "pet.nii.gz"),
        ("ct", True, "ct.nii"),
    ]
    assert (exam.acquisition.tracer, exam.acquisition.sex) == ("fdg", "F")


def test_a_unit_must_be_stated(tmp_path):
    path = nifti(tmp_path, np.ones((3, 4, 5), np.float32))
    with pytest.raises(InputError) as fault:
        read_exam_pair(path, None, NiftiFacts(pet_unit=None))
    assert fault.value.code == "missing-pet-unit"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"weight_kg": None}, "missing-weight"),
        ({"injected_activity_bq": None}, "missing-dose"),
        ({"uptake_time_s": None}, "missing-uptake-time"),
        ({"tracer": "psma"}, "missing-half-life"),
        ({"tracer": None}, "missing-half-life"),
        ({"weight_kg": -5.0}, "bad-weight"),
        ({"injected_activity_bq": 0.0}, "bad-dose"),
        ({"uptake_time_s": -60.0}, None),
    ],
)
def test_bqml_without_its_facts_is_refused(tmp_path, change, code):
    path = nifti(tmp_path, np.ones((3, 4, 5), np.float32))
    with pytest.raises(SuvError) as fault:
        read_exam_pair(path, None, facts(**change))
    assert code in {None, fault.value.code}


def test_the_nuclide_gives_the_half_life(tmp_path):
    path = nifti(tmp_path, np.ones((3, 4, 5), np.float32))
    slow = read_exam_pair(path, None, facts(tracer="psma", radionuclide="F-18"))
    quick = read_exam_pair(path, None, facts(tracer="psma", radionuclide="68Ga"))
    assert slow.suv.factor_bw is not None
    assert quick.suv.factor_bw is not None
    ratio = 2.0 ** (3600.0 / 4062.6 - 3600.0 / 6586.2)
    assert quick.suv.factor_bw / slow.suv.factor_bw == pytest.approx(ratio, rel=1e-4)


def test_pet_and_ct_of_different_places_are_refused(tmp_path):
    pet = nifti(tmp_path, np.ones((3, 4, 5), np.float32), name="pet.nii")
    away = np.eye(4)
    away[:3, 3] = 5000.0
    ct = nifti(tmp_path, np.ones((3, 4, 5), np.int16), away, "ct.nii")
    with pytest.raises(GeometryError) as fault:
        read_exam_pair(pet, ct, NiftiFacts(pet_unit="suvbw"))
    assert fault.value.code == "no-overlap"


@pytest.mark.real_data
def test_the_ibsi_phantom_is_read(shared_data):
    folder = shared_data("ibsi-digital-phantom") / "nifti"
    image = read_volume(folder / "image" / "phantom.nii.gz", unit="1")
    mask = read_labels(folder / "mask" / "mask.nii.gz")
    assert sorted(image.grid.shape) == [4, 4, 5]
    assert image.grid.spacing_mm == pytest.approx((2.0, 2.0, 2.0))
    inside = image.array[mask.labels > 0]
    assert len(inside) == 74
    assert inside.mean() == pytest.approx(2.1486, abs=1e-4)


def test_messages_stay_on_one_line(tmp_path):
    path = tmp_path / "b\u00ecnh th\u01b0\u1eddng.nii"
    path.write_bytes(b"nothing")
    with pytest.raises(PetscribeError) as fault:
        read_volume(path, unit="HU")
    assert "\n" not in str(fault.value)
    assert path.name in str(fault.value)
