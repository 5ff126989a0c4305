"""Time our text metrics on the pairs of a generator: `python bench/text_metrics.py GENERATOR`.

GENERATOR is a Python file with `make_pairs(n, seed)` that returns `{"id", "ref", "hyp"}` records
(the script that times pycocoevalcap, sacrebleu and rouge_score on the same pairs). Prints one JSON
line: seconds of the first and the best call on 1,175 pairs, how many times faster than
pycocoevalcap's path that is (its two measured totals on a quiet machine of two cores, most of it
the start of a JVM; by CPU seconds too, which a busy machine changes little), the largest difference
from the scores that the packages gave, and seconds for 20,000 pairs with 1,000 resamples by
patient. METEOR differs from its jar by what its synonyms and paraphrases add; it is listed apart.
"""

import argparse
import hashlib
import importlib.util
import json
import os
import time
from pathlib import Path
from typing import Any

PACKAGE_SCORES = {
    "bleu_1": 0.62787927,
    "bleu_2": 0.54210401,
    "bleu_3": 0.48043596,
    "bleu_4": 0.43221252,
    "coco_rouge_l": 0.60079954,
    "cider": 2.67672583,
    "sacrebleu": 45.29318971,
    "chrf": 62.40229551,
    "rouge_1": 0.63565373,
    "rouge_2": 0.48032186,
    "rouge_l": 0.60486319,
}
"""On the 1,175 pairs of seed 20251031, rounded to eight digits."""
PACKAGE_METEOR = 0.33684234
PACKAGE_SECONDS = (6.4, 6.8)
PAIRS_SHA256 = "fcd0328af144e72bd494c41b392fb080993318ec2b71b4713127ce25f419e859"


def load(path: Path) -> Any:
    """Return the generator as a module."""
    spec = importlib.util.spec_from_file_location("generator", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def digest(pairs: list[dict[str, Any]]) -> str:
    """Return the hash by which the pairs are known."""
    lines = (json.dumps(x, ensure_ascii=False, sort_keys=True) + "\n" for x in pairs)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def main() -> None:
    """Run and print one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("generator", type=Path)
    parser.add_argument("--many", type=int, default=20_000)
    parser.add_argument("--repeat", type=int, default=3)
    chosen = parser.parse_args()
    generator = load(chosen.generator)
    pairs = generator.make_pairs(1175, 20251031)
    start = time.perf_counter()
    from petscribe.evaluation.stats.bootstrap import bootstrap_all  # late: timed
    from petscribe.evaluation.text.scores import text_scores

    import_s = time.perf_counter() - start

    def score(these: list[dict[str, Any]]) -> tuple[Any, float, float]:
        wall, cpu = time.perf_counter(), time.process_time()
        found = text_scores([x["hyp"] for x in these], [[x["ref"]] for x in these], lang="en")
        return found, time.perf_counter() - wall, time.process_time() - cpu

    runs = [score(pairs) for _ in range(chosen.repeat)]
    corpus = runs[0][0].corpus
    seconds, cpu_s = [wall for _, wall, _ in runs], min(cpu for *_, cpu in runs)
    many, many_s, many_cpu_s = score(generator.make_pairs(chosen.many, 20251031))
    patients = [str(i // 3) for i in range(chosen.many)]
    start = time.perf_counter()
    bootstrap_all(many.statistics, patients, seed=1)
    print(
        json.dumps(
            {
                "pairs_are_the_known_ones": digest(pairs) == PAIRS_SHA256,
                "import_s": round(import_s, 3),
                "first_s": round(seconds[0], 3),
                "best_s": round(min(seconds), 3),
                "cpu_s": round(cpu_s, 3),
                "times_faster": [round(x / min(seconds), 1) for x in PACKAGE_SECONDS],
                "times_faster_by_cpu": [round(x / cpu_s, 1) for x in PACKAGE_SECONDS],
                "largest_difference": max(abs(corpus[k] - v) for k, v in PACKAGE_SCORES.items()),
                "meteor": round(corpus["meteor"], 6),
                "meteor_of_the_jar": PACKAGE_METEOR,
                "many": chosen.many,
                "many_s": round(many_s, 2),
                "many_cpu_s": round(many_cpu_s, 2),
                "bootstrap_s": round(time.perf_counter() - start, 2),
                "load": os.getloadavg()[0],
            }
        )
    )


if __name__ == "__main__":
    main()
