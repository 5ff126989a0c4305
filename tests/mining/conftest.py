"""Short ways to marks, phrases and findings for the tests of this room."""

from collections.abc import Callable

import pytest

from petscribe.core.finding import Finding
from petscribe.mining.figures.numbers import read_numbers
from petscribe.mining.groups.chunks import Chunk, chunks_of
from petscribe.mining.normalise import normalise
from petscribe.mining.rules import mine_text
from petscribe.mining.sites import expand_lists
from petscribe.mining.vocabulary import Item, mark, vocabulary


@pytest.fixture(scope="session")
def marks() -> Callable[..., list[Item]]:
    """Return a function from a sentence to its marks, figures read."""

    def read(sentence: str, lang: str = "en") -> list[Item]:
        text = normalise(sentence).text
        items = expand_lists(mark(text, 0, len(text), vocabulary(lang)), text, lang)
        return read_numbers(items, text, lang)

    return read


@pytest.fixture(scope="session")
def values(marks) -> Callable[..., list[object]]:
    """Return a function from a sentence to the claims of one kind."""

    def read(kind: str, sentence: str, lang: str = "en") -> list[object]:
        return [item.tags[kind] for item in marks(sentence, lang) if kind in item.tags]

    return read


@pytest.fixture(scope="session")
def phrases(marks) -> Callable[..., list[Chunk]]:
    """Return a function from a sentence to its phrases."""

    def read(sentence: str, lang: str = "en") -> list[Chunk]:
        return chunks_of(marks(sentence, lang), normalise(sentence).text, lang)

    return read


@pytest.fixture(scope="session")
def mined() -> Callable[..., tuple[Finding, ...]]:
    """Return a function from a text to its findings."""

    def read(text: str, lang: str | None = None) -> tuple[Finding, ...]:
        return mine_text(text, lang=lang).findings

    return read
