"""Where PET and CT disagree: breathing at the diaphragm, a patient who moved between the scans.

Breathing shifts organs around the diaphragm towards the head (the CT was taken deeper in
inspiration); motion is one rigid shift of the whole body. Knows no voxels.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from petscribe.core.volume import Triple


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """How PET space differs from CT space."""

    breathing_mm: float = 0.0
    """Shift of the dome towards the head on PET."""
    dome_mm: float = 280.0
    """Height of the domes, patient millimetres."""
    shift_mm: Triple = (0.0, 0.0, 0.0)
    """Rigid shift of the body on PET, LPS."""

    def ct_z(self, pet_z: Float[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
        """Return the CT height that PET height shows."""
        still = pet_z - self.shift_mm[2]
        away = still - self.dome_mm - 10.0
        width = np.where(away > 0, 45.0, 85.0)
        lift = self.breathing_mm * np.exp(-((away / width) ** 2))
        z: Float[np.ndarray, ...] = np.asarray(still - lift)
        return z

    def to_pet(self, point: Triple) -> Triple:
        """Return where a CT point shows up on PET (by a few steps of fixed-point iteration)."""
        z = point[2]
        for _ in range(12):
            z += point[2] - float(self.ct_z(np.asarray(z, dtype=np.float64)))
        return point[0] + self.shift_mm[0], point[1] + self.shift_mm[1], z
