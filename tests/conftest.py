"""What every test may use: the real exams beside the checkout, and hypothesis without deadlines."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

PROJECT = Path(__file__).resolve().parent.parent
REAL_DATA = PROJECT.parent / "shared" / "data"

settings.register_profile(
    "petscribe",
    deadline=None,
    max_examples=50,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("petscribe")


@pytest.fixture(scope="session")
def shared_data() -> Callable[[str], Path]:
    """Return a function from a folder's name to its path; the test is skipped when it is absent."""

    def find(name: str) -> Path:
        path = REAL_DATA / name
        if not path.exists():
            pytest.skip(f"REAL DATA ABSENT: {name} does not lie beside the checkout")
        return path

    return find
