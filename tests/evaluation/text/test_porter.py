"""The Porter stemmer against its paper and NLTK."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.evaluation.text.porter import porter_stem

_WORDS = (
    "caresses ponies ties cats feed agreed plastered motoring sing conflated troubled sized hopping"
    " tanned falling hissing fizzed failing filing happy sky relational conditional rational"
    " valenci digitizer conformabli radicalli differentli vileli analogousli vietnamization"
    " predication operator feudalism decisiveness hopefulness callousness formaliti sensitiviti"
    " sensibiliti triplicate formative formalize electriciti electrical hopeful goodness revival"
    " allowance inference airliner gyroscopic adjustable defensible irritant replacement adjustment"
    " dependent adoption homologou communism activate angulariti homologous effective bowdlerize"
    " probate rate cease controll roll nodules metastases hypermetabolic lymphadenopathy measuring"
    " suspicious malignancy previously pathologically dying news enjoy spied yyy"
)
WORDS = _WORDS.split()
LETTERS = st.text(alphabet="abcdefghilmnoprstuvyz", min_size=1, max_size=6)
SUFFIX = st.sampled_from(
    ["", "s", "ed", "ing", "eed", "ies", "ied", "ation", "ational", "alli", "logi", "fulli", "ness"]
)


def test_a_plural_and_its_singular_have_one_stem():
    assert porter_stem("nodules") == porter_stem("nodule") == "nodul"


def test_short_words_stay():
    assert [porter_stem(word) for word in ("", "s", "is")] == ["", "s", "is"]


def test_stems_are_nltks():
    oracle = pytest.importorskip("nltk.stem").PorterStemmer()
    assert [porter_stem(word) for word in WORDS] == [oracle.stem(word) for word in WORDS]


@given(LETTERS, SUFFIX)
def test_stems_of_invented_words_are_nltks(start: str, suffix: str):
    oracle = pytest.importorskip("nltk.stem").PorterStemmer()
    assert porter_stem(start + suffix) == oracle.stem(start + suffix)
