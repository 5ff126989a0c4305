"""RadCliQ-v1's mixture."""

import numpy as np
import pytest

from petscribe.evaluation.learned.radcliq import INPUTS, radcliq_v1


def test_average_texts_score_about_zero():
    average = np.array([[0.53792312, 0.61757256, 0.76479421, 0.44738335]])
    assert radcliq_v1(average)[0] == pytest.approx(2.5e-10, abs=1e-12)


@pytest.mark.parametrize("column", [0, 1, 2])
def test_better_inputs_lower_the_score(column: int):
    table = np.full((2, 4), 0.5)
    table[1, column] = 0.9
    first, second = radcliq_v1(table)
    assert second < first


def test_bleu_has_practically_no_weight():
    table = np.full((2, 4), 0.5)
    table[1, INPUTS.index("bleu_2")] = 1.0
    first, second = radcliq_v1(table)
    assert first == pytest.approx(second, abs=1e-9)
