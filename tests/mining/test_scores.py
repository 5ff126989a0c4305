"""Scores of a whole text."""

from petscribe.mining.rules import mine_text


def test_deauville_is_a_number():
    assert mine_text("Deauville score of 4.").scores.deauville == 4
    assert mine_text("Thang điểm Deauville: 5.").scores.deauville == 5


def test_the_highest_deauville_counts():
    assert mine_text("Deauville 2 in the neck. Deauville 4 in the chest.").scores.deauville == 4


def test_other_scores_keep_their_name():
    scores = mine_text("PSMA-RADS 3B. Krenning score 4. PSMA-RADS 3B.").scores
    assert scores.other == ("PSMA-RADS 3B", "Krenning 4")


def test_no_score_is_none():
    assert mine_text("4 nodules.").scores.deauville is None
