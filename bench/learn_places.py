"""Learn from phantoms which organ a lesion lies in: makes `anatomy/placing/learnt.npz`.

python bench/learn_places.py make OUT.npz FIRST LAST   features and true organs of phantoms' lesions
python bench/learn_places.py fit NPZ [NPZ ...]         fit both networks, write the data file

Seeds below 5000 only: those from 5000 are for measuring. The same features are made from PET with
CT and from the PET alone. Positions are blurred while fitting, so that a real person, who is built
to nobody's plan, is not expected at a phantom's exact places. Needs torch (the package itself does
not, to place a lesion).
"""

import argparse
from pathlib import Path

import numpy as np

from petscribe.anatomy.organs import BuiltInSegmenter
from petscribe.anatomy.placing.evidence import look_around
from petscribe.anatomy.placing.features import features, place_columns
from petscribe.core.volume import Mask
from petscribe.imaging.components import label_boxes
from petscribe.imaging.resample import resample_to
from petscribe.phantom.exam import ExamOptions, make_exam

TRACERS = ("fdg", "fdg", "fdg", "fdg", "fdg", "psma", "dotatate", "fluciclovine")
BLUR = (5.0, 0.025, 5.0, 0.25, 5.0, 0.1)
"""Spread of lateral mm, depth, behind mm, level, height mm, and of the logarithm of size."""
EPOCHS, BATCH = 50, 128
TARGET = Path(__file__).resolve().parent.parent / "src/petscribe/anatomy/placing/learnt.npz"


def class_of(organ: str) -> str:
    """Return an organ's key without its side; stations of the chest keep theirs."""
    if organ.startswith("vertebrae_"):
        return "vertebrae"
    for side in ("left", "right"):
        organ = organ.replace(f"_{side}", "")
    return organ


def loosened(mask: Mask, rng: np.random.Generator) -> Mask:
    """Return the mask as an outline may be drawn: a voxel wider or as it is."""
    from scipy import ndimage

    if rng.random() < 0.75:
        return mask
    near = ndimage.grey_dilation(mask.labels, footprint=ndimage.generate_binary_structure(3, 1))
    return Mask(labels=np.where(mask.labels > 0, mask.labels, near), grid=mask.grid)


def make(path: Path, first: int, last: int) -> None:
    rows: dict[str, list[np.ndarray]] = {"ct": [], "pet": []}
    organs: list[str] = []
    seeds: list[int] = []
    for seed in range(first, last):
        rng = np.random.default_rng(seed)
        pet_mm = float(rng.choice((8.0, 8.0, 8.0, 6.0)))
        options = ExamOptions(lesions=int(rng.integers(4, 26)), pet_mm=pet_mm)
        phantom = make_exam(seed, light=True, tracer=TRACERS[seed % 8], options=options)
        mask = loosened(phantom.lesions, rng)
        truth = {x.id: x.location.organ for x in phantom.truth_lesions}
        boxes = label_boxes(mask)
        ct = resample_to(phantom.ct, phantom.pet.grid)
        for way, used in (("ct", ct), ("pet", None)):
            found = BuiltInSegmenter().segment(phantom.exam, used)
            for label, box in boxes.items():
                around = look_around(mask, (label, box), found.organs, found.frame)
                rows[way].append(features(around, found.frame).astype(np.float32))
        organs += [class_of(str(truth[label])) for label in boxes]
        seeds += [seed] * len(boxes)
        if seed % 50 == 49:
            print(seed + 1, len(organs), flush=True)
            np.savez(path, **{k: np.stack(v) for k, v in rows.items()}, organs=organs, seeds=seeds)
    np.savez(path, **{k: np.stack(v) for k, v in rows.items()}, organs=organs, seeds=seeds)


