"""Prompts: many wordings, some of them for tests only."""

import numpy as np
import pytest

from petscribe.dataset.wording.prompts import prompt

TASKS = ("finding.report", "finding.brief", "finding.site_first", "structure", "report")


@pytest.mark.parametrize("lang", ["en", "vi"])
@pytest.mark.parametrize("task", TASKS)
def test_prompts_of_tests_are_new(lang: str, task: str):
    rng = np.random.default_rng(0)
    train = {prompt(task, lang=lang, part="train", rng=rng) for _ in range(40)}
    test = {prompt(task, lang=lang, part="test", rng=rng) for _ in range(40)}
    assert len(train) > 1
    assert not train & test


def test_a_section_stands_in_its_prompt():
    rng = np.random.default_rng(0)
    words = {"section": "Chest"}
    assert "Chest" in prompt("section", lang="en", part="train", rng=rng, words=words)
