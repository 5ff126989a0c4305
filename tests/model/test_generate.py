"""Writing: together or apart, cached or not, streamed or whole, the words are the same."""

from dataclasses import replace

import pytest
import torch

from model.made import config, noise, opened, padded_left, row_of, tiny
from petscribe.model.batch import Batch
from petscribe.model.generate import Constraint, Decoding, Spoken, generate, generate_accepted
from petscribe.model.vlm import PetVlm

NEVER = -1


@pytest.fixture(scope="module")
def model() -> PetVlm:
    return opened(tiny())


def naive(model: PetVlm, batch: Batch, most: int) -> list[list[int]]:
    """Return greedy tokens, everything computed anew for every token."""
    said: list[list[int]] = []
    with torch.inference_mode():
        for place in range(batch.tokens.shape[0]):
            one = row_of(batch, place, model)
            vectors = model.spliced(one, model.see(one).visual)
            tokens: list[int] = []
            for _ in range(most):
                present = torch.ones(1, vectors.shape[1], dtype=torch.bool)
                token = model.language(vectors, present).logits[:, -1].argmax(-1)
                tokens.append(int(token))
                vectors = torch.cat([vectors, model.language.embed(token[:, None])], dim=1)
            said.append(tokens)
    return said


def test_cached_and_batched_decoding_equals_the_naive_one(model: PetVlm) -> None:
    batch = padded_left(noise(model, lesions=3), 1, 2)
    answers = generate(model, batch, Decoding(most=12), end=NEVER)
    assert [list(row.tokens) for row in answers.rows] == naive(model, batch, 12)


def test_a_batch_says_what_each_row_says_alone(model: PetVlm) -> None:
    batch = padded_left(noise(model, lesions=3, exams=2), 0, 3)
    together = generate(model, batch, Decoding(most=10), end=NEVER)
    for place, row in enumerate(together.rows):
        alone = generate(model, row_of(batch, place, model), Decoding(most=10), end=NEVER)
        assert alone.rows[0].tokens == row.tokens
        assert alone.rows[0].logprobs == pytest.approx(row.logprobs, abs=1e-4)
        assert torch.allclose(alone.heads["side"][0], together.heads["side"][place], atol=1e-4)


def test_what_is_streamed_is_the_whole(model: PetVlm) -> None:
    heard: dict[int, list[int]] = {0: [], 1: []}
    batch = noise(model)
    answers = generate(
        model,
        batch,
        Decoding(most=8),
        end=NEVER,
        on_token=lambda row, token: heard[row].append(token),
    )
    assert [tuple(heard[row]) for row in (0, 1)] == [row.tokens for row in answers.rows]


def test_a_row_that_ends_leaves_and_the_others_go_on_unmoved(model: PetVlm) -> None:
    batch = noise(model, lesions=3)
    free = generate(model, batch, Decoding(most=12), end=NEVER)
    end = free.rows[0].tokens[4]
    cut = generate(model, batch, Decoding(most=12), end=end)
    for whole, row in zip(free.rows, cut.rows, strict=True):
        length = whole.tokens.index(end) if end in whole.tokens else 12
        assert row.tokens == whole.tokens[:length]
        assert row.ended == (end in whole.tokens)
        assert len(row.logprobs) == length + row.ended


def test_an_answer_is_cut_at_the_longest_length(model: PetVlm) -> None:
    row = generate(model, noise(model), Decoding(most=3), end=NEVER).rows[0]
    assert len(row.tokens) == 3
    assert not row.ended


def test_a_seed_makes_drawing_repeatable_and_another_seed_differs(model: PetVlm) -> None:
    def drawn(seed: int) -> list[tuple[int, ...]]:
        how = Decoding(most=12, temperature=1.5, top_p=0.95, seed=seed)
        return [row.tokens for row in generate(model, noise(model), how, end=NEVER).rows]

    assert drawn(3) == drawn(3)
    assert drawn(3) != drawn(4)


