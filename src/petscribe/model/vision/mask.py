"""Where the lesion is, told to the tokens: a patch embedding of the mask that starts at zero.

The mask comes as the share of each voxel that the lesion fills, so that a lesion smaller than a
voxel still counts. At step 0 weight and bias are zero and the tokens are exactly those without a
mask; there is no second position embedding (the released PETAR code has one, which breaks that).

Knows arrays only. Sources: PETAR (arXiv 2510.27680, section 3), describe-anything (2504.16072).
"""

from jaxtyping import Float
from torch import Tensor, nn

from petscribe.model.vision.encoder import Triple, patches


class MaskEmbedding(nn.Module):
    """Mask patches to what is added to the tokens at the same places."""

    def __init__(self, patch: Triple, width: int) -> None:
        """Make the projection; it starts as nothing (`start`)."""
        super().__init__()
        self.patch = patch
        self.projection = nn.Linear(patch[0] * patch[1] * patch[2], width)
        self.start()

    def start(self) -> None:
        """Set the projection to zero: identity at step 0."""
        nn.init.zeros_(self.projection.weight)
        nn.init.zeros_(self.projection.bias)

    def forward(self, mask: Float[Tensor, "B 1 z y x"]) -> Float[Tensor, "B N D"]:
        """Return what to add to each token."""
        added: Tensor = self.projection(patches(mask, self.patch))
        return added


def token_occupancy(mask: Float[Tensor, "B 1 z y x"], patch: Triple) -> Float[Tensor, "B N"]:
    """Return the share of each token's patch that the mask fills."""
    return patches(mask, patch).mean(dim=-1)
