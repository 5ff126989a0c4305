"""The measured facts of a lesion as one visual token.

Scale of the focal view, place in the body frame, SUV, volume and tracer enter as numbers
(`model.inputs.facts` says which and on what scale) and leave as one vector of the language model's
width. It starts at zero.

Knows vectors only.
"""

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional


class FactsEncoder(nn.Module):
    """Facts to a token, by a perceptron."""

    def __init__(self, facts: int, hidden: int, out: int) -> None:
        """Make the layers."""
        super().__init__()
        self.first = nn.Linear(facts, hidden)
        self.second = nn.Linear(hidden, hidden)
        self.token = nn.Linear(hidden, out)

    def forward(self, facts: Float[Tensor, "n f"]) -> tuple[Tensor, Tensor]:
        """Return a hidden vector (n, hidden), for the heads, and the token (n, out)."""
        hidden = functional.gelu(self.first(facts))
        hidden = functional.gelu(self.second(hidden))
        return hidden, self.token(hidden)
