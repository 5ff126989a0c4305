"""How fast phantom exams are made, and pictures of them to look at.

python bench/phantom.py                       timings of light and full exams, in process
python bench/phantom.py --gallery OUT.png     twelve coronal MIPs and fused slices (four tracers)
python bench/phantom.py --axial OUT.png       CT slices and PET of the demo's exam (seed 7)
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from petscribe.imaging.resample import resample_to
from petscribe.phantom.dicom_writer import write_dicom
from petscribe.phantom.exam import ExamOptions, PhantomExam, make_exam

WINDOWS = {"fdg": 7.0, "psma": 15.0, "dotatate": 15.0, "fluciclovine": 9.0}
GALLERY = [("fdg", seed) for seed in (7, 21, 23, 25, 27, 29)] + [
    (tracer, seed) for tracer in ("psma", "dotatate", "fluciclovine") for seed in (22, 31)
]
HEIGHTS = (690, 620, 540, 450, 410, 370, 330, 290, 240, 200, 150, 100, 50, 0, -95)


def timed(what: str, job: Callable[[], Any], repeats: int = 3) -> Any:
    best = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        result = job()
        best = min(best, time.perf_counter() - start)
    print(f"{what:42s} {best:7.2f} s")
    return result


def timings() -> None:
    timed("light exam (8 mm PET, 4 mm CT)", lambda: make_exam(3, light=True), 5)
    timed(
        "light exam without CT image",
        lambda: make_exam(3, light=True, options=ExamOptions(with_ct=False)),
        5,
    )
    full = timed("full exam (4 mm PET, 1.5 x 3 mm CT)", lambda: make_exam(7), 2)
    with tempfile.TemporaryDirectory() as folder:
        timed("full exam written as DICOM", lambda: write_dicom(full, Path(folder)), 1)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{'peak memory of this process':42s} {peak:7.0f} MB")


def picture(values: np.ndarray, low: float, high: float) -> Image.Image:
    return Image.fromarray(np.uint8(255 * np.clip((values - low) / (high - low), 0, 1)))


def coronal_mip(exam: PhantomExam, width: int = 260) -> Image.Image:
    spacing = exam.pet.grid.spacing_mm
    image = picture(-exam.pet.array.max(axis=1)[::-1], -WINDOWS[exam.tracer], 0.0)
    height = round(width * image.height * spacing[0] / (image.width * spacing[2]))
    return image.resize((width, height), Image.Resampling.BILINEAR)


def fused_slice(exam: PhantomExam, width: int = 260) -> Image.Image:
    """The CT slice through the largest lesion (or the liver), its PET over it in colour."""
    largest = max(exam.truth_lesions, key=lambda lesion: lesion.diameter_mm, default=None)
    z_mm = largest.centre_mm[2] if largest else 210.0 * exam.person.scale[2]
    ct = resample_to(exam.ct, exam.pet.grid)
    z = int(np.rint(exam.pet.grid.to_index(np.array([0.0, 0.0, z_mm]))[0]))
    z = min(max(z, 0), exam.pet.grid.shape[0] - 1)
    grey = np.clip((np.nan_to_num(ct.array[z], nan=-1000.0) + 160.0) / 400.0, 0, 1)
    hot = np.clip(exam.pet.array[z] / WINDOWS[exam.tracer], 0, 1)
    colour = np.stack([np.clip(c * hot - o, 0, 1) for c, o in ((3, 0), (3, 1), (3, 2))], axis=-1)
    share = (0.75 * hot**0.7)[..., None]
    fused = np.uint8(255 * (grey[..., None] * (1 - share) + colour * share))
    edge = round(fused.shape[1] * 0.14)
    image = Image.fromarray(fused[edge:-edge, edge:-edge])
    return image.resize((width, width), Image.Resampling.BILINEAR)


def gallery(path: Path) -> None:
    exams = [
        make_exam(s, tracer=t, options=ExamOptions(pet_mm=5.0, ct_mm=(5.0, 2.5)))
        for t, s in GALLERY
    ]
    images = [coronal_mip(exam) for exam in exams]
    tall = max(image.height for image in images)
    sheet = Image.new("RGB", (260 * 6, (tall + 260) * 2), "white")
    for k, (image, exam) in enumerate(zip(images, exams, strict=True)):
        left, top = 260 * (k % 6), (tall + 260) * (k // 6)
        sheet.paste(image.convert("RGB"), (left, top))
        sheet.paste(fused_slice(exam), (left, top + tall))
    sheet.save(path, optimize=True)


def axial(path: Path) -> None:
    exam = make_exam(7)
    rows = []
    for start in range(0, len(HEIGHTS), 5):
        row = []
        for height in HEIGHTS[start : start + 5]:
            z_mm = height * exam.person.scale[2]
            for volume, low, high in ((exam.ct, -160, 240), (exam.pet, 0, WINDOWS["fdg"])):
                index = volume.grid.to_index(np.array([0.0, 0.0, z_mm]))[0]
                z = int(np.clip(np.rint(index), 0, volume.array.shape[0] - 1))
                image = picture(volume.array[z], low, high)
                if volume is exam.pet:
                    edge = round(image.width * (1 - 500 / 576) / 2)
                    image = image.crop((edge, edge, image.width - edge, image.height - edge))
                row.append(np.asarray(image.resize((200, 200)))[30:170])
        rows.append(np.hstack(row))
    Image.fromarray(np.vstack(rows)).save(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gallery", type=Path)
    parser.add_argument("--axial", type=Path)
    chosen = parser.parse_args()
    if chosen.gallery:
        gallery(chosen.gallery)
    if chosen.axial:
        axial(chosen.axial)
    if not (chosen.gallery or chosen.axial):
        timings()


if __name__ == "__main__":
    main()
