"""How questions are put into words."""

from collections.abc import Callable

from petscribe.core.lesion import Lesion
from petscribe.dataset.questions.speech import Asked, reference


def test_a_lesion_is_named_by_its_reference(lesions: tuple[Lesion, ...]):
    assert reference(lesions[2]) == "<L3>"


def test_an_answer_without_references_has_no_gap(asked: Callable[..., Asked]):
    assert asked().say("yes", refs="") == "Yes."


def test_a_place_has_its_article(asked: Callable[..., Asked]):
    texts = {asked(seed=k).about_place("presence", "rib_left_6", "left") for k in range(12)}
    assert any("the left 6th rib" in text for text in texts)
    assert not any("{" in text for text in texts)


def test_lesions_are_drawn_without_return(asked: Callable[..., Asked]):
    assert sorted(asked().draw(9)) == [0, 1, 2, 3, 4]
