"""Time `petscribe measure` as a whole process, next to two scripts a user would otherwise write.

    python bench/measure_speed.py EXAM [--seg FILE] [--peer PYTHON PEER_SCRIPT] [--repeat 5]

Prints one JSON line per contender: wall seconds (median, lowest, highest), peak resident memory of
the process, and, for petscribe, the share of each step of a call inside one process. The peers are
the two methods of the `peer_measure.py` script (`--method usual|strong`), run by a Python that has
their packages. Files are read once before the clock starts, so all find them in the page cache.
"""

import argparse
import importlib
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path


def run(command: list[str]) -> tuple[float, float, str]:
    """Return wall seconds, peak MB and stdout of one process."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    out = process.stdout.read() if process.stdout else b""
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        raise SystemExit(f"failed: {' '.join(command)}")
    return wall, usage.ru_maxrss / 1024, out.decode()


def contend(name: str, command: list[str], repeat: int) -> dict[str, object]:
    """Run a contender `repeat` times and summarise."""
    runs = [run(command) for _ in range(repeat)]
    walls = [r[0] for r in runs]
    return {
        "contender": name,
        "wall_s": round(statistics.median(walls), 3),
        "wall_range_s": [round(min(walls), 3), round(max(walls), 3)],
        "peak_mb": round(max(r[1] for r in runs)),
        "runs": repeat,
    }


def steps(exam: Path, seg: Path | None) -> dict[str, object]:
    """Time each step of the first call inside this process, after the imports."""
    from petscribe.io.dicom.exam import read_exam
    from petscribe.io.masks.reading import read_mask
    from petscribe.pipeline import measure_exam

    # what the first call would import counts in the whole process above, not here
    for name in ("cc3d", "pydicom", "scipy.ndimage", "petscribe.quant.proposals"):
        importlib.import_module(name)
    laps: dict[str, float] = {}
    last = time.perf_counter()
    begin = last

    def lap(name: str) -> None:
        nonlocal last
        now = time.perf_counter()
        laps[name] = round(now - last, 4)
        last = now

    read = read_exam(exam)
    lap("read")
    mask = read_mask(seg, read.pet.grid, sop_uids=read.pet_sop_uids, segments=(1,)) if seg else None
    lap("mask")
    measure_exam(read, mask, step=lap)
    total = time.perf_counter() - begin
    return {"first_call_s": round(total, 3), "steps_s": laps}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("exam", type=Path)
    parser.add_argument("--seg", type=Path, help="a DICOM SEG; segment 1 is measured")
    parser.add_argument("--peer", nargs=2, metavar=("PYTHON", "SCRIPT"))
    parser.add_argument("--peer-pet", type=Path, help="folder of the PET series, for the peers")
    parser.add_argument("--peer-ct", type=Path, help="folder of the CT series, for the peers")
    parser.add_argument("--suv-factor", default="4.2111e-4")
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    mask = ["--mask", str(options.seg), "--segment", "1"] if options.seg else []
    ours = [sys.executable, "-m", "petscribe", "measure", str(options.exam), "--json"]
    run(ours)
    results = [contend("petscribe measure", ours, options.repeat)]
    if mask:
        results.append(contend("petscribe measure --mask", ours + mask, options.repeat))
    if options.peer:
        python, script = options.peer
        base = [python, script, "--pet-dir", str(options.peer_pet), "--ct-dir"]
        base += [
            str(options.peer_ct),
            "--seg",
            str(options.seg),
            "--suv-factor",
            options.suv_factor,
        ]
        for method in ("strong", "usual"):
            peer = [*base, "--method", method, "--repeat", "1"]
            results.append(contend(f"peer {method}", peer, min(options.repeat, 3)))
    for result in results:
        print(json.dumps(result))
    print(json.dumps({"in process": steps(options.exam, options.seg)}))
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"bench_process_peak_mb": round(own)}))


if __name__ == "__main__":
    main()
