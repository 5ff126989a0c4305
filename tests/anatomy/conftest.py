"""A simple person made of ellipses, for the anatomy room: every organ where a textbook puts it."""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pytest

from petscribe.anatomy.frame import BodyFrame
from petscribe.anatomy.levels import depth_mm, level_at
from petscribe.core.exam import Acquisition, Exam, SuvScale
from petscribe.core.volume import Grid, Mask, Volume
from petscribe.imaging.resample import resample_to
from petscribe.phantom.exam import ExamOptions, PhantomExam, make_exam

LABELS = {
    "liver": 5,
    "spleen": 1,
    "kidney_right": 2,
    "kidney_left": 3,
    "heart": 51,
    "aorta": 52,
    "brain": 90,
    "urinary_bladder": 21,
    "lung_upper_lobe_right": 12,
    "lung_upper_lobe_left": 10,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """PET, CT on the PET grid, and where the organs truly are."""

    exam: Exam
    ct: Volume
    truth: Mask

    def index(self, x_mm: float, y_mm: float, level: float) -> tuple[int, int, int]:
        """Return the PET voxel at a place: mm left, mm back, vertebral level."""
        point = np.array([x_mm, y_mm, -float(depth_mm(float(level)))])
        z, y, x = np.round(self.exam.pet.grid.to_index(point)).astype(int)
        return int(z), int(y), int(x)

    def lesion(self, x_mm: float, y_mm: float, level: float, *, radius_mm: float = 9.0) -> Mask:
        """Return a mask with one ball at a place."""
        grid = self.exam.pet.grid
        points = _points(grid)
        centre = np.array([x_mm, y_mm, -float(depth_mm(float(level)))])
        ball = sum((p - c) ** 2 for p, c in zip(points, centre, strict=True)) <= radius_mm**2
        return Mask(labels=ball.astype(np.uint8), grid=grid)

    def flipped(self, axis: int) -> "Person":
        """Return the person with all voxels mirrored along one axis, as wrong tags would do."""

        def turned(array):
            return np.ascontiguousarray(np.flip(array, axis))

        pet, ct, truth = self.exam.pet, self.ct, self.truth
        return Person(
            exam=replace(self.exam, pet=replace(pet, array=turned(pet.array))),
            ct=replace(ct, array=turned(ct.array)),
            truth=replace(truth, labels=turned(truth.labels)),
        )

    def cut(self, top: float, bottom: float) -> "Person":
        """Return the slices between two levels."""
        low, high = self.index(0, 0, bottom)[0], self.index(0, 0, top)[0]
        full = self.exam.pet.grid.shape
        box = (
            slice(max(low, 0), min(high, full[0] - 1) + 1),
            slice(0, full[1]),
            slice(0, full[2]),
        )
        return Person(
            exam=replace(self.exam, pet=self.exam.pet.crop(box)),
            ct=self.ct.crop(box),
            truth=self.truth.crop(box),
        )


def _points(grid):
    nz, ny, nx = grid.shape
    ox, oy, oz = grid.origin_mm
    x = ox + np.arange(nx) * grid.spacing_mm[2]
    y = oy + np.arange(ny) * grid.spacing_mm[1]
    z = oz + np.arange(nz) * grid.spacing_mm[0]
    return x[None, None, :], y[None, :, None], z[:, None, None]


def _ellipsoid(points, centre, radii):
    return sum(((p - c) / r) ** 2 for p, c, r in zip(points, centre, radii, strict=True)) < 1.0


def _z(level):
    return -float(depth_mm(float(level)))


def _outline(points):
    x, y, z = points
    shoulders = np.clip((z - _z(7.0)) / (_z(9.0) - _z(7.0)), 0.0, 1.0)
    half, deep = 58.0 + 112.0 * shoulders, 62.0 + 43.0 * shoulders
    body = (np.abs(x) / half) ** 2.8 + (np.abs(y) / deep) ** 2.8 < 1.0
    body &= (z < _z(3.0)) & (z > _z(32.0))
    head = _ellipsoid(points, (0.0, -5.0, _z(-1.4)), (76.0, 98.0, 118.0))
    legs = ((np.abs(x) - 88.0) / 78.0) ** 2 + (y / 82.0) ** 2 < 1.0
    legs = legs & (z <= _z(32.0))
    return body | head | legs


def _lungs(points):
    x, y, z = points
    found = []
    for sign, top in ((-1.0, _z(16.2)), (1.0, _z(16.7))):
        floor = top - 45.0 * ((x - sign * 75.0) / 60.0) ** 2 - 90.0 * ((y + 10.0) / 100.0) ** 2
        taper = np.clip((z - _z(7.6)) / (_z(11.0) - _z(7.6)), 0.0, 1.0) ** 0.5
        side = ((x - sign * 78.0) / (58.0 * taper + 1e-6)) ** 2 + (
            (y + 2.0) / (86.0 * taper + 1e-6)
        ) ** 2 < 1.0
        found.append(side & (z > np.maximum(floor, _z(19.0))) & (z < _z(7.6)))
    return found


def _bones(points):
    x, y, z = points
    spine = (x / 19.0) ** 2 + ((y - 48.0) / 15.0) ** 2 < 1.0
    spine = spine | ((np.abs(x) < 7.0) & (y > 66.0) & (y < 84.0))
    spine = spine & (z > _z(29.0)) & (z < _z(1.0)) & (y < 0.82 * 105.0)
    spine &= (z < _z(8.0)) | (y < 90.0)
    sternum = (np.abs(x) < 18.0) & (y > -98.0) & (y < -86.0) & (z < _z(9.6)) & (z > _z(16.0))
    hips = np.zeros(np.broadcast_shapes(x.shape, y.shape, z.shape), dtype=bool)
    femora = np.zeros_like(hips)
    for sign in (-1.0, 1.0):
        hips |= _ellipsoid(points, (sign * 88.0, 20.0, _z(25.6)), (36.0, 46.0, 78.0)) & ~_ellipsoid(
            points, (sign * 74.0, 5.0, _z(25.6)), (30.0, 42.0, 68.0)
        )
        femora |= (((x - sign * 92.0) / 16.0) ** 2 + (y / 16.0) ** 2 < 1.0) & (z < _z(28.4))
    skull = _ellipsoid(points, (0.0, -2.0, _z(-2.4)), (72.0, 90.0, 92.0)) & ~_ellipsoid(
        points, (0.0, -2.0, _z(-2.4)), (63.0, 80.0, 82.0)
    )
    return spine, sternum, hips, femora, skull & (z > _z(0.6))


def build_person(*, spacing_mm: float = 5.0, seed: int = 0) -> Person:
    """Draw the person, head to thigh, with a table below the back."""
    top, bottom = _z(-6.6), _z(35.0)
    shape = (int((top - bottom) / spacing_mm), int(300 / spacing_mm), int(440 / spacing_mm))
    grid = Grid(
        shape=shape,
        spacing_mm=(spacing_mm,) * 3,
        origin_mm=(-219.0, -150.0, bottom),
    )
    points = x, y, z = _points(grid)
    hu = np.full(shape, -1000.0, dtype=np.float32)
    pet = np.full(shape, 0.02, dtype=np.float32)
    truth = np.zeros(shape, dtype=np.uint8)
    body = np.broadcast_to(_outline(points), shape)
    hu[body], pet[body] = 45.0, 0.7
    belly = body & _ellipsoid(points, (0.0, -4.0, _z(22.0)), (154.0, 95.0, 210.0)) & (z < _z(17.5))
    hu[belly], pet[belly] = -95.0, 0.45

    def put(voxels, density, uptake, name=None):
        voxels = np.broadcast_to(voxels, shape) & body
        hu[voxels], pet[voxels] = density, uptake
        if name:
            truth[voxels] = LABELS[name]

    right, left = _lungs(points)
    between = (np.abs(x) < 30.0) & (y > -80.0) & (y < 40.0) & (z < _z(8.0)) & (z > _z(17.5))
    put(between, -60.0, 1.2)
    dome = _ellipsoid(points, (-70.0, -8.0, _z(18.4)), (76.0, 88.0, 72.0))
    put(dome & (y < 45.0), 58.0, 2.2, "liver")
    put(_ellipsoid(points, (100.0, 30.0, _z(18.6)), (34.0, 34.0, 55.0)), 50.0, 1.8, "spleen")
    put(right, -850.0, 0.4, "lung_upper_lobe_right")
    put(left, -850.0, 0.4, "lung_upper_lobe_left")
    put(_ellipsoid(points, (28.0, -42.0, _z(15.0)), (58.0, 42.0, 58.0)), 40.0, 1.9, "heart")
    aorta = ((x - 22.0) / 13.0) ** 2 + ((y - 26.0) / 13.0) ** 2 < 1.0
    put(aorta & (z < _z(11.5)) & (z > _z(19.5)), 40.0, 1.5, "aorta")
    for sign, side, level in ((-1.0, "right", 21.2), (1.0, "left", 20.7)):
        kidney = _ellipsoid(points, (sign * 58.0, 42.0, _z(level)), (27.0, 26.0, 54.0))
        put(kidney, 32.0, 3.0, f"kidney_{side}")
    put(
        _ellipsoid(points, (0.0, -35.0, _z(29.2)), (36.0, 30.0, 30.0)), 6.0, 15.0, "urinary_bladder"
    )
    for bone in _bones(points):
        put(bone, 330.0, 0.9)
    put(
        _ellipsoid(points, (0.0, -2.0, _z(-2.4)), (62.0, 79.0, 81.0)) & (z > _z(0.4)),
        35.0,
        7.0,
        "brain",
    )
    trachea = (x / 9.0) ** 2 + ((y + 2.0) / 9.0) ** 2 < 1.0
    put(trachea & (z < _z(4.0)) & (z > _z(12.0)), -990.0, 0.3)
    for sign in (-1.0, 1.0):
        down = (_z(12.0) - z) / 40.0
        bronchus = ((x - sign * 34.0 * down) / 8.0) ** 2 + ((y + 2.0) / 8.0) ** 2 < 1.0
        put(bronchus & (z <= _z(12.0)) & (z > _z(12.0) - 40.0), -900.0, 0.3)
    table = (((x / 200.0) ** 2 + ((y - 60.0) / 80.0) ** 2 < 1.0) & (y > 120.0)) & (y < 132.0)
    hu[np.broadcast_to(table, shape)] = 80.0
    noise = np.random.default_rng(seed)
    hu += noise.normal(0.0, 12.0, shape).astype(np.float32)
    pet *= noise.normal(1.0, 0.06, shape).astype(np.float32)
    return Person(
        exam=Exam(
            pet=Volume(array=pet, grid=grid, unit="g/ml"),
            ct=Volume(array=hu, grid=grid, unit="HU"),
            acquisition=Acquisition(tracer="fdg", sex="M"),
            suv=SuvScale(factor_bw=1.0, method="test"),
        ),
        ct=Volume(array=hu, grid=grid, unit="HU"),
        truth=Mask(labels=truth, grid=grid, names={v: k for k, v in LABELS.items()}),
    )


@pytest.fixture(scope="session")
def person() -> Person:
    """Return the person at 5 mm."""
    return build_person()


@pytest.fixture(scope="session")
def seen(person):
    """Return what the built-in finds in the person with CT."""
    from petscribe.anatomy.landmarks import survey

    return survey(person.exam, person.ct)


@pytest.fixture(scope="session")
def anatomy(person):
    """Return the built-in's organs and frame of the person with CT."""
    from petscribe.anatomy.organs import BuiltInSegmenter

    return BuiltInSegmenter().segment(person.exam, person.ct)


@pytest.fixture(scope="session")
def look(person):
    """Return a function that surveys a part or a flip of the person, once each."""
    from petscribe.anatomy.landmarks import survey

    @cache
    def surveyed(*, cut=None, flip=None, ct=True):
        part = person if cut is None else person.cut(*cut)
        part = part if flip is None else part.flipped(flip)
        return survey(part.exam, part.ct if ct else None)

    return surveyed


@pytest.fixture(scope="session")
def make_frame():
    """Return a function that makes the frame of an upright rod: C1 at slice 200, 5 mm voxels."""

    def made(**changes) -> BodyFrame:
        num = 240
        grid = Grid(shape=(num, 60, 88), spacing_mm=(5.0,) * 3, origin_mm=(-217.5, -150.0, -1000.0))
        same = np.ones(num)
        facts = {
            "grid": grid,
            "midline": 43.5 * same,
            "front": 10.0 * same,
            "back": 50.0 * same,
            "right": 9.5 * same,
            "left": 77.5 * same,
            "spine": 38.0 * same,
            "level": level_at(1000.0 - 5.0 * np.arange(num)),
            "quality_x": 0.9,
            "quality_y": 0.9,
            "quality_z": 0.9,
            "present": (0, num - 1),
        }
        return BodyFrame(**{**facts, **changes})

    return made


@pytest.fixture(scope="session")
def phantom() -> PhantomExam:
    """Return a light phantom from head to thigh."""
    return make_exam(29, light=True, options=ExamOptions(field_of_view="vertex-to-thigh"))


@pytest.fixture(scope="session")
def phantom_by_labels(phantom):
    """Return the phantom's own label map as its anatomy."""
    from petscribe.anatomy.organs import LabelMapSegmenter

    return LabelMapSegmenter(mask=phantom.labels).segment(phantom.exam, ct_of(phantom))


def ct_of(phantom: PhantomExam) -> Volume:
    """Return a phantom's CT on its PET grid."""
    return resample_to(phantom.exam.ct, phantom.exam.pet.grid)


@pytest.fixture(scope="session")
def dice(person):
    """Return a function: overlap (0-1) of a working array of a survey with the named truth."""

    def overlap(survey, voxels, *names: str) -> float:
        truth = person.truth.named(*names)
        found = survey.view.to_pet(voxels.astype(np.uint8)) > 0
        return 2.0 * float((truth & found).sum()) / float(truth.sum() + found.sum())

    return overlap
