"""Random findings in the canonical form that a sentence gives back unchanged.

The canonical domain, which `petscribe.terms.sentences` states: `anatomy` is a name that the term
base prints, in the sentence's language, with its region and side; a node has the region of nodes
there; a denied finding says only what and where; `uptake` as type has a degree other than none;
one size per time, the current one first; no SUV has a site, and no SUV or image stands twice;
diagnoses are keys of the word list, reference organs of the phrase book. Numbers have the decimals
a report prints, or one more.
"""

from hypothesis import strategies as st

from petscribe.core.finding import (
    Diagnosis,
    Finding,
    ImageRef,
    SizeClaim,
    SuvClaim,
    UptakeRelation,
)
from petscribe.terms.anatomy import names_by_language
from petscribe.terms.phrasebook import phrases
from petscribe.terms.places import terms_by_text
from petscribe.terms.words import words

TYPES = ("nodule", "mass", "node", "nodal_mass", "lesion", "focus", "uptake", "thickening", "cyst")
UPTAKES = (
    *("intense", "increased", "moderate", "mild"),
    *("low", "none", "physiologic", "decreased"),
)
CHANGES = ("new", "increased", "decreased", "stable", "resolved")
CERTAINTIES = ("definite", "probable", "possible", "unlikely")


def hundredths(low: int, high: int) -> st.SearchStrategy[float]:
    """Return numbers with at most two decimals."""
    return st.integers(low, high).map(lambda n: n / 100) | st.integers(
        low // 10 + 1, high // 10
    ).map(lambda n: n / 10)


def suv_claims() -> st.SearchStrategy[SuvClaim]:
    stat = st.sampled_from(("max", "mean", "peak", "unspecified"))
    time = st.sampled_from(("current", "current", "prior", "delayed"))
    value = hundredths(10, 6000)
    single = st.builds(
        SuvClaim,
        stat=stat,
        value=value,
        op=st.sampled_from(("=", "=", "=", "~", "<", "<=", ">", ">=")),
        time=time,
    )
    spread = st.tuples(value, value).filter(lambda pair: pair[0] < pair[1])
    ranges = st.builds(
        lambda stat, pair, time: SuvClaim(
            stat=stat, value=None, low=pair[0], high=pair[1], op="range", time=time
        ),
        stat,
        spread,
        time,
    )
    return single | ranges


def dims() -> st.SearchStrategy[tuple[float, ...]]:
    length = st.integers(2, 250).map(float) | st.integers(20, 300).map(lambda n: n / 10)
    return st.lists(length, min_size=1, max_size=3).map(tuple)


@st.composite
def sizes(draw: st.DrawFn) -> tuple[SizeClaim, ...]:
    found = []
    for time in ("current", "prior"):
        if draw(st.booleans()):
            found.append(SizeClaim(dims=draw(dims()), time=time))
    return tuple(found)


def refs() -> st.SearchStrategy[ImageRef]:
    series = st.none() | st.integers(1, 12)
    single = st.builds(ImageRef, series=series, image=st.integers(1, 900))
    spans = st.builds(
        lambda series, image, more: ImageRef(series=series, image=image, image_end=image + more),
        series,
        st.integers(1, 900),
        st.integers(1, 20),
    )
    return single | spans


def diagnoses() -> st.SearchStrategy[tuple[Diagnosis, ...]]:
    labels = sorted({word.key for word in words("en") if word.kind == "diagnosis"})
    one = st.builds(
        Diagnosis, label=st.sampled_from(labels), certainty=st.sampled_from(CERTAINTIES)
    )
    return st.lists(one, max_size=2, unique_by=lambda dx: dx.label).map(tuple)


def relations() -> st.SearchStrategy[tuple[UptakeRelation, ...]]:
    organs = sorted(phrases("en")["references"])
    one = st.builds(
        UptakeRelation,
        organ=st.sampled_from(organs),
        relation=st.sampled_from(("above", "equal", "below")),
    )
    return st.lists(one, max_size=2, unique_by=lambda vs: vs.organ).map(tuple)


@st.composite
def places(draw: st.DrawFn, lang: str, kind: str | None) -> dict[str, str | None]:
    """Draw anatomy, region and laterality that belong together."""
    text = draw(st.sampled_from(sorted(names_by_language(lang))))
    term = terms_by_text(lang)[text]
    region = term.nodes if term.nodes and kind in {"node", "nodal_mass"} else term.region
    return {"anatomy": text, "region": region, "laterality": term.side}


@st.composite
def findings(draw: st.DrawFn, lang: str) -> Finding:
    """Draw a canonical finding whose words are of `lang`."""
    kind = draw(st.none() | st.sampled_from(TYPES))
    place = draw(places(lang, kind))
    if draw(st.integers(0, 5)) == 0:
        return Finding(**place, type=kind, negated=True)
    degrees = [u for u in UPTAKES if not (kind == "uptake" and u == "none")]
    return Finding(
        **place,
        type=kind,
        count=draw(st.just(1) | st.integers(2, 14) | st.just("multiple")),
        uptake=draw(st.none() | st.sampled_from(degrees)),
        suv=tuple(draw(st.lists(suv_claims(), max_size=3, unique=True))),
        size_mm=draw(sizes()),
        mtv_ml=draw(st.none() | hundredths(5, 90000)),
        tlg=draw(st.none() | hundredths(5, 900000)),
        refs=tuple(draw(st.lists(refs(), max_size=2, unique=True))),
        change=draw(st.none() | st.sampled_from(CHANGES)),
        dx=draw(diagnoses()),
        vs=draw(relations()),
    )
