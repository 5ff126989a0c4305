"""The longest wording wins."""

from petscribe.mining.vocabulary import mark, tokens_of, vocabulary


def kinds(text: str, lang: str = "en") -> list[tuple[str, set[str]]]:
    return [(i.text, set(i.tags)) for i in mark(text, 0, len(text), vocabulary(lang))]


def test_the_longest_wording_wins():
    assert kinds("right upper lobe")[0][0] == "right upper lobe"


def test_hyphens_are_optional():
    assert kinds("fdg avid")[0][1] == kinds("fdg-avid")[0][1] == {"avid"}


def test_t8_and_l1_are_vertebrae():
    found = mark("t8 l1", 0, 5, vocabulary("en"))
    assert [i.tags["site"].key for i in found] == ["vertebrae_T8", "vertebrae_L1"]


def test_a_node_before_its_site_is_two_things_in_one_vietnamese_wording():
    text = "hạch chậu ngoài"
    (item,) = mark(text, 0, len(text), vocabulary("vi"))
    assert item.tags["type"] == "node"
    assert item.tags["site"].key == "lymph_node_external_iliac"


def test_cervix_is_not_the_femoral_neck():
    cervix, neck = "cổ tử cung", "cổ xương đùi"
    assert mark(cervix, 0, len(cervix), vocabulary("vi"))[0].tags["site"].key == "cervix_uteri"
    assert mark(neck, 0, len(neck), vocabulary("vi"))[0].tags["site"].key == "femur"


def test_tokens_leave_hyphens_out_and_figures_whole():
    assert tokens_of("FDG-avid 4,2 mm") == ("fdg", "avid", "4,2", "mm")


def test_a_noun_that_holds_its_site_is_read_in_two():
    assert [k for _, k in kinds("renal cyst")] == [{"site"}, {"type"}]
