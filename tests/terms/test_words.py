"""The lexicon: generous, without contradictions, and true to the term base."""

import unicodedata

import pytest

from petscribe.core.finding import Change, FindingType, Uptake
from petscribe.terms.anatomy import ORGANS, REGIONS, name
from petscribe.terms.tables import read_table
from petscribe.terms.words import KINDS, terms, words


def find(lang: str, text: str):
    return next((term for term in terms(lang) if term.text.lower() == text.lower()), None)


@pytest.mark.parametrize(("lang", "least"), [("en", 2500), ("vi", 2000)])
def test_there_are_many_wordings(lang: str, least: int):
    assert len(terms(lang)) >= least


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_every_region_has_a_wording(lang: str):
    assert set(REGIONS) - {term.region for term in terms(lang)} == set()


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_every_name_that_is_printed_is_a_wording_of_its_region(lang: str):
    by_text = {term.text.lower(): term for term in terms(lang)}
    for key in ORGANS:
        for side in (None, "left", "right", "bilateral"):
            term = by_text[name(key, lang, side=side).lower()]
            assert term.region == ORGANS[key].region


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_no_wording_of_the_table_stands_for_two_things(lang: str):
    seen: dict[str, tuple[str, str]] = {}
    for row in read_table(f"anatomy.{lang}.tsv"):
        for text in row["texts"].lower().split(" | "):
            if "{side}" not in text:
                thing = (row["base"], row["side"])
                assert seen.setdefault(text, thing) == thing, text


@pytest.mark.parametrize(
    ("lang", "text", "region", "side"),
    [
        ("en", "RUL", "lung", "right"),
        ("en", "AP window", "mediastinum", None),
        ("en", "subcarinal", "mediastinum", "midline"),
        ("en", "station 4R", "mediastinum", "right"),
        ("en", "10L", "hilum", "left"),
        ("en", "level IIA", "neck_nodes", None),
        ("en", "uterine cervix", "other", None),
        ("en", "femoral neck", "bone", None),
        ("en", "segment VI of the liver", "liver", None),
        ("en", "L3 vertebral body", "bone_spine", None),
        ("en", "6th rib", "bone_rib", None),
        ("en", "porta hepatis", "retroperitoneum", None),
        ("vi", "thùy trên phổi phải", "lung", "right"),
        ("vi", "rốn phổi", "hilum", None),
        ("vi", "hố thượng đòn", "supraclavicular", None),
        ("vi", "cổ tử cung", "other", None),
        ("vi", "cổ xương đùi", "bone", None),
        ("vi", "dưới carina", "mediastinum", "midline"),
        ("vi", "đốt sống D8", "bone_spine", None),
        ("vi", "tiền liệt tuyến", "prostate", None),
        ("vi", "nhóm IIA", "neck_nodes", None),
    ],
)
def test_a_wording_means_its_site(lang, text, region, side):
    term = find(lang, text)
    assert term is not None
    assert (term.region, term.side) == (region, side)


def test_a_node_in_the_neck_is_a_neck_node():
    assert find("en", "neck").region == "head_neck"
    assert find("en", "neck").nodes == "neck_nodes"
    assert find("en", "iliac").nodes == "pelvis_nodes"
    assert find("en", "right hilum").nodes is None


def test_a_term_finds_its_organ_on_a_side():
    assert find("en", "6th rib").organ("left") == "rib_left_6"
    assert find("en", "station 4R").organ(None) == "lymph_node_4R"
    assert find("en", "liver").organ("right") == "liver"
    assert find("en", "AP window").organ(None) == "lymph_node_5"
    assert find("en", "subcarinal").organ(None) == "lymph_node_7"
    assert find("en", "hilar").organ("left") == "hilum_left"
    assert find("en", "hilar").organ(None) is None


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_texts_are_trimmed_and_nfc(lang: str):
    for entry in (*terms(lang), *words(lang)):
        assert entry.text == " ".join(entry.text.split()) != ""
        assert unicodedata.is_normalized("NFC", entry.text)


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_cues_are_of_known_kinds_and_keys(lang: str):
    allowed = {
        "type": {*FindingType.__args__, "abnormality"},
        "uptake": set(Uptake.__args__),
        "degree": set(Uptake.__args__),
        "change": set(Change.__args__),
        "side": {"left", "right", "bilateral", "midline"},
    }
    for word in words(lang):
        assert word.kind in KINDS
        assert word.key in allowed.get(word.kind, {word.key}), word


def test_both_languages_know_the_same_keys():
    for kind in KINDS:
        keys = [{w.key for w in words(lang) if w.kind == kind} for lang in ("en", "vi")]
        assert keys[0] == keys[1], kind


def test_the_word_list_covers_every_value_of_the_schema():
    assert {w.key for w in words("en") if w.kind == "type"} >= set(FindingType.__args__)
    assert {w.key for w in words("en") if w.kind == "change"} == set(Change.__args__)
    said = {w.key for w in words("en") if w.kind in {"uptake", "degree"}}
    assert said == set(Uptake.__args__)
