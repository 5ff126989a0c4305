"""A finding as one sentence, in English or Vietnamese: the exact inverse of `mining.rules`.

Grammar is here, words are in `lexicon/phrases.<lang>.json`. One order for both languages: what,
how avid, where; then size, SUV, volume, TLG, comparison with reference organs, change, diagnosis;
images in parentheses last. Any finding can be said; what mining reads back unchanged is a finding
in canonical form:

- `anatomy` is lower case, in the sentence's language and says `laterality`;
- a negated finding says only what and where;
- `uptake` as type has a degree other than none; thickening and uptake may be counted;
- one size per time, the current one first; an SUV has no `site`; no SUV or image stands twice;
- diagnoses are keys of `words.<lang>.tsv`, reference organs of the phrase book.
"""

import re
from functools import cache

from petscribe.core.finding import Finding, ImageRef, SizeClaim, SuvClaim
from petscribe.terms.figures import figure, size_figure, volume_figure
from petscribe.terms.phrasebook import capitalised, phrase, phrases
from petscribe.terms.places import place_of
from petscribe.terms.words import words


def sentence(finding: Finding, lang: str, *, tracer: str = "fdg") -> str:
    """Return the finding as one sentence.

    Args:
        finding: any finding of the schema.
        lang: `en` or `vi`; the finding's own words are translated where they are of the other.
        tracer: of `core.exam.Tracer`.
    """
    parts = [_subject(finding, lang, tracer), *_details(finding, lang)]
    text = ", ".join(parts) + _refs(finding.refs, lang) + phrase(lang, "sentence_end")
    return capitalised(text)


def tracer_name(tracer: str, lang: str) -> str:
    """Return the tracer as it stands in a sentence: `FDG`, `PSMA`, ..."""
    return str(phrases(lang)["tracers"].get(tracer, phrase(lang, "tracers", "other")))


def uptake_words(tracer: str, lang: str) -> dict[str, str]:
    """Return what the slots `tracer` and `uptake` of a phrase stand for."""
    name = tracer_name(tracer, lang)
    of = phrases(lang)["uptake_of"]
    return {"tracer": name, "uptake": str(of.get(tracer, of[""])).format(tracer=name)}


def with_article(place: str, lang: str) -> str:
    """Return the place with the article it takes, in its usual capitals (`t8` -> `T8`)."""
    articles = phrases(lang)["articles"]
    lower = place.lower()
    fitting = max((start for start in articles if lower.startswith(start)), key=len)
    return f"{articles[fitting]}{in_capitals(place, lang)}"


def in_capitals(place: str, lang: str) -> str:
    """Return a place with its abbreviations in capitals: `T8`, `4R`, `IIA`, `AP window`."""
    return _capitals(lang).sub(lambda found: found[0].upper(), place)


def diagnosis_words(label: str, lang: str) -> str:
    """Return a diagnosis in the words of `lang`; a label that is not known stays as it is."""
    return _diagnoses(lang).get(label, label)


def _subject(finding: Finding, lang: str, tracer: str) -> str:
    slots = uptake_words(tracer, lang)
    place = with_article(place_of(finding, lang), lang)
    if finding.negated:
        return _negated(finding, lang, slots).format(place=place, **slots)
    count = _count(finding, lang)
    slots |= {
        "place": place,
        "count": count,
        "new": phrase(lang, "new") if finding.change == "new" else "",
    }
    if finding.type == "uptake" and finding.uptake != "none":
        noun = str(phrases(lang)["uptake_nouns"][finding.uptake or ""]).format(**slots)
        areas = phrase(lang, "areas") if count else ""
        return phrase(lang, "uptake_subject").format(noun=areas + noun, **slots)
    template, noun = _noun(finding, lang)
    book, uptake = phrases(lang), finding.uptake or ""
    return template.format(
        noun=noun,
        before=str(book["before"].get(uptake, "")).format(**slots),
        after=str(book["after"].get(uptake, "")).format(**slots),
        **slots,
    )