def jittered(rows: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the rows with the places moved a little: sideways, in depth and along the spine."""
    facts = np.stack(
        [
            rows[:, 0] * 60.0,
            (rows[:, 7] + 2.5) * 60.0,
            (rows[:, 3] + 1.0) / 2.0,
            rows[:, 4] * 50.0,
            rows[:, 5] * 8.0 + 14.0,
            rows[:, 6] * 120.0,
            15.0 * np.exp(rows[:, 8]),
            rows[:, 9],
            rows[:, 10],
        ],
        axis=1,
    )
    moved = rng.normal(0.0, 1.0, (len(rows), 6)) * BLUR
    facts[:, 0] = np.sign(facts[:, 0]) * np.abs(facts[:, 0] + moved[:, 0])
    facts[:, 2:6] += moved[:, 1:5]
    facts[:, 5] -= 0.5 * 24.0 * moved[:, 3]
    facts[:, 6] *= np.exp(moved[:, 5])
    places = place_columns(facts.astype(np.float64)).astype(np.float32)
    rest = rows[:, places.shape[1] :] + rng.normal(0.0, 0.04, (len(rows), 1)).astype(np.float32)
    return np.hstack([places, rest])


def fit_one(rows: np.ndarray, classes: np.ndarray, held: np.ndarray, count: int) -> dict:
    """Fit one network; return its weights and print how often it is right on what was held out."""
    import torch
    from torch import nn

    torch.manual_seed(0)
    torch.set_num_threads(1)
    rng = np.random.default_rng(0)
    mean, spread = rows[~held].mean(0), rows[~held].std(0) + 0.05
    net = nn.Sequential(
        nn.Dropout(0.08), nn.Linear(rows.shape[1], 128), nn.SiLU(), nn.Dropout(0.15),
        nn.Linear(128, 128), nn.SiLU(), nn.Dropout(0.15), nn.Linear(128, count),
    )  # fmt: skip
    optimiser = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=0.02)
    seen, truth = rows[~held], torch.from_numpy(classes[~held])
    steps = EPOCHS * (len(seen) // BATCH + 1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, total_steps=steps)
    loss = nn.CrossEntropyLoss(label_smoothing=0.03)
    for _ in range(EPOCHS):
        net.train()
        blurred = torch.from_numpy((jittered(seen, rng) - mean) / spread).float()
        order = torch.from_numpy(rng.permutation(len(seen)))
        for at in range(0, len(seen), BATCH):
            some = order[at : at + BATCH]
            optimiser.zero_grad()
            loss(net(blurred[some]), truth[some]).backward()
            optimiser.step()
            schedule.step()
    net.eval()
    with torch.no_grad():
        guess = net(torch.from_numpy((rows[held] - mean) / spread).float()).argmax(1).numpy()
    print(
        f"held out: {len(guess)} lesions, organ {np.mean(guess == classes[held]):.3f}", flush=True
    )
    layers = [m for m in net if isinstance(m, nn.Linear)]
    # standardising is folded into the first layer
    first = layers[0].weight.detach().numpy() / spread
    shift = layers[0].bias.detach().numpy() - first @ mean
    found = {"weight_0": first, "bias_0": shift, "mean": mean, "spread": spread}
    for k, layer in enumerate(layers[1:], start=1):
        found[f"weight_{k}"] = layer.weight.detach().numpy()
        found[f"bias_{k}"] = layer.bias.detach().numpy()
    return found


def fit(paths: list[Path]) -> None:
    """Fit the network with CT and the one without; write both and the names of the classes."""
    parts = [np.load(path) for path in paths]
    organs = np.concatenate([p["organs"] for p in parts])
    seeds = np.concatenate([p["seeds"] for p in parts])
    names, classes = np.unique(organs, return_inverse=True)
    held = seeds % 12 == 0
    result = {"names": np.asarray(names, dtype=np.str_)}
    for way in ("ct", "pet"):
        rows = np.concatenate([p[way] for p in parts]).astype(np.float32)
        for key, value in fit_one(rows, classes, held, len(names)).items():
            result[f"{way}_{key}"] = value.astype(np.float16)
    np.savez_compressed(TARGET, **result)
    print(TARGET, TARGET.stat().st_size // 1024, "KiB,", len(names), "organs")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    making = commands.add_parser("make")
    making.add_argument("out", type=Path)
    making.add_argument("first", type=int)
    making.add_argument("last", type=int)
    fitting = commands.add_parser("fit")
    fitting.add_argument("made", type=Path, nargs="+")
    chosen = parser.parse_args()
    if chosen.command == "make":
        make(chosen.out, chosen.first, chosen.last)
    else:
        fit(chosen.made)


if __name__ == "__main__":
    main()
