"""Which denials a lesion contradicts."""

from dataclasses import replace

import pytest

from petscribe.core.finding import Finding
from petscribe.reporting.denials import denied, plain
from petscribe.reporting.draft import Draft, scale_of


def _denied(measured, text: str, *, named: frozenset[int] = frozenset(), **claim) -> list[int]:
    values = {"anatomy": "", "type": "lesion", "negated": True, "span": (0, len(text))} | claim
    finding = Finding(**values)
    draft = Draft(claims=(finding,), text=text, measured=measured, scale=scale_of(measured))
    return [lesion.id for _, lesion in denied(draft, named)]


@pytest.mark.parametrize(
    ("text", "claim", "ids"),
    [
        ("No lesion in the liver.", {"region": "liver"}, [5]),
        ("No bone lesion.", {"region": "bone"}, [3]),
        ("No lesion in the left axilla.", {"region": "axilla", "laterality": "left"}, []),
        ("No lesion in L2.", {"region": "bone_spine", "anatomy": "l2 vertebra"}, []),
        ("No liver cyst.", {"region": "liver", "type": "cyst"}, []),
        ("No ascites in the abdomen.", {"region": "other", "type": None, "anatomy": "abdomen"}, []),
        (
            "No abnormal uptake in the abdomen.",
            {"region": "other", "type": None, "anatomy": "abdomen"},
            [2, 5],
        ),
        ("No avid adnexal lesion.", {"region": "other", "anatomy": "ovary"}, []),
        ("No avid lymph node.", {"region": "other", "type": "node"}, [1, 4]),
        ("No avid lesion.", {"region": "other"}, [1, 2, 3, 4, 5]),
    ],
)
def test_a_lesion_contradicts_the_denial_of_its_place(measured, text, claim, ids):
    assert _denied(measured, text, **claim) == ids


def test_a_named_lesion_is_not_among_the_others(measured):
    named = frozenset({5})
    claim = {"region": "liver", "named": named}
    assert _denied(measured, "No other lesion in the liver.", **claim) == []
    assert _denied(measured, "Không thấy tổn thương khác ở gan.", **claim) == []
    assert _denied(measured, "No lesion in the liver.", **claim) == [5]


def test_an_unnamed_lesion_takes_the_denial_from_a_named_one(measured, make_lesion):
    two = replace(measured, lesions=(*measured.lesions, make_lesion(9, "liver", 5.0)))
    named = frozenset({5})
    assert _denied(two, "No lesion in the liver.", region="liver", named=named) == [9]


def test_beside_named_lesions_a_general_denial_speaks_of_the_rest(measured):
    assert _denied(measured, "No avid lesion.", region="other", named=frozenset({1})) == [1]


def test_a_cold_finding_where_a_hot_one_lies_is_a_denial(measured):
    claim = {"region": "adrenal", "laterality": "left", "negated": False, "uptake": "none"}
    assert _denied(measured, "Left adrenal nodule without uptake.", **claim) == [2]
    assert _denied(measured, "x", **{**claim, "laterality": "right"}) == []
    assert _denied(measured, "x", **claim, named=frozenset({2})) == []


def test_plain_text_has_no_marks():
    assert plain("Không thấy ở Ổ BỤNG, đường giữa") == "khong thay o o bung, duong giua"
