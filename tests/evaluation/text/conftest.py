"""Text pairs with published scores, and random ones from a clinical vocabulary."""

import random

import pytest

REFERENCES = (
    "FDG-avid 2.3 x 1.8 cm right upper lobe nodule with SUVmax of 12.4, consistent with primary"
    " malignancy.",
    "No abnormal FDG uptake in the liver.",
    "Hypermetabolic left axillary lymph node measuring 1.2 cm, SUV max 5.6 (previously 8.1).",
    "Diffuse marrow uptake, likely reactive.",
)
HYPOTHESES = (
    "Right upper lobe nodule measuring 2.3 cm with SUVmax 12.4, suspicious for malignancy.",
    "Abnormal FDG uptake in the liver.",
    "Hypermetabolic right axillary lymph node measuring 1.2 cm, SUV max 5.6 (previously 8.1).",
    "Diffuse marrow uptake, likely reactive.",
)
_WORDS = (
    "the a of in with and nodule nodules node nodes uptake FDG-avid SUVmax 12.4 3,1 (previously"
    " 8.1) left right lobe measuring measured cm. x, Im 88; is isn't new: liver's T8 and/or 30%"
)
WORDS = _WORDS.split()


@pytest.fixture
def vectors() -> tuple[list[str], list[list[str]]]:
    """Return four hypotheses and their references, whose scores were computed elsewhere."""
    return list(HYPOTHESES), [[text] for text in REFERENCES]


@pytest.fixture
def many() -> tuple[list[str], list[list[str]]]:
    """Return random hypotheses with one to three references each."""
    draw = random.Random(5)

    def text() -> str:
        return " ".join(draw.choice(WORDS) for _ in range(draw.randint(1, 25)))

    return [text() for _ in range(60)], [
        [text() for _ in range(draw.randint(1, 3))] for _ in range(60)
    ]