def _negated(finding: Finding, lang: str, slots: dict[str, str]) -> str:
    avid = phrase(lang, "negated_avid").format(**slots)
    if finding.type == "uptake":
        return phrase(lang, "negated_uptake").replace("{avid}", avid)
    noun = phrase(lang, "negated_abnormality")
    if finding.type is not None:
        noun = phrases(lang)["nouns"][finding.type][0]
    return phrase(lang, "negated").replace("{avid}", avid).replace("{noun}", noun)


def _noun(finding: Finding, lang: str) -> tuple[str, str]:
    """Return the sentence's template and its noun."""
    book = phrases(lang)
    kind = "" if finding.type in {None, "uptake"} else str(finding.type)
    single, plural = book["nouns"][kind]
    return str(book["subject"]), single if finding.count == 1 else plural


def _count(finding: Finding, lang: str) -> str:
    if finding.count == 1:
        return ""
    if finding.count == "multiple":
        return f"{phrase(lang, 'multiple')} "
    number_words = phrases(lang)["count_words"]
    if 2 <= finding.count < len(number_words):
        return f"{number_words[finding.count]} "
    return f"{finding.count} "


def _details(finding: Finding, lang: str) -> list[str]:
    book = phrases(lang)
    details = [_size(size, lang) for size in finding.size_mm if size.dims]
    details += [_suv(claim, lang) for claim in finding.suv]
    if finding.mtv_ml is not None:
        details.append(str(book["mtv"]).format(value=volume_figure(finding.mtv_ml, lang)))
    if finding.tlg is not None:
        details.append(str(book["tlg"]).format(value=volume_figure(finding.tlg, lang)))
    for relation in finding.vs:
        organ = book["references"].get(relation.organ, relation.organ.replace("_", " "))
        details.append(phrase(lang, "vs", relation.relation).format(organ=organ))
    if finding.change not in {None, "new"}:
        details.append(phrase(lang, "change", str(finding.change)))
    for diagnosis in finding.dx:
        label = diagnosis_words(diagnosis.label, lang)
        details.append(phrase(lang, "dx", diagnosis.certainty).format(label=label))
    return details


def _size(size: SizeClaim, lang: str) -> str:
    figures = size_figure(size.dims, lang, in_cm=bool(phrases(lang)["size_unit_cm"]))
    return phrase(lang, "size_times", size.time).format(size=figures)


def _suv(claim: SuvClaim, lang: str) -> str:
    values = {
        name: "" if value is None else figure(value, lang, decimals=1)
        for name, value in (("value", claim.value), ("low", claim.low), ("high", claim.high))
    }
    stat = phrase(lang, "stats", claim.stat)
    text = phrase(lang, "operators", claim.op).format(stat=stat, **values)
    if claim.site:
        text = phrase(lang, "suv_site").format(suv=text, site=claim.site)
    return phrase(lang, "suv_times", claim.time).format(suv=text)


def _refs(refs: tuple[ImageRef, ...], lang: str) -> str:
    said = [text for ref in refs if (text := _ref(ref, lang))]
    return f"{phrase(lang, 'ref_open')}{'; '.join(said)})" if said else ""


def _ref(ref: ImageRef, lang: str) -> str:
    parts: list[str] = []
    if ref.series is not None:
        parts.append(phrase(lang, "ref_series").format(series=ref.series))
    if ref.image is not None:
        name = "ref_image" if ref.image_end is None else "ref_images"
        parts.append(phrase(lang, name).format(image=ref.image, image_end=ref.image_end))
    return ", ".join(parts)


@cache
def _capitals(lang: str) -> re.Pattern[str]:
    return re.compile("|".join(phrases(lang)["upper"]), re.IGNORECASE)


@cache
def _diagnoses(lang: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for word in words(lang):
        if word.kind == "diagnosis":
            found.setdefault(word.key, word.text)
    return found
