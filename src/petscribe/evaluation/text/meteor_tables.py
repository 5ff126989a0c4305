"""What METEOR 1.5 knows beyond spelling: function words, synonyms and paraphrases.

The English function words here are our own list of closed word classes. Synonyms and paraphrases
come from METEOR's data folder when a user has one: `function/*.words` (one word a line),
`synonyms/*.synsets` (a line with a word, a line with the numbers of its meanings) and
`paraphrase*.gz` (three lines an entry: probability, phrase, phrase).
"""

import gzip
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from petscribe.core.errors import InputError

_FUNCTION_WORDS = """
    a about after all also an and any are as at be been before between both but by can could did
    do does for from had has have he her his how i if in into is it its just may might more most
    no not of on one only or other our out over s she should so some such than that the their
    them then there these they this those to under up was we were what when where which while
    who will with would you your n't 's -lrb- -rrb-
"""
ENGLISH_FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeteorTables:
    """Function words, the meanings of words, and phrases that can replace a phrase."""

    function_words: frozenset[str] = frozenset()
    synonyms: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Numbers of a word's meanings; two words match when they share one."""
    paraphrases: Mapping[Phrase, frozenset[Phrase]] = field(default_factory=dict)
    longest: int = 0
    """Words of the longest phrase in `paraphrases`."""

    @property
    def has_meanings(self) -> bool:
        """Whether words can match that are spelled differently."""
        return bool(self.synonyms or self.paraphrases)


def read_tables(folder: Path) -> MeteorTables:
    """Read a METEOR data folder; what it lacks stays empty, but it must hold something.

    Raises:
        InputError: no table in the folder (code `no-meteor-tables`), or one that is cut short or
            no text (code `bad-meteor-table`).
    """
    function = sorted(folder.rglob("*.words"))
    synonyms = sorted(folder.rglob("*.synsets"))
    paraphrases = sorted(folder.rglob("paraphrase*.gz"))
    if not (function or synonyms or paraphrases):
        raise InputError(
            "no-meteor-tables",
            f"{folder.name}: expected *.words, *.synsets or paraphrase*.gz of METEOR 1.5",
        )
    phrases: dict[Phrase, set[Phrase]] = {}
    for path in paraphrases:
        for _, first, second in _records(path, 3):
            one, other = tuple(first.split()), tuple(second.split())
            phrases.setdefault(one, set()).add(other)
            phrases.setdefault(other, set()).add(one)
    return MeteorTables(
        function_words=frozenset(x for path in function for (x,) in _records(path, 1))
        or ENGLISH_FUNCTION_WORDS,
        synonyms={w: frozenset(n.split()) for path in synonyms for w, n in _records(path, 2)},
        paraphrases={one: frozenset(others) for one, others in phrases.items()},
        longest=max(map(len, phrases), default=0),
    )


def _records(path: Path, lines: int) -> Iterator[tuple[str, ...]]:
    try:
        data = path.read_bytes()
        text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")
    except (OSError, EOFError, UnicodeDecodeError) as fault:
        raise InputError("bad-meteor-table", f"{path.name}: cannot be read as text") from fault
    rows = [line.strip() for line in text.splitlines() if line.strip()]
    if not rows or len(rows) % lines:
        raise InputError("bad-meteor-table", f"{path.name}: cut short after line {len(rows)}")
    for i in range(0, len(rows), lines):
        yield tuple(rows[i : i + lines])
