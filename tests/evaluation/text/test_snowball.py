"""The Snowball stemmer against its definition's examples and NLTK."""

import pytest

from petscribe.evaluation.text.snowball import snowball_stem

EXAMPLES = {
    "consign": "consign",
    "consigned": "consign",
    "consignment": "consign",
    "consistency": "consist",
    "consolatory": "consolatori",
    "consoling": "consol",
    "knackeries": "knackeri",
    "kneeling": "kneel",
    "knots": "knot",
    "generate": "generat",
    "communism": "communism",
    "skies": "sky",
    "inning": "inning",
    "proceed": "proceed",
    "hopped": "hop",
    "hoping": "hope",
    "luxuriated": "luxuri",
    "cries": "cri",
    "ties": "tie",
    "gaps": "gap",
    "kiwis": "kiwi",
    "analogies": "analog",
    "sayings": "say",
    "youth": "youth",
    "boyish": "boyish",
    "patient's": "patient",
}
_WORDS = (
    "nodule nodules nodular metastasis metastases metastatic hypermetabolic hypermetabolism avidly"
    " measuring measured measures suspicious malignancy malignancies malignant previously prior"
    " lymphadenopathy axillary increased increasing decreased resolved likely reactive inflammatory"
    " consistent compatible indeterminate physiologic physiological physiologically uptake diffuse"
    " thickening osseous sclerotic lytic vertebral bodies lobes hilar stations adenopathies"
    " involvement replacement additional national relational happily fully hopefulness biologically"
)
WORDS = _WORDS.split()


@pytest.mark.parametrize(("word", "stem"), EXAMPLES.items())
def test_stems_are_those_of_the_definition(word: str, stem: str):
    assert snowball_stem(word) == stem


def test_stems_are_nltks():
    oracle = pytest.importorskip("nltk.stem.snowball").EnglishStemmer()
    assert [snowball_stem(word) for word in WORDS] == [oracle.stem(word) for word in WORDS]


def test_words_of_one_family_have_one_stem():
    assert len({snowball_stem(word) for word in ("measure", "measured", "measuring")}) == 1
