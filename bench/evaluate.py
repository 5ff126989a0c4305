"""Seconds that `petscribe.evaluation.run` needs for many pairs: clinical, text, floors, intervals.

    python bench/evaluate.py [--pairs ../shared/bench/text_metrics.py] [--n 20000] [--workers 2]

The script at `--pairs` makes the pairs (seeded, English findings). The bar: 20,000 pairs with
clinical and text metrics and 1,000 bootstrap resamples in under 60 s on two cores. One JSON line on
stdout, wall and processor seconds by step.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from petscribe.evaluation.run.cases import Case
from petscribe.evaluation.run.evaluate import Settings, evaluate

FINDINGS_PER_PATIENT = 5


def _arguments() -> argparse.Namespace:
    beside = Path(__file__).resolve().parents[2] / "shared" / "bench" / "text_metrics.py"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=Path, default=beside)
    parser.add_argument("--n", type=int, default=20_000)
    parser.add_argument("--workers", type=int, default=2)
    return parser.parse_args()


def _cases(script: Path, num: int) -> list[Case]:
    with tempfile.TemporaryDirectory() as folder:
        dump = Path(folder) / "pairs.jsonl"
        command = [sys.executable, str(script), "--n", str(num), "--metrics", "none"]
        subprocess.run([*command, "--dump", str(dump)], check=True, capture_output=True)
        lines = [json.loads(line) for line in dump.read_text("utf-8").splitlines()]
    return [
        Case(
            id=str(line["id"]),
            patient=str(line["id"] // FINDINGS_PER_PATIENT),
            lang="en",
            prediction=line["hyp"],
            reference=line["ref"],
        )
        for line in lines
    ]


def _processor_s() -> float:
    own, others = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    return sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, (own, others)))


def main() -> None:
    """Measure and print one JSON line."""
    arguments = _arguments()
    cases = _cases(arguments.pairs, arguments.n)
    steps: list[tuple[str, float]] = []
    start, processor = time.perf_counter(), _processor_s()
    settings = Settings(task="finding", workers=arguments.workers)
    evaluation = evaluate(
        cases, settings, say=lambda step: steps.append((step, time.perf_counter() - start))
    )
    wall = time.perf_counter() - start
    print(
        json.dumps(
            {
                "bench": "evaluate",
                "pairs": len(cases),
                "workers": arguments.workers,
                "resamples": settings.resamples,
                "wall_s": round(wall, 2),
                "processor_s": round(_processor_s() - processor, 2),
                "steps_began_s": {name: round(at, 2) for name, at in steps if " of " not in name},
                "pet_finding_score": evaluation.intervals["pet_finding_score"].mean,
            }
        )
    )


if __name__ == "__main__":
    main()
