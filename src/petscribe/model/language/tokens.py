"""Words to token numbers and back, with the special tokens of this family.

A visual placeholder marks where a visual token will stand; slots (`<suv_max>`) stand for measured
values, references (`<L3>`) for lesions. They are added once to any tokenizer and saved with it. The
small model has its own byte-pair tokenizer, trained on its corpus.

Chat goes by the tokenizer's own template. A tokenizer without one, or a model that was trained
without (PETAR), gets the bare text. Knows text only; nothing here is fetched.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from petscribe.core.errors import InputError
from petscribe.terms.slots import LESION_TOKENS, SLOT_TOKENS

VISUAL: Final = "<visual>"
SPECIAL_TOKENS: Final = (VISUAL, *SLOT_TOKENS, *LESION_TOKENS)

_SMALL: Final = ("<pad>", "<s>", "</s>", "<user>", "<assistant>")
_SMALL_TEMPLATE: Final = (
    "<s>{% for message in messages %}<{{ message['role'] }}>{{ message['content'] }}"
    "{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}"
)


@dataclass(frozen=True)
class Speech:
    """A tokenizer with this family's special tokens."""

    tokenizer: Any
    """A transformers tokenizer; see `load_speech` and `small_speech`."""
    chat: bool = True
    """Whether prompts go through the chat template."""

    @cached_property
    def visual(self) -> int:
        """Number of the visual placeholder."""
        return int(self.tokenizer.convert_tokens_to_ids(VISUAL))

    @property
    def end(self) -> int:
        """Number of the token that ends an answer."""
        return int(self.tokenizer.eos_token_id)

    @property
    def padding(self) -> int:
        """Number of the token that fills up a row."""
        number = self.tokenizer.pad_token_id
        return int(self.end if number is None else number)

    def __len__(self) -> int:
        """Return how many tokens there are, added ones included."""
        return len(self.tokenizer)

    def prompt(self, text: str) -> list[int]:
        """Return the tokens of a request, ready to be answered."""
        if self.chat:
            messages = [{"role": "user", "content": text}]
            text = self.tokenizer.apply_chat_template(
                messages, tokenize=False, add_generation_prompt=True
            )
        elif self.tokenizer.bos_token:
            text = self.tokenizer.bos_token + text
        return self.words(text)

    def words(self, text: str) -> list[int]:
        """Return the tokens of a text as it stands, nothing added."""
        return list(self.tokenizer(text, add_special_tokens=False)["input_ids"])

    def answer(self, text: str) -> list[int]:
        """Return the tokens of an answer, its end included."""
        return [*self.words(text), self.end]

    def text(self, tokens: Iterable[int]) -> str:
        """Return the text of an answer: slots and references stay, other special tokens go."""
        dropped = {self.end, self.padding, self.visual}
        kept = [int(t) for t in tokens if int(t) not in dropped]
        said: str = self.tokenizer.decode(kept, skip_special_tokens=False)
        return " ".join(said.split(" ")).strip()

    def save(self, folder: Path) -> None:
        """Write the tokenizer's files into a folder."""
        self.tokenizer.save_pretrained(folder)


def with_special_tokens(tokenizer: Any) -> Any:  # noqa: ANN401 - transformers' type
    """Add this family's tokens to a tokenizer, once; return it."""
    from transformers import AddedToken

    missing = [t for t in SPECIAL_TOKENS if t not in tokenizer.get_added_vocab()]
    tokens = [AddedToken(t, special=True, normalized=False) for t in missing]
    tokenizer.add_tokens(tokens, special_tokens=True)
    return tokenizer


def load_speech(folder: Path, *, chat: bool = True) -> Speech:
    """Return the tokenizer of a local folder.

    Raises:
        InputError: the folder holds no tokenizer (code `no-tokenizer`).
    """
    from transformers import AutoTokenizer

    if not any((folder / name).is_file() for name in ("tokenizer.json", "tokenizer.model")):
        raise InputError("no-tokenizer", f"{folder}: no tokenizer.json and no tokenizer.model")
    try:
        tokenizer = AutoTokenizer.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False
        )
    except (ValueError, OSError) as fault:
        line = str(fault).splitlines()[0]
        raise InputError("no-tokenizer", f"{folder}: {line}") from fault
    speech = Speech(tokenizer=with_special_tokens(tokenizer), chat=chat)
    if chat and tokenizer.chat_template is None:
        raise InputError("no-chat-template", f"{folder}: its tokenizer has no chat template")
    return speech


def small_speech(texts: Iterable[str], vocabulary: int = 4096) -> Speech:
    """Train the small model's byte-pair tokenizer on texts.

    Args:
        texts: prompts and answers of the corpus, slots as tokens.
        vocabulary: most tokens, special ones included.
    """
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[*_SMALL, *SPECIAL_TOKENS],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    wrapped = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        pad_token="<pad>",  # noqa: S106 - a token of text
        bos_token="<s>",  # noqa: S106
        eos_token="</s>",  # noqa: S106
        chat_template=_SMALL_TEMPLATE,
        clean_up_tokenization_spaces=False,
    )
    return Speech(tokenizer=with_special_tokens(wrapped))
