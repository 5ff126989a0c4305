"""Two coarse cases, made once: an FDG exam with CT and one without."""

import pytest

from petscribe.dataset.phantoms.corpus import CorpusCase, phantom_case
from petscribe.dataset.phantoms.samples import CorpusOptions

WITH_CT = 3223
WITHOUT_CT = 3326
SMALL = CorpusOptions(wordings=1, structures=3, physiologic=2, sections=1, questions=4)


@pytest.fixture(scope="session")
def small() -> CorpusOptions:
    """Few requests of each case."""
    return SMALL


@pytest.fixture(scope="session")
def case() -> CorpusCase:
    """A case with CT."""
    return phantom_case(WITH_CT, options=SMALL)


@pytest.fixture(scope="session")
def pet_only() -> CorpusCase:
    """A case without CT."""
    return phantom_case(WITHOUT_CT, options=SMALL)
