"""Where lesion words look: both losses fall with attention on the lesion, and only then."""

import math
from dataclasses import replace

import pytest
import torch

from petscribe.model.batch import TEXT
from petscribe.training.losses.attention import (
    TverskyView,
    VisualLayout,
    count_lesion_words,
    count_rows_with_view,
    sum_attention_mass,
    sum_attention_tversky,
)

LAYOUT = VisualLayout(lesion_tokens=4, body_tokens=0)
FOCAL = TverskyView(view="focal", grid=(1, 2, 2), heads=2)


def _maps(layers: int = 2, heads: int = 2, even: float = 1.0) -> list[torch.Tensor]:
    """Return attention spread evenly over all 8 positions."""
    return [torch.full((2, heads, 8, 8), even / 8) for _ in range(layers)]


def _move(maps, row: int, query: int, to: int) -> None:
    """Let a query of a row look at one position only."""
    for layer in maps:
        layer[row, :, query] = 0.0
        layer[row, :, query, to] = 1.0


def _mass(batch, occupancy, maps, **options) -> float:
    loss = sum_attention_mass(
        maps, visual=batch.visual, words=batch.lesion_words, occupancy=occupancy, **options
    )
    return float(loss)


def test_even_attention_costs_the_log_of_the_lesions_share(batch, occupancy):
    assert _mass(batch, occupancy, _maps()) == pytest.approx(2 * math.log(4), rel=1e-4)
    assert count_lesion_words(batch) == 2


def test_mass_falls_when_the_word_is_chosen_with_a_look_at_its_lesion(batch, occupancy):
    maps = _maps()
    _move(maps, 0, query=4, to=0)
    _move(maps, 1, query=4, to=3)
    assert _mass(batch, occupancy, maps) == pytest.approx(0.0, abs=1e-4)


def test_mass_rises_when_the_word_looks_beside_its_lesion(batch, occupancy):
    maps = _maps()
    _move(maps, 0, query=4, to=3)
    assert _mass(batch, occupancy, maps) > _mass(batch, occupancy, _maps()) + 5


def test_attention_on_text_changes_nothing(batch, occupancy):
    maps = _maps()
    for layer in maps:
        layer[:, :, 4, 4:] = 0.9
    assert _mass(batch, occupancy, maps) == pytest.approx(_mass(batch, occupancy, _maps()))


def test_other_positions_and_padding_are_ignored(batch, occupancy):
    maps = _maps()
    for query in (0, 1, 2, 3, 5, 6, 7):
        _move(maps, 0, query, to=2)
        _move(maps, 1, query, to=2)
    assert _mass(batch, occupancy, maps) == pytest.approx(_mass(batch, occupancy, _maps()))


def test_excluded_keys_count_neither_way(batch, occupancy):
    excluded = torch.zeros_like(batch.present)
    excluded[0, 1:4] = True
    excluded[1, 0:3] = True
    assert _mass(batch, occupancy, _maps(), excluded=excluded) == pytest.approx(0.0, abs=1e-4)


def test_an_organ_is_never_the_target(batch, occupancy):
    organ = torch.zeros_like(batch.present)
    organ[0, 0] = organ[1, 3] = True
    assert _mass(batch, occupancy, _maps(), excluded=organ) == 0.0


def test_rows_that_show_no_lesion_cost_nothing(batch):
    assert _mass(batch, torch.zeros(8), _maps()) == 0.0
    blind = replace(batch, visual=torch.full_like(batch.visual, TEXT))
    assert _mass(blind, torch.zeros(0), _maps()) == 0.0
    assert count_lesion_words(blind) == 0


def test_facts_and_means_lie_nowhere(batch):
    layout = VisualLayout(lesion_tokens=4, body_tokens=0, leading=1, trailing=1)
    lies_nowhere = layout.without_place(batch.visual, lesions=2)
    assert lies_nowhere[:, :4].tolist() == [[True, False, False, True]] * 2
    assert not lies_nowhere[:, 4:].any()


def _tversky(batch, maps, view=FOCAL, layout=LAYOUT) -> float:
    return float(sum_attention_tversky(maps, batch, view, layout))


def _graded(batch, right: bool) -> list[torch.Tensor]:
    maps = [m + 0.0 for m in _maps()]
    for row, last in ((0, 7), (1, 6)):
        _move(maps, row, last, to=(0 if row == 0 else 3) if right else (3 if row == 0 else 0))
    return maps


def test_tversky_falls_with_attention_on_the_mask(batch):
    right, wrong = _tversky(batch, _graded(batch, True)), _tversky(batch, _graded(batch, False))
    assert right < 0.4 < wrong
    assert count_rows_with_view(batch, FOCAL, LAYOUT) == 2


def test_tversky_has_the_published_form(batch):
    small = torch.zeros(2, 1, 1, 2, 2)
    small[0, 0, 0, 0, 0] = 1.0
    one = replace(batch, mask=small, focal=small, visual=batch.visual.clone())
    one.visual[1] = TEXT
    maps = _maps(layers=1, heads=1)
    maps[0][0, :, 7, :4] = torch.tensor([0.4, 0.2, 0.2, 0.0])
    a = torch.tensor([1.0, 0.5, 0.5, 0.0])
    index = 1.0 / (1.0 + 0.3 * float(a[1:].sum()) + 0.7 * 0.0)
    assert _tversky(one, maps) == pytest.approx((1 - index) ** 2, rel=1e-4)


def test_tversky_takes_the_last_present_token_not_padding(batch):
    maps = _graded(batch, True)
    before = _tversky(batch, maps)
    _move(maps, 1, query=7, to=1)
    assert _tversky(batch, maps) == before


def test_tversky_keeps_the_heads_that_look_at_the_image(batch):
    view = TverskyView(view="focal", grid=(1, 2, 2), heads=1)
    maps = _graded(batch, True)
    for layer in maps:
        layer[:, 1] = 0.0
        layer[:, 1, :, 4] = 1.0
    assert _tversky(batch, maps, view) == pytest.approx(_tversky(batch, _graded(batch, True), view))


def test_tversky_on_the_body_sees_all_lesions_of_the_exam(batch):
    body_mask = torch.zeros(2, 1, 2, 4, 4)
    body_mask[0, 0, :, :2, :2] = 1.0
    body_mask[1, 0, :, 2:, 2:] = 1.0
    exam = replace(batch, body_mask=body_mask, exam_of=torch.zeros(2, dtype=torch.long))
    exam.visual[1] = TEXT
    view = TverskyView(view="body", grid=(1, 2, 2), heads=2)
    layout = VisualLayout(lesion_tokens=0, body_tokens=4)
    both, first_only = _maps(), _maps()
    for layer in both:
        layer[0, :, 7, :4] = torch.tensor([0.5, 0.0, 0.0, 0.5])
    _move(first_only, 0, 7, to=0)
    assert _tversky(exam, both, view, layout) < _tversky(exam, first_only, view, layout)


def test_rows_that_show_only_a_part_of_a_view_are_left_out(batch):
    visual = batch.visual.clone()
    visual[0] = TEXT
    visual[0, 0] = 3
    assert count_rows_with_view(replace(batch, visual=visual), FOCAL, LAYOUT) == 1


def test_both_losses_have_gradients(batch, occupancy):
    scores = torch.zeros(2, 2, 8, 8, requires_grad=True)
    maps = [scores.softmax(dim=-1)]
    loss = sum_attention_mass(
        maps, visual=batch.visual, words=batch.lesion_words, occupancy=occupancy
    )
    loss.backward()
    assert scores.grad[0, 0, 4, 0] < 0 < scores.grad[0, 0, 4, 1]