def test_a_row_is_drawn_the_same_whoever_else_is_there(model: PetVlm) -> None:
    how = Decoding(most=8, temperature=1.0, seed=5)
    batch = noise(model, lesions=2)
    together = generate(model, batch, how, end=NEVER).rows[0]
    assert (
        generate(model, row_of(batch, 0, model), how, end=NEVER).rows[0].tokens == together.tokens
    )


def test_a_tiny_nucleus_is_greedy(model: PetVlm) -> None:
    batch = noise(model)
    greedy = generate(model, batch, Decoding(most=8), end=NEVER)
    drawn = generate(model, batch, Decoding(most=8, temperature=1.0, top_p=1e-6), end=NEVER)
    assert [r.tokens for r in drawn.rows] == [r.tokens for r in greedy.rows]


def test_log_probabilities_are_those_of_the_tokens(model: PetVlm) -> None:
    batch = row_of(noise(model), 0, model)
    row = generate(model, batch, Decoding(most=1), end=NEVER).rows[0]
    with torch.inference_mode():
        scores = model(batch).logits[0, -1].log_softmax(-1)
    assert row.logprobs[0] == pytest.approx(float(scores[row.tokens[0]]), abs=1e-5)
    assert row.mean_logprob == pytest.approx(row.logprobs[0])


class Only:
    """Allows two tokens in row 0, all in the others."""

    def allow(self, row: int, said: object) -> list[int] | None:  # noqa: ARG002 - the protocol
        """Return what may be said."""
        return [50, 60] if row == 0 else None


def test_a_constraint_holds_in_its_row_alone(model: PetVlm) -> None:
    batch = noise(model)
    free = generate(model, batch, Decoding(most=6), end=NEVER)
    bound = generate(model, batch, Decoding(most=6), end=NEVER, constraint=Only())
    assert isinstance(Only(), Constraint)
    assert set(bound.rows[0].tokens) <= {50, 60}
    assert bound.rows[1].tokens == free.rows[1].tokens


def test_prefill_asks_the_head_for_one_position_in_one_piece(model: PetVlm) -> None:
    seen: list[torch.Tensor] = []
    head = model.language.model.get_output_embeddings()
    hook = head.register_forward_pre_hook(lambda _, args: seen.append(args[0]))
    generate(model, noise(model, lesions=3), Decoding(most=2), end=NEVER)
    hook.remove()
    assert all(vectors.shape[1] == 1 and vectors.is_contiguous() for vectors in seen)


def test_sixteen_bit_floats_write_as_well() -> None:
    half = opened(tiny(made=config())).to(torch.bfloat16)
    batch = noise(half).to("cpu", torch.bfloat16)
    assert len(generate(half, batch, Decoding(most=4), end=NEVER).rows[1].tokens) == 4


def test_a_row_that_names_a_visual_token_that_is_not_there_is_refused(model: PetVlm) -> None:
    batch = noise(model)
    beyond = replace(batch, visual=batch.visual + 10_000 * (batch.visual >= 0))
    with pytest.raises(ValueError, match=r"shows visual token \d+, there are"):
        generate(model, beyond, Decoding(most=1), end=NEVER)


def test_an_answer_that_is_not_accepted_is_drawn_again(model: PetVlm) -> None:
    batch = padded_left(noise(model, lesions=2, exams=1), 0, 2)
    sight = model.see(batch)
    first = generate(model, batch, Decoding(most=6), end=NEVER, sight=sight)
    refused = first.rows[1].tokens

    def accepts(row: int, said: Spoken) -> bool:
        return row == 0 or said.tokens != refused

    answers = generate_accepted(
        model, batch, Decoding(most=6), end=NEVER, sight=sight, accepts=accepts
    )
    assert answers.rows[0] == first.rows[0]
    assert answers.rows[1].tokens != refused


def test_when_nothing_is_accepted_the_first_answer_stands(model: PetVlm) -> None:
    batch = padded_left(noise(model, lesions=2, exams=1), 0, 2)
    sight = model.see(batch)
    first = generate(model, batch, Decoding(most=6), end=NEVER, sight=sight)
    answers = generate_accepted(
        model, batch, Decoding(most=6), end=NEVER, sight=sight, accepts=lambda *_: False, tries=2
    )
    assert answers.rows == first.rows
