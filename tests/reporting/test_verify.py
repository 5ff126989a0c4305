"""Every single corruption of a true text is found with its kind; a true text is clean."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petscribe.core.finding import Finding, ImageRef, MinedText, SizeClaim, SuvClaim
from petscribe.core.report import Report, Sentence
from petscribe.reporting.verify import check_claims, verify

TRUE = {
    "hilum": Finding(
        anatomy="right hilum",
        region="hilum",
        laterality="right",
        type="mass",
        uptake="intense",
        suv=(SuvClaim(stat="max", value=42.2), SuvClaim(stat="peak", value=33.8)),
        size_mm=(SizeClaim(dims=(64.0, 41.0)),),
        mtv_ml=183.1,
        refs=(ImageRef(image=88),),
    ),
    "adrenal": Finding(
        anatomy="left adrenal gland",
        region="adrenal",
        laterality="left",
        type="nodule",
        uptake="intense",
        suv=(SuvClaim(stat="max", value=12.6),),
    ),
    "spine": Finding(
        anatomy="t8 vertebra",
        region="bone_spine",
        type="lesion",
        uptake="intense",
        suv=(SuvClaim(stat="max", value=9.4),),
    ),
    "axilla": Finding(
        anatomy="right axilla",
        region="axilla",
        laterality="right",
        type="node",
        uptake="increased",
        suv=(SuvClaim(stat="max", value=5.1),),
        size_mm=(SizeClaim(dims=(12.0, 8.0)),),
    ),
    "liver": Finding(
        anatomy="liver",
        region="liver",
        type="lesion",
        uptake="increased",
        suv=(SuvClaim(stat="max", value=8.1),),
    ),
}
PHYSIOLOGIC = Finding(anatomy="urinary bladder", region="bladder", uptake="physiologic")
NO_SPLEEN = Finding(anatomy="spleen", region="spleen", type="lesion", negated=True)
IDS = {"hilum": 1, "adrenal": 2, "spine": 3, "axilla": 4, "liver": 5}


def _suv(value: float, **more) -> tuple[SuvClaim, ...]:
    return (SuvClaim(stat="max", value=value, **more),)


@pytest.fixture
def check(make_text, measured):
    """Return a function that checks the true text with some claims changed."""

    def run(*extra: tuple[str, Finding], drop: str = "", **changed: Finding):
        claims = {**TRUE, **changed}
        pairs = [
            (f"There is uptake in the {claim.anatomy}, numbered {key}.", claim)
            for key, claim in claims.items()
            if key != drop
        ]
        pairs += [("Physiologic uptake in the bladder.", PHYSIOLOGIC)]
        pairs += [("No lesion in the spleen.", NO_SPLEEN), *extra]
        return check_claims(make_text(*pairs), measured)

    return run


def _kinds(problems) -> list[tuple[str, int | None]]:
    return [(problem.kind, problem.lesion) for problem in problems]


def test_a_true_text_is_clean(check):
    assert check() == ()


@pytest.mark.parametrize("key", TRUE)
def test_a_changed_suv_is_a_number(check, key):
    wrong = replace(TRUE[key], suv=_suv(TRUE[key].suv[0].value * 1.2))
    assert _kinds(check(**{key: wrong})) == [("number", IDS[key])]


@pytest.mark.parametrize("key", ["hilum", "adrenal", "axilla"])
def test_a_flipped_side_is_laterality(check, key):
    side = TRUE[key].laterality
    other = "left" if side == "right" else "right"
    wrong = replace(
        TRUE[key], laterality=other, anatomy=TRUE[key].anatomy.replace(side, other), suv=()
    )
    assert _kinds(check(**{key: wrong})) == [("laterality", IDS[key])]
    with_suv = replace(wrong, suv=TRUE[key].suv)
    assert _kinds(check(**{key: with_suv})) == [("laterality", IDS[key])]


@pytest.mark.parametrize(
    ("key", "region"), [("hilum", "axilla"), ("liver", "spleen"), ("spine", "bone_rib")]
)
def test_a_changed_region_is_region(check, key, region):
    wrong = replace(TRUE[key], region=region, anatomy=region)
    assert ("region", IDS[key]) in _kinds(check(**{key: wrong}))
    assert not {"invented", "missed"} & {kind for kind, _ in _kinds(check(**{key: wrong}))}


def test_another_vertebra_is_region(check):
    wrong = replace(TRUE["spine"], anatomy="l2 vertebra")
    assert _kinds(check(spine=wrong)) == [("region", 3)]


def test_a_lesion_that_is_not_there_is_invented(check, make_claim):
    extra = make_claim("spleen", 7.7, anatomy="spleen hilum")
    assert _kinds(check(("Avid spleen lesion, SUVmax 7.7.", extra))) == [("invented", None)]


def test_a_second_lesion_of_the_same_side_is_invented(check, make_claim):
    extra = make_claim("bone_spine", 6.6, anatomy="l4 vertebra")
    assert _kinds(check(("Avid lesion in L4, SUVmax 6.6.", extra))) == [("invented", None)]


@pytest.mark.parametrize("key", TRUE)
def test_a_lesion_left_out_is_missed(check, key):
    assert _kinds(check(drop=key)) == [("missed", IDS[key])]


@pytest.mark.parametrize("key", TRUE)
def test_a_denied_lesion_is_negation_and_not_missed(check, key):
    wrong = replace(TRUE[key], negated=True, suv=(), size_mm=(), mtv_ml=None, refs=(), uptake=None)
    assert _kinds(check(**{key: wrong})) == [("negation", IDS[key])]


def test_a_cold_lesion_that_is_hot_is_negation(check):
    wrong = replace(TRUE["hilum"], uptake="none", suv=())
    assert _kinds(check(hilum=wrong)) == [("negation", 1)]


def test_a_denial_beside_the_assertion_is_negation(check):
    denial = Finding(anatomy="liver", region="liver", type="lesion", negated=True)
    assert _kinds(check(("No lesion in the liver.", denial))) == [("negation", 5)]


def test_a_denial_of_others_is_no_problem(check):
    denial = Finding(anatomy="liver", region="liver", type="lesion", negated=True)
    assert check(("No other lesion in the liver.", denial)) == ()


def test_a_denial_of_an_effusion_is_no_problem(check):
    denial = Finding(anatomy="abdomen", region="other", negated=True)
    assert check(("No free fluid in the abdomen.", denial)) == ()


def test_denying_a_whole_section_denies_its_lesions(check, make_text, measured):
    denial = Finding(anatomy="abdomen and pelvis", region="other", type="lesion", negated=True)
    text = make_text(
        *[("x", TRUE[k]) for k in ("hilum", "spine", "axilla", "liver")],
        ("No FDG-avid lesion in the abdomen or pelvis.", denial),
    )
    assert ("negation", 2) in _kinds(check_claims(text, measured))


def test_denying_everything_denies_every_lesion(make_text, measured):
    denial = Finding(anatomy="", region="other", type="lesion", negated=True)
    problems = check_claims(make_text(("No FDG-avid lesion.", denial)), measured)
    assert _kinds(problems) == [("negation", i) for i in range(1, 6)]


@pytest.mark.parametrize(
    "suv",
    [
        (*_suv(12.0), SuvClaim(stat="max", value=42.2, time="prior")),
        _suv(55.0),
    ],
)
def test_a_prior_value_as_current_is_told_from_a_wrong_number(check, suv):
    history = Finding(
        anatomy="right hilum",
        region="hilum",
        laterality="right",
        suv=(SuvClaim(stat="max", value=55.0, time="prior"),),
    )
    problems = check(
        ("Before, SUVmax 55.0.", history), hilum=replace(TRUE["hilum"], suv=suv, refs=())
    )
    assert _kinds(problems) == [("prior_as_current", 1)]


def test_a_prior_value_called_prior_is_no_problem(check):
    suv = (*TRUE["hilum"].suv, SuvClaim(stat="max", value=55.0, time="prior"))
    assert check(hilum=replace(TRUE["hilum"], suv=suv)) == ()


def test_a_wrong_size_is_a_number(check):
    wrong = replace(TRUE["hilum"], size_mm=(SizeClaim(dims=(46.0, 41.0)),))
    assert _kinds(check(hilum=wrong)) == [("number", 1)]


@pytest.mark.parametrize(
    "changed",
    [
        {"suv": _suv(42.0)},
        {"suv": _suv(42.22)},
        {"suv": _suv(40.0, op="~")},
        {"suv": (SuvClaim(stat="unspecified", value=42.2),)},
        {"suv": ()},
        {"size_mm": (SizeClaim(dims=(41.0, 64.0)),)},
        {"size_mm": (SizeClaim(dims=(64.0,)),)},
        {"mtv_ml": 183.0},
        {"laterality": None, "anatomy": "hilum"},
        {"region": "other", "anatomy": "chest"},
        {"type": None},
        {"refs": (ImageRef(series=4, image=128),)},
    ],
)
def test_rounding_order_and_silence_are_no_problems(check, changed):
    assert check(hilum=replace(TRUE["hilum"], **changed)) == ()


def test_the_impression_may_repeat_a_lesion(check):
    repeat = Finding(anatomy="right hilum", region="hilum", laterality="right", type="mass")
    assert check(("Right hilar mass.", repeat), ("Again.", TRUE["hilum"])) == ()


def test_a_repeat_with_the_wrong_side_or_value_is_found(check):
    flipped = replace(TRUE["hilum"], laterality="left", anatomy="left hilum")
    assert _kinds(check(("Impression.", flipped))) == [("laterality", 1)]
    changed = Finding(
        anatomy="right hilum", region="hilum", laterality="right", uptake="intense", suv=_suv(24.2)
    )
    assert _kinds(check(("Impression.", changed))) == [("number", 1)]


def test_a_second_lesion_with_other_values_is_no_repeat(check):
    suv = (SuvClaim(stat="max", value=9.9), SuvClaim(stat="peak", value=8.8))
    other = Finding(anatomy="liver", region="liver", type="lesion", uptake="intense", suv=suv)
    assert _kinds(check(("Lesion in the liver, SUVmax 9.9, SUVpeak 8.8.", other))) == [
        ("invented", None)
    ]


def test_a_flipped_mention_without_uptake_is_found_when_it_is_the_only_one(check):
    plain = Finding(
        anatomy="right adrenal gland", region="adrenal", laterality="right", type="nodule"
    )
    assert _kinds(check(adrenal=plain)) == [("laterality", 2)]
    assert check(("A right adrenal nodule, known.", plain)) == ()


def test_a_repeat_does_not_hide_a_missed_neighbour(make_lesion, make_measured, make_text):
    hot = make_lesion(1, "axilla", 7.3, side="right")
    warm = make_lesion(2, "axilla", 5.1, side="right")
    claim = Finding(
        anatomy="right axilla", region="axilla", laterality="right", type="node", suv=_suv(7.3)
    )
    text = make_text(("Findings: node.", claim), ("Impression: node.", claim))
    assert _kinds(check_claims(text, make_measured((hot, warm)))) == [("missed", 2)]


def test_two_lesions_of_one_place_are_told_apart_by_their_values(
    make_lesion, make_measured, make_text
):
    measured = make_measured(
        (make_lesion(1, "axilla", 7.3, side="right"), make_lesion(2, "axilla", 5.1, side="right"))
    )
    claims = [
        Finding(anatomy="axilla", region="axilla", laterality="right", suv=_suv(value))
        for value in (5.1, 7.9)
    ]
    problems = check_claims(make_text(("a", claims[0]), ("b", claims[1])), measured)
    assert _kinds(problems) == [("number", 1)]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, []),
        ({"count": 3}, []),
        ({"count": 2}, [("missed", 3)]),
        ({"count": 5}, [("number", 1)]),
        ({"suv": _suv(9.9, op="<=")}, [("number", 1)]),
        ({"suv": _suv(8.0, op="<=")}, []),
        ({"suv": (SuvClaim(stat="max", value=None, low=3.1, high=8.0, op="range"),)}, []),
        (
            {"suv": (SuvClaim(stat="max", value=None, low=3.1, high=6.0, op="range"),)},
            [("number", 1)],
        ),
        ({"laterality": "left"}, [("invented", None), ("missed", 1), ("missed", 2), ("missed", 3)]),
        ({"laterality": "bilateral"}, [("laterality", 1)]),
    ],
)
def test_a_claim_about_several_lesions_covers_them(
    make_lesion, make_measured, make_text, *, changed, expected
):
    lesions = tuple(
        make_lesion(i, "axilla", suv, side="right") for i, suv in enumerate((8.0, 5.2, 3.1), 1)
    )
    claim = replace(
        Finding(
            anatomy="right axilla",
            region="axilla",
            laterality="right",
            type="node",
            uptake="increased",
            count="multiple",
        ),
        **changed,
    )
    problems = check_claims(make_text(("Nodes.", claim)), make_measured(lesions))
    assert _kinds(problems) == expected


def test_uptake_set_aside_may_be_mentioned_or_not(check, make_claim):
    tonsil = make_claim("tonsil", 4.4, anatomy="right tonsil", laterality="right", type="focus")
    assert check(("Focus in the right tonsil, SUVmax 4.4.", tonsil)) == ()
    bladder = make_claim("bladder", None, type="uptake", anatomy="bladder")
    assert check(("Intense uptake in the bladder.", bladder)) == ()


def test_faint_uptake_is_not_invented(check, make_claim):
    faint = make_claim("esophagus", 2.3, uptake="mild", type="uptake", anatomy="distal esophagus")
    assert check(("Mild uptake in the distal esophagus, SUVmax 2.3.", faint)) == ()


def test_a_cold_nodule_is_not_invented(check):
    cold = Finding(
        anatomy="left lung", region="lung", laterality="left", type="nodule", uptake="none"
    )
    assert check(("6 mm nodule in the left lung without uptake.", cold)) == ()


def test_an_suv_is_wrong_when_none_was_measured(make_lesion, make_measured, make_text, make_claim):
    measured = make_measured((make_lesion(1, "liver", None),))
    problems = check_claims(make_text(("Liver, SUVmax 8.", make_claim("liver", 8.0))), measured)
    assert _kinds(problems) == [("number", 1)]


def test_an_approximate_neighbour_is_no_contradiction(make_lesion, make_measured, make_text):
    claim = Finding(
        anatomy="right lung", region="lung", laterality="right", uptake="intense", suv=_suv(42.2)
    )
    rough = {"confidence": 0.4, "approximate": True, "side": "right"}
    measured = make_measured((make_lesion(1, "hilum", 42.2, **rough),))
    assert check_claims(make_text(("x", claim)), measured) == ()
    sure = make_measured((make_lesion(1, "hilum", 42.2, side="right"),))
    assert _kinds(check_claims(make_text(("x", claim)), sure)) == [("region", 1)]


def test_quotes_are_the_text_at_the_span(check):
    wrong = replace(TRUE["liver"], suv=_suv(3.3))
    (problem,) = check(liver=wrong)
    assert problem.quote == "There is uptake in the liver, numbered liver."
    assert problem.span[1] - problem.span[0] == len(problem.quote)
    assert "3.3" in problem.message
    assert "8.06" in problem.message


def _report(measured, *sentences: Sentence) -> Report:
    return Report(
        measured=measured,
        language="en",
        technique="",
        findings=sentences,
        impression=(),
        notice="",
        manifest={},
    )


SENTENCE = Sentence(
    lesion=1,
    section="chest",
    text="Mass in the right hilum, 6.4 x 4.1 cm, SUVmax 42.2 (image 88).",
    slots={"long_axis_mm": 64.3, "short_axis_mm": 41.2, "suv_max": 42.217, "slice_pet": 88},
)
READ_BACK = replace(TRUE["hilum"], suv=_suv(42.2), mtv_ml=None, span=(0, len(SENTENCE.text)))


def _verified(measured, sentence: Sentence, *claims: Finding) -> Sentence:
    mined = MinedText(id="", text=sentence.text, lang="en", findings=claims)
    return verify(_report(measured, sentence), {0: mined}).findings[0]


def test_a_sentence_that_reads_back_as_measured_is_verified(measured):
    checked = _verified(measured, SENTENCE, READ_BACK)
    assert checked.verified
    assert checked.problems == ()


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"suv": _suv(42.6)}, "number"),
        ({"laterality": "left"}, "laterality"),
        ({"region": "liver", "anatomy": "liver"}, "region"),
        ({"negated": True}, "negation"),
        ({"refs": (ImageRef(image=89),)}, "number"),
        ({"size_mm": (SizeClaim(dims=(65.0, 41.0)),)}, "number"),
    ],
)
def test_a_sentence_that_reads_back_otherwise_is_not_verified(measured, changed, kind):
    checked = _verified(measured, SENTENCE, replace(READ_BACK, **changed))
    assert not checked.verified
    assert kind in {problem.kind for problem in checked.problems}


def test_a_sentence_that_cannot_be_read_back_is_not_verified(measured):
    assert not _verified(measured, SENTENCE).verified
    assert not verify(_report(measured, SENTENCE), {}).verified


def test_a_numeral_without_a_measurement_is_not_verified(measured):
    text = SENTENCE.text.replace("SUVmax 42.2", "SUVmax 42.2, ratio 20.1")
    checked = _verified(measured, replace(SENTENCE, text=text), READ_BACK)
    assert [(p.kind, p.quote) for p in checked.problems] == [("number", "20.1")]


def test_a_normal_statement_is_held_against_all_lesions(measured):
    normal = Sentence(lesion=None, section="abdomen_pelvis", text="No lesion in the spleen.")
    assert _verified(measured, normal, NO_SPLEEN).verified
    wrong = replace(NO_SPLEEN, region="liver", anatomy="liver", span=(0, 8))
    assert [p.kind for p in _verified(measured, normal, wrong).problems] == ["negation"]


def test_a_sentence_without_lesion_must_not_assert_one(measured):
    loose = Sentence(lesion=None, section="chest", text="Uptake in the spleen.")
    claim = Finding(anatomy="spleen", region="spleen", uptake="intense", type="lesion")
    assert [p.kind for p in _verified(measured, loose, claim).problems] == ["invented"]


NUMBER = st.floats(0.0, 1e6)
MAYBE = st.none() | NUMBER
SUV = st.builds(
    SuvClaim,
    stat=st.sampled_from(["max", "mean", "peak", "unspecified"]),
    value=MAYBE,
    low=MAYBE,
    high=MAYBE,
    op=st.sampled_from(["=", "~", "<", "<=", ">", ">=", "range"]),
    time=st.sampled_from(["current", "prior", "delayed"]),
)
ANYTHING = st.builds(
    Finding,
    anatomy=st.sampled_from(["", "t8 vertebra", "left axilla", "right hilum", "abdomen", "?"]),
    region=st.sampled_from(["other", "bone", "bone_spine", "axilla", "hilum", "liver", "bladder"]),
    laterality=st.sampled_from([None, "left", "right", "bilateral", "midline"]),
    type=st.sampled_from([None, "node", "mass", "uptake", "cyst", "focus"]),
    count=st.integers(0, 9) | st.just("multiple"),
    negated=st.booleans(),
    uptake=st.sampled_from([None, "intense", "mild", "none", "physiologic"]),
    suv=st.lists(SUV, max_size=3).map(tuple),
    size_mm=st.lists(
        st.builds(SizeClaim, dims=st.lists(NUMBER, max_size=4).map(tuple)), max_size=2
    ).map(tuple),
    mtv_ml=MAYBE,
    tlg=MAYBE,
    refs=st.lists(st.builds(ImageRef, image=st.none() | st.integers(0, 999)), max_size=2).map(
        tuple
    ),
    change=st.sampled_from([None, "new", "resolved"]),
    span=st.tuples(st.integers(0, 20), st.integers(0, 20)),
)


@given(st.lists(ANYTHING, max_size=6))
def test_any_claims_can_be_checked(measured, claims):
    mined = MinedText(id="", text="SUVmax 4.2, 12 mm x", lang="en", findings=tuple(claims))
    problems = check_claims(mined, measured)
    assert all(problem.message for problem in problems)
    assert len(problems) == len(set(problems))
    verify(_report(measured, SENTENCE), {0: mined})
