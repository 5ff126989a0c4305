"""What the published recipes share."""

from torch import nn

from petscribe.recipes.petar_4b import stages
from petscribe.recipes.published import Published, published_recipe


def test_what_is_given_is_carried_out() -> None:
    given = Published(
        build=lambda: nn.Linear(1, 1), samples=lambda _: {}, save=lambda *_: None, max_tokens=9
    )
    made = published_recipe("x", stages(steps=10), given, seed=3)
    assert (made.name, made.seed, made.max_tokens) == ("x", 3, 9)
    assert isinstance(made.build(), nn.Linear)
