"""RadCliQ-v1: a fixed linear mixture of four standardised metrics; lower is better.

The weight of BLEU-2 is practically zero. Source: Yu 2023; coefficients of the released v1 model.
"""

from typing import Final

import numpy as np
from jaxtyping import Float

INPUTS: Final = ("radgraph", "bertscore", "chexbert_cosine", "bleu_2")
_MEAN = np.array([0.53792312, 0.61757256, 0.76479421, 0.44738335])
_SCALE = np.array([0.30282584, 0.22430938, 0.25394391, 0.29892717])
_COEFFICIENTS = np.array([-0.377083683, -0.3703001, -0.252616218, 4.3e-12])
_INTERCEPT = 2.5e-10


def radcliq_v1(table: Float[np.ndarray, "n 4"]) -> Float[np.ndarray, " n"]:
    """Return RadCliQ-v1 of cases with one column per name in `INPUTS`."""
    return (table - _MEAN) / _SCALE @ _COEFFICIENTS + _INTERCEPT
