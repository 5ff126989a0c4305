"""Small exams for the tests of `quant`: numbers on a grid, nothing read from files."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest
from scipy import ndimage

from petscribe.core.exam import Acquisition, Exam, SuvScale
from petscribe.core.volume import Grid, Mask, Volume


@pytest.fixture
def make_grid() -> Callable[..., Grid]:
    def build(shape, spacing_mm=(4.0, 4.0, 4.0), origin_mm=(0.0, 0.0, 0.0)) -> Grid:
        return Grid(shape=tuple(shape), spacing_mm=spacing_mm, origin_mm=origin_mm)

    return build


@pytest.fixture
def make_exam(make_grid) -> Callable[..., Exam]:
    def build(
        array, spacing_mm=(4.0, 4.0, 4.0), *, unit="g/ml", tracer="fdg", grid=None, **more
    ) -> Exam:
        lattice = grid or make_grid(np.shape(array), spacing_mm)
        return Exam(
            pet=Volume(array=np.asarray(array, dtype=np.float32), grid=lattice, unit=unit),
            ct=more.pop("ct", None),
            acquisition=Acquisition(tracer=tracer),
            suv=SuvScale(factor_bw=1.0 if unit == "g/ml" else None, method="test"),
            **more,
        )

    return build


@pytest.fixture
def phantom_a() -> np.ndarray:
    """Three lesions of known numbers: a cube of 10, a cube of 6, a single voxel of 9."""
    array = np.ones((40, 40, 40), dtype=np.float32)
    array[10:15, 10:15, 10:15] = 10.0
    array[28:31, 28:31, 28:31] = 6.0
    array[20, 20, 30] = 9.0
    return array


@pytest.fixture
def phantom_b() -> Callable[..., np.ndarray]:
    """A Gaussian blob of SUV 12 on a background of 1, on 4.0728 x 4.0728 x 3.0 mm voxels."""

    def build(centre_xyz=(20.0, 20.0, 27.0)) -> np.ndarray:
        x, y, z = centre_xyz
        zz, yy, xx = np.meshgrid(
            (np.arange(55) - z) * 3.0,
            (np.arange(41) - y) * 4.0728,
            (np.arange(41) - x) * 4.0728,
            indexing="ij",
        )
        return 1.0 + 11.0 * np.exp(-(zz**2 + yy**2 + xx**2) / (2 * 8.0**2))

    return build


SPACING_B = (3.0, 4.0728, 4.0728)


@pytest.fixture
def mask_of() -> Callable[..., Mask]:
    def build(labels, grid: Grid, names=None) -> Mask:
        array = np.asarray(labels)
        return Mask(
            labels=array if array.dtype.kind in "bu" else array.astype(np.uint16),
            grid=grid,
            names=names or {},
        )

    return build


@dataclass(frozen=True)
class MiniBody:
    """A coarse patient with FDG uptake: an exam, its organ map, a way to add foci."""

    exam: Exam
    organs: Mask

    def with_focus(self, above_liver_mm, lateral_mm, depth_mm, *, uptake=9.0, radius_mm=9.0):
        """Return the body with a blurred ball of uptake; positions relative to liver and middle."""
        grid = self.exam.pet.grid
        centre = (MINI_LIVER_Z + above_liver_mm, depth_mm, lateral_mm)
        ball = np.clip((radius_mm + 3.0 - _distance(grid, centre)) / 6.0, 0.0, 1.0)
        array = np.maximum(self.exam.pet.array, (ball * uptake).astype(np.float32))
        return replace(self, exam=replace(self.exam, pet=replace(self.exam.pet, array=array)))


MINI_LIVER_Z = 430.0
MINI_SPACING = 5.0
# name: (uptake, centre (mm above liver, depth, lateral), radii)
MINI_ORGANS = {
    "lung_upper_lobe_right": (0.4, (150.0, 0.0, -75.0), (100.0, 65.0, 50.0)),
    "lung_upper_lobe_left": (0.4, (150.0, 0.0, 75.0), (100.0, 65.0, 50.0)),
    "liver": (2.0, (0.0, -10.0, -70.0), (70.0, 65.0, 65.0)),
    "spleen": (1.8, (-5.0, 30.0, 95.0), (45.0, 30.0, 25.0)),
    "heart": (7.0, (105.0, -25.0, 35.0), (40.0, 35.0, 38.0)),
    "kidney_right": (5.0, (-80.0, 45.0, -60.0), (45.0, 22.0, 22.0)),
    "kidney_left": (5.0, (-70.0, 45.0, 60.0), (45.0, 22.0, 22.0)),
    "urinary_bladder": (20.0, (-340.0, -20.0, 0.0), (30.0, 30.0, 35.0)),
    "brain": (8.0, (530.0, 0.0, 0.0), (60.0, 75.0, 60.0)),
    "aorta": (1.5, (80.0, 45.0, 12.0), (200.0, 12.0, 12.0)),
}


def _distance(grid: Grid, centre_zyx) -> np.ndarray:
    index = np.stack(np.indices(grid.shape), axis=-1)
    world = grid.to_world(index.reshape(-1, 3))[:, ::-1].reshape(*grid.shape, 3)
    return np.linalg.norm(world - np.array(centre_zyx), axis=-1)


@pytest.fixture(scope="session")
def mini_body() -> MiniBody:
    shape = (210, 52, 84)
    grid = Grid(
        shape=shape,
        spacing_mm=(MINI_SPACING,) * 3,
        origin_mm=(-MINI_SPACING * (shape[2] - 1) / 2, -MINI_SPACING * (shape[1] - 1) / 2, 0.0),
    )
    names = {1: "body"}
    labels = np.zeros(shape, np.uint8)
    z, y, x = np.meshgrid(*[np.arange(n) for n in shape], indexing="ij")
    world = [
        z * MINI_SPACING,
        (y - (shape[1] - 1) / 2) * MINI_SPACING,
        (x - (shape[2] - 1) / 2) * MINI_SPACING,
    ]
    head = world[0] > MINI_LIVER_Z + 350.0
    labels[
        (world[1] / np.where(head, 85, 110)) ** 2 + (world[2] / np.where(head, 75, 180)) ** 2 < 1
    ] = 1
    labels[z > 205] = 0
    pet = np.where(labels == 1, 0.6, 0.0)
    for number, (name, (uptake, centre, radii)) in enumerate(MINI_ORGANS.items(), start=2):
        offset = (centre[0] + MINI_LIVER_Z, centre[1], centre[2])
        inside = sum(((w - c) / r) ** 2 for w, c, r in zip(world, offset, radii, strict=True)) < 1
        if name == "aorta":
            inside &= labels == 1
        labels[inside], pet[inside], names[number] = number, uptake, name
    rng = np.random.default_rng(20)
    pet = ndimage.gaussian_filter(pet, 0.5) * rng.normal(1.0, 0.06, shape)
    exam = Exam(
        pet=Volume(array=pet.astype(np.float32), grid=grid, unit="g/ml"),
        ct=None,
        acquisition=Acquisition(tracer="fdg"),
        suv=SuvScale(factor_bw=1.0, method="test"),
    )
    return MiniBody(exam=exam, organs=Mask(labels=labels, grid=grid, names=names))
