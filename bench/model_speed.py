"""Time the model: exam to inputs, inputs to text, full-size presets, decoding, a training step.

    python bench/model_speed.py inputs EXAM [--lesions 20]     DICOM to model inputs, one process
    python bench/model_speed.py nano [--lesions 20]            together against one at a time
    python bench/model_speed.py preset petar_4b [--lesions 8]  full size, random bf16 weights
    python bench/model_speed.py decode                         against transformers.generate
    python bench/model_speed.py step                           training samples per second of nano

One JSON line each; the load of the machine stands beside the figures. Text of random weights means
nothing: only seconds and bytes count. The peers are `peer_preprocess.py` (58.9 s for 20 lesions)
and `petar4b_shape.py` (42.5 s for one lesion, 154 s for eight).
"""

import argparse
import json
import os
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import numpy as np
import torch

from petscribe.model.batch import TEXT, Batch
from petscribe.model.generate import Decoding, generate
from petscribe.model.storage.blank import blank_model
from petscribe.model.vlm import PetVlm, VLMConfig

NO_END = -1
TEXT_TOKENS = 24


def main() -> None:
    """Run one measurement and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["inputs", "nano", "preset", "decode", "step"])
    parser.add_argument("of", nargs="?", default="")
    parser.add_argument("--lesions", type=int, default=0)
    parser.add_argument("--tokens", type=int, default=96)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--int8", action="store_true")
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    torch.manual_seed(0)
    result = {"inputs": inputs, "nano": nano, "preset": preset, "decode": decode, "step": step}[
        chosen.what
    ](chosen)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    shown = {"what": chosen.what, "of": chosen.of, **result}
    print(json.dumps({**shown, "peak_gb": round(peak, 2), "load": os.getloadavg()[0]}))


def preset(chosen: argparse.Namespace) -> dict[str, object]:
    """Build a preset at full size with random weights and let it write."""
    module = import_module(f"petscribe.recipes.{chosen.of}")
    start = time.perf_counter()
    model = blank_model(module.model(), torch.bfloat16)
    fill_randomly(model)
    model.eval()
    built = time.perf_counter() - start
    laps: dict[str, object] = {
        "parameters_m": round(sum(p.numel() for p in model.parameters()) / 1e6, 1),
        "build_s": round(built, 1),
    }
    if chosen.int8:
        from petscribe.model.decoding.quantise import quantised

        start = time.perf_counter()
        model = quantised(model)
        laps["int8_s"] = round(time.perf_counter() - start, 1)
    for lesions in [1, chosen.lesions] if chosen.lesions > 1 else [1]:
        seconds, said = written(model, made_batch(model, lesions), chosen.tokens)
        laps[f"lesions_{lesions}_s"] = seconds
        laps[f"lesions_{lesions}_tokens"] = said
    return laps


def written(model: PetVlm, batch: Batch, tokens: int) -> tuple[dict[str, float], int]:
    """Return seconds of seeing, of the first token and of the whole, and tokens per row."""
    with torch.inference_mode():
        start = time.perf_counter()
        model.see(batch)
        seen = time.perf_counter() - start
    marks: list[float] = []
    start = time.perf_counter()
    answers = generate(
        model,
        batch,
        Decoding(most=tokens),
        end=NO_END,
        on_token=lambda *_: marks.append(time.perf_counter() - start),
    )
    whole = time.perf_counter() - start
    rows = len(answers.rows)
    said = len(answers.rows[0].tokens)
    rate = rows * (said - 1) / max(marks[-1] - marks[rows - 1], 1e-9)
    shares = {"see": seen, "first_token": marks[0], "whole": whole, "tokens_per_s": rate}
    return {name: round(value, 2) for name, value in shares.items()}, said


def fill_randomly(model: torch.nn.Module) -> None:
    """Give every weight small random numbers, from one tile; norms get ones."""
    tile = torch.randn(1 << 22) * 0.02
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "norm" in name and name.endswith(("weight", "scale")):
                parameter.fill_(1.0)
                continue
            flat = parameter.view(-1)
            for first in range(0, flat.numel(), tile.numel()):
                part = flat[first : first + tile.numel()]
                part.copy_(tile[: part.numel()])


def made_batch(model: PetVlm, lesions: int, exams: int | None = None) -> Batch:
    """Return a batch of noise in which every row shows one lesion, or one exam's body."""
    config = model.config
    by_exam = config.focal.kind == "body"
    own = config.views.style == "petar" or by_exam
    exams = exams or (lesions if own else 1)
    count = 0 if by_exam else lesions
    dtype = next(model.parameters()).dtype
    per = model.tokens_per_exam() if by_exam else model.tokens_per_lesion() - 1
    stride = model.tokens_per_exam() if by_exam else model.tokens_per_lesion()
    channels = config.tower.channels
    tokens = torch.randint(10, 1000, (lesions, per + TEXT_TOKENS))
    visual = torch.full_like(tokens, TEXT)
    visual[:, 1 : per + 1] = torch.arange(lesions)[:, None] * stride + torch.arange(per)
    exam_of = torch.arange(count) if own else torch.zeros(count, dtype=torch.long)
    return Batch(
        body=torch.rand(exams, channels, *config.views.body, dtype=dtype),
        has_ct=torch.ones(exams, dtype=torch.bool),
        focal=torch.rand(count, channels, *config.views.focal, dtype=dtype),
        mask=torch.rand(count, 1, *config.views.focal, dtype=dtype).round(),
        body_mask=torch.rand(count, 1, *config.views.body, dtype=dtype).round(),
        facts=torch.rand(count, config.facts, dtype=dtype),
        exam_of=exam_of,
        tokens=tokens,
        present=torch.ones_like(tokens, dtype=torch.bool),
        labels=torch.full_like(tokens, -100),
        visual=visual,
    )


