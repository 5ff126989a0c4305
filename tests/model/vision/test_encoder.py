"""The 3D ViT: patches, places and blocks."""

import pytest
import torch

from petscribe.model.vision.encoder import (
    PatchEmbedding,
    Trunk,
    ViTConfig,
    interpolated,
    patches,
    rotated,
    rotations,
    sine_positions,
    token_grid,
)


def made(**changes: object) -> ViTConfig:
    sizes = {"patch": (2, 2, 2), "width": 24, "depth": 1, "heads": 2, "mlp_width": 24}
    return ViTConfig(**{**sizes, **changes})  # type: ignore[arg-type]


def test_patches_lie_z_slowest_and_channel_last_within() -> None:
    view = torch.arange(2 * 4 * 2 * 2, dtype=torch.float32).reshape(1, 2, 4, 2, 2)
    cut = patches(view, (2, 2, 2))
    assert cut.shape == (1, 2, 16)
    assert cut[0, 0, :2].tolist() == [0.0, 16.0]
    assert cut[0, 1, 0] == view[0, 0, 2, 0, 0]


def test_a_view_of_no_whole_number_of_patches_is_refused() -> None:
    with pytest.raises(ValueError, match="not a whole number"):
        token_grid((5, 4, 4), (2, 2, 2))


@pytest.mark.parametrize("positions", ["sines", "rotary"])
def test_any_grid_is_read(positions: str) -> None:
    config = made(positions=positions)
    embedding, trunk = PatchEmbedding(config, 1), Trunk(config)
    for shape in ((4, 4, 4), (8, 2, 6)):
        view = torch.randn(1, 1, *shape)
        assert torch.isfinite(trunk(embedding(view), embedding.grid(view))).all()


def test_the_middle_of_every_view_has_the_same_sines() -> None:
    small, large = sine_positions((3, 3, 3), 24), sine_positions((5, 5, 5), 24)
    assert torch.allclose(small[0, 13], large[0, 62])


def test_rotations_keep_lengths_and_leave_extra_tokens() -> None:
    vectors = torch.randn(1, 1, 9, 12)
    turned = rotated(vectors, rotations((2, 2, 2), 12))
    assert torch.equal(turned[:, :, 0], vectors[:, :, 0])
    assert torch.allclose(turned.norm(dim=-1), vectors.norm(dim=-1), atol=1e-5)


def test_learned_positions_fit_other_grids() -> None:
    learned = torch.randn(1, 8, 4)
    assert interpolated(learned, (2, 2, 2), (2, 2, 2)) is learned
    assert interpolated(learned, (2, 2, 2), (4, 4, 4)).shape == (1, 64, 4)


def test_the_class_token_takes_part_and_is_dropped() -> None:
    trunk = Trunk(made(class_token=True))
    tokens = torch.randn(1, 8, 24)
    before = trunk(tokens, (2, 2, 2))
    with torch.no_grad():
        trunk.class_token.add_(torch.randn(24))  # type: ignore[union-attr]
    assert before.shape == tokens.shape
    assert not torch.allclose(trunk(tokens, (2, 2, 2)), before)


def test_sizes_that_do_not_fit_are_refused() -> None:
    for changes in ({"heads": 5}, {"positions": "learned"}, {"positions": "rotary", "heads": 3}):
        with pytest.raises(ValueError, match=r"multiple|learned"):
            made(**changes)
