"""Sentences per second of `petscribe.mining.rules` on the sentences of the shared baseline.

    python bench/mining_speed.py [--baseline ../shared/bench/mining_speed.py] [--n 5000]

The baseline script writes the sentences (seeded) and, in the same run, gives the plain regular
expression loop of this machine, so that the two can be compared whatever else is running. One JSON
line on stdout; wall and processor seconds, best of the repeats.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def _arguments() -> argparse.Namespace:
    beside = Path(__file__).resolve().parents[2] / "shared" / "bench" / "mining_speed.py"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--baseline", type=Path, default=beside)
    parser.add_argument("--n", type=int, default=5000)
    parser.add_argument("--repeat", type=int, default=3)
    return parser.parse_args()


def _baseline(script: Path, num: int) -> tuple[list[str], int]:
    """Return the baseline's sentences and the speed of its regular expression loop."""
    with tempfile.TemporaryDirectory() as folder:
        dump = Path(folder) / "sentences.txt"
        command = [sys.executable, str(script), "--engine", "regex", "--n", str(num)]
        done = subprocess.run(
            [*command, "--dump", str(dump)], check=True, capture_output=True, text=True
        )
        return dump.read_text("utf-8").splitlines(), json.loads(done.stdout)["sentences_per_s"]


def main() -> None:
    """Measure and print one JSON line."""
    arguments = _arguments()
    sentences, regex = _baseline(arguments.baseline, arguments.n)
    start = time.perf_counter()
    from petscribe.mining.rules import mine_text

    imported = time.perf_counter() - start
    start = time.perf_counter()
    mine_text(sentences[0], lang="en")
    ready = time.perf_counter() - start
    runs = []
    for _ in range(arguments.repeat):
        wall, processor = time.perf_counter(), time.process_time()
        found = sum(len(mine_text(s, lang="en").findings) for s in sentences)
        runs.append((time.perf_counter() - wall, time.process_time() - processor))
    print(
        json.dumps(
            {
                "bench": "mining_speed",
                "engine": "petscribe.mining.rules",
                "sentences": len(sentences),
                "findings": found,
                "import_s": round(imported, 3),
                "first_call_s": round(ready, 3),
                "sentences_per_s": round(len(sentences) / min(w for w, _ in runs)),
                "sentences_per_processor_s": round(len(sentences) / min(p for _, p in runs)),
                "regex_loop_sentences_per_s": regex,
            }
        )
    )


if __name__ == "__main__":
    main()