def best(work: Callable[[], object], repeat: int = 5) -> tuple[float, float]:
    """Return the median and the lowest seconds of some runs, after one that warms up."""
    work()
    walls = []
    for _ in range(repeat):
        start = time.perf_counter()
        work()
        walls.append(time.perf_counter() - start)
    return statistics.median(walls), min(walls)


def nano(chosen: argparse.Namespace) -> dict[str, object]:
    """Write all lesions of one exam together, and one at a time with everything redone."""
    from petscribe.recipes.nano import model as config

    lesions = chosen.lesions or 20
    model = PetVlm(config()).to(torch.bfloat16).eval()
    batch = made_batch(model, lesions)
    ones = [made_batch(model, 1) for _ in range(lesions)]
    how = Decoding(most=chosen.tokens)

    def singly() -> None:
        for one in ones:
            generate(model, one, how, end=NO_END)

    together = best(lambda: generate(model, batch, how, end=NO_END))
    apart = best(singly, repeat=3)
    return {
        "lesions": lesions,
        "together_s": [round(t, 3) for t in together],
        "one_by_one_s": [round(t, 3) for t in apart],
        "faster": round(apart[0] / together[0], 1),
    }


def decode(chosen: argparse.Namespace) -> dict[str, object]:
    """Return decoded tokens per second, ours and transformers' own loop, same language model."""
    from petscribe.recipes.nano import model as config

    rows = chosen.lesions or 8
    model = PetVlm(config()).to(torch.bfloat16).eval()
    batch = made_batch(model, rows)
    sight = model.see(batch)
    vectors = model.spliced(batch, sight.visual).detach()
    how = Decoding(most=chosen.tokens)

    def theirs() -> None:
        with torch.inference_mode():
            model.language.model.generate(
                inputs_embeds=vectors,
                attention_mask=batch.present.long(),
                max_new_tokens=chosen.tokens,
                min_new_tokens=chosen.tokens,
                do_sample=False,
                pad_token_id=0,
            )

    ours, other = best(lambda: generate(model, batch, how, end=NO_END)), best(theirs)
    tokens = rows * chosen.tokens
    return {
        "rows": rows,
        "ours_tok_s": [round(tokens / t) for t in ours],
        "transformers_tok_s": [round(tokens / t) for t in other],
        "note": "ours includes seeing the exam and its lesions; theirs starts from vectors",
    }


def step(chosen: argparse.Namespace) -> dict[str, object]:
    """Return training samples per second: forward, loss, backward, optimiser, in bf16."""
    from petscribe.recipes.nano import model as config

    rows = chosen.lesions or 8
    model = PetVlm(config()).train()
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-4, fused=True)
    batch = made_batch(model, rows, exams=max(1, rows // 4))
    batch = replace(batch, exam_of=torch.arange(rows) // 4)

    def once() -> None:
        with torch.autocast("cpu", torch.bfloat16):
            out = model(batch)
            scores = out.logits[:, -TEXT_TOKENS:-1].float().flatten(0, 1)
            targets = batch.tokens[:, -TEXT_TOKENS + 1 :].flatten()
            loss = torch.nn.functional.cross_entropy(scores, targets)
        loss.backward()
        optimiser.step()
        optimiser.zero_grad()

    walls = best(once)
    return {"samples": rows, "samples_per_s": [round(rows / t, 1) for t in walls]}


def inputs(chosen: argparse.Namespace) -> dict[str, object]:
    """Read an exam from DICOM and make the model's inputs for some lesions, from the first call."""
    from petscribe.core.volume import Mask
    from petscribe.io.dicom.exam import read_exam
    from petscribe.model.inputs.collate import raw_views
    from petscribe.model.inputs.views import exam_views
    from petscribe.recipes.nano import model as config

    for name in ("pydicom", "scipy.ndimage"):
        import_module(name)
    lesions = chosen.lesions or 20
    start = time.perf_counter()
    exam = read_exam(Path(chosen.of))
    read = time.perf_counter() - start
    labels = np.zeros(exam.pet.grid.shape, np.int32)
    rng = np.random.default_rng(0)
    size = np.array(labels.shape)
    for label in range(1, lesions + 1):
        z, y, x = (rng.uniform(0.2, 0.8, 3) * size).astype(int)
        labels[z : z + 3, y : y + 3, x : x + 3] = label
    views_config: VLMConfig = config()
    sizes = views_config.views
    mask = Mask(labels=labels, grid=exam.pet.grid)
    views = exam_views(exam, mask, body=sizes.body, focal=sizes.focal)
    raw_views([views], views_config)
    whole = time.perf_counter() - start
    return {"lesions": len(views.lesions), "read_s": round(read, 2), "whole_s": round(whole, 2)}


if __name__ == "__main__":
    main()
