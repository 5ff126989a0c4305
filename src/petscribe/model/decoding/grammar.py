"""What may be said of a lesion: words, allowed slots, no figures that were not measured.

A finding is text with slots. Slots are special tokens, so the grammar names them and text cannot
imitate them; only those that have a measured value may be said. Text may hold names with a number
in them (T12, 4R, segment 7, level II), never a decimal, a number of three digits, or a number
with a unit. The last character ends the sentence.

Knows grammars and tokens; llguidance does the work. Its `Constraint` serves `model.generate`.
"""

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from jaxtyping import Int

from petscribe.core.errors import InputError
from petscribe.model.language.tokens import Speech
from petscribe.terms.slots import LESION_TOKENS, SLOTS

_FREE = r"[^0-9<>\n]"
_NUMBER = r"[0-9]{1,2}"
_AFTER = r"([^0-9.,<>\n]|[.,][^0-9<>\n])"
_PROSE = f"{_FREE}*({_NUMBER}{_AFTER}{_FREE}*)*({_NUMBER})?"
_MEASURED = r"(.|\n)*[0-9] ?(mm|cm|ml|cc|%|g)(.|\n)*"


def finding_grammar(slots: Collection[str], *, lesions: int = 0) -> str:
    """Return the grammar of a finding.

    Args:
        slots: names of the slots that have a value (`terms.slots.SLOTS`).
        lesions: how many lesions the text may refer to; 0 in a text about one lesion.

    Raises:
        ValueError: an unknown slot, or more lesions than there are references.
    """
    unknown = sorted(set(slots) - set(SLOTS))
    if unknown or lesions > len(LESION_TOKENS):
        raise ValueError(f"no slot {unknown}" if unknown else f"{lesions} lesions are too many")
    special = [f"<{name}>" for name in SLOTS if name in slots] + list(LESION_TOKENS[:lesions])
    last = f"LAST: /{_PROSE}[.!]/ & ~/{_MEASURED}/\n"
    if not special:
        return f"start: LAST\n{last}"
    mark = " | ".join(special)
    prose = f"PROSE: /{_PROSE}/ & ~/{_MEASURED}/\n"
    return f"start: (PROSE? mark)* LAST\nmark: {mark}\n{prose}{last}"


class Grammar:
    """A grammar held against a tokenizer; one matcher per row that is being written."""

    def __init__(self, speech: Speech, grammar: str) -> None:
        """Compile the grammar.

        Raises:
            InputError: it cannot be compiled (code `bad-grammar`).
        """
        self.speech = speech
        self.grammar = grammar
        self._rows: dict[int, tuple[Any, list[int]]] = {}
        fault = self._fresh().get_error()
        if fault:
            raise InputError("bad-grammar", str(fault).splitlines()[0])

    def allow(self, row: int, said: Sequence[int]) -> Int[np.ndarray, " allowed"]:
        """Return the tokens that may follow; the end token alone when nothing may.

        Raises:
            ValueError: what was said does not follow the grammar.
        """
        matcher, consumed = self._rows.get(row, (None, []))
        if matcher is None or consumed != list(said[: len(consumed)]):
            matcher, consumed = self._fresh(), []
        for token in said[len(consumed) :]:
            if not matcher.consume_token(int(token)):
                raise ValueError(f"token {token} does not follow the grammar")
            consumed.append(int(token))
        self._rows[row] = (matcher, consumed)
        if matcher.is_stopped():
            return np.array([self.speech.end])
        words = np.frombuffer(matcher.compute_bitmask(), dtype=np.uint8)
        allowed = np.flatnonzero(np.unpackbits(words, bitorder="little"))
        return allowed[allowed < len(self.speech)]

    def accepts(self, text: str) -> bool:
        """Whether a whole text follows the grammar."""
        matcher = self._fresh()
        fits = all(matcher.consume_token(token) for token in self.speech.words(text))
        return bool(fits and matcher.is_accepting())

    @cached_property
    def _tokenizer(self) -> Any:  # noqa: ANN401 - llguidance's own type
        from llguidance.hf import from_tokenizer

        return from_tokenizer(
            self.speech.tokenizer, n_vocab=len(self.speech), eos_token=self.speech.end
        )

    def _fresh(self) -> Any:  # noqa: ANN401 - llguidance's own type
        from llguidance import LLMatcher

        grammar = LLMatcher.grammar_from_lark(self.grammar)
        return LLMatcher(self._tokenizer, grammar, log_level=0)
