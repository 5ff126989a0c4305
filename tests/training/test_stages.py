"""A run as data: what cannot be run is refused when it is written down."""

import pytest

from training.tiny import make_recipe, make_stage


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"steps": 0},
        {"batch_size": 0},
        {"accumulate": 0},
        {"warmup_steps": 99},
        {"rates": {}},
        {"rates": {"*": 0.0}},
        {"ema_decay": 1.0},
    ],
)
def test_a_stage_that_cannot_be_run_is_refused(wrong):
    with pytest.raises(ValueError, match="stage"):
        make_stage(**wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"stages": ()},
        {"stages": (make_stage(), make_stage())},
        {"checkpoint_every": 0},
        {"held_out_batches": 0},
        {"threads": 0},
        {"held_out": "lesions"},
    ],
)
def test_a_recipe_that_cannot_be_run_is_refused(wrong):
    with pytest.raises(ValueError, match="recipe"):
        make_recipe(**wrong)


def test_reading_a_recipe_builds_nothing():
    def explode():
        raise AssertionError

    make_recipe(build=explode, samples=lambda _: explode())
