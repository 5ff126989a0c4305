"""What a report says besides its lesions: technique, comparison, normal and physiologic uptake.

Every text is a phrase of `lexicon/statements.<lang>.json`. Technique says only what the header
says; what is absent is "not stated". A normal statement reads back as denied findings, a
physiologic one as physiologic uptake. Knows nothing of which statements are true.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from petscribe.core.report import Totals
from petscribe.terms.anatomy import ORGANS, SECTIONS, name, section_of
from petscribe.terms.figures import figure, rounded, shown_ml, volume_figure
from petscribe.terms.phrasebook import capitalised, listed, phrase, phrases
from petscribe.terms.sentences import in_capitals, tracer_name, uptake_words, with_article

_LONGEST_HEADER: Final = 64
"""Characters; DICOM's long string (LO) holds as many."""


def technique(exam: Mapping[str, Any], lang: str, *, coverage: Collection[str] = ()) -> str:
    """Return the technique paragraph.

    Args:
        exam: the `exam` object of the `measure` contract.
        lang: `en` or `vi`.
        coverage: regions inside the field of view; empty when not known.
    """
    facts = [_tracer_fact(exam, lang), *_header_facts(exam, lang)]
    sentences = [f"{', '.join(facts)}.", _suv_statement(exam, lang), _ct_statement(exam, lang)]
    if coverage:
        said = phrase(lang, "field_of_view").format(sections=_sections(coverage, lang))
        sentences.append(said)
    return " ".join(sentences)


def comparison(lang: str) -> str:
    """Return the comparison sentence of an exam without a prior."""
    return phrase(lang, "comparison")


def normal_statement(regions: Sequence[str], lang: str, *, tracer: str = "fdg") -> str:
    """Return the sentence that denies abnormal uptake in these regions (at least one)."""
    names = phrases(lang)["normal_names"]
    places = [str(names.get(key) or name(key, lang)) for key in regions]
    said = _place_list(places, lang, word="or")
    return phrase(lang, "normal").format(places=said, **uptake_words(tracer, lang))


def physiologic_statement(keys: Sequence[str], lang: str, *, tracer: str = "fdg") -> str:
    """Return the sentence that calls uptake in these places physiologic.

    Args:
        keys: organ or region keys (at least one); both sides of a pair are said as one.
        lang: `en` or `vi`.
        tracer: of `core.exam.Tracer`.
    """
    places = _place_list(_paired_names(keys, lang), lang, word="and")
    slots = uptake_words(tracer, lang)
    slots["Uptake"] = capitalised(slots["uptake"])
    return phrase(lang, "physiologic").format(places=places, **slots)


def undecided_statement(lang: str) -> str:
    """Return the sentence that follows uptake of which it is not clear whether it is normal."""
    return phrase(lang, "undecided")


def outside_statement(sections: Sequence[str], lang: str) -> str:
    """Return the sentence that names sections outside the field of view."""
    names = [_heading_in_text(section, lang) for section in sections]
    return phrase(lang, "outside").format(sections=", ".join(names))


def nothing_found(lang: str, *, tracer: str = "fdg", with_suv: bool = True) -> str:
    """Return the impression of an exam without a lesion."""
    text = phrase(lang, "nothing_found" if with_suv else "nothing_found_relative")
    return text.format(**uptake_words(tracer, lang))


def totals_statement(totals: Totals, lang: str) -> str:
    """Return the sentence about number, volume and TLG of all lesions."""
    forms = phrases(lang)["lesion_count"]
    count = forms[0] if totals.lesions == 1 else str(forms[1]).format(count=totals.lesions)
    tlg = ""
    if totals.tlg_g is not None:
        value = volume_figure(shown_ml(totals.tlg_g), lang)
        tlg = phrase(lang, "totals_tlg").format(tlg=value)
    mtv = volume_figure(shown_ml(totals.mtv_ml), lang)
    return phrase(lang, "totals").format(count=count, mtv=mtv, tlg=tlg)


def research_notice(lang: str) -> str:
    """Return the research notice."""
    return phrase(lang, "notice")


def heading(key: str, lang: str) -> str:
    """Return a heading: `technique`, `findings`, a section, `lesions`, ..."""
    return phrase(lang, "headings", key)


def table_headers(lang: str) -> Mapping[str, str]:
    """Return the headers of the lesion table by column."""
    headers: Mapping[str, str] = phrases(lang)["columns"]
    return headers


def label(key: str, lang: str) -> str:
    """Return a small word of the report's frame: `verified`, `right_short`, `mip_alt`, ..."""
    return phrase(lang, "labels", key)


def _tracer_fact(exam: Mapping[str, Any], lang: str) -> str:
    modality = phrase(lang, "technique_ct" if exam.get("ct_shape") else "technique_pet")
    known = exam.get("tracer") not in {None, "unknown", "other"}
    tracer = tracer_name(str(exam["tracer"]), lang) if known else _header(exam, "tracer_text")
    nuclide = _header(exam, "radionuclide")
    if nuclide and tracer and nuclide not in tracer:
        tracer = f"{nuclide} {tracer}"
    tracer = tracer or nuclide or phrase(lang, "tracer_unknown")
    return phrase(lang, "technique_tracer").format(modality=modality, tracer=tracer)


def _header_facts(exam: Mapping[str, Any], lang: str) -> list[str]:
    activity, uptake = exam.get("injected_activity_bq"), exam.get("uptake_time_s")
    facts = [
        _fact("activity", None if activity is None else rounded(activity / 1e6, 0), lang),
        _fact("uptake_time", None if uptake is None else rounded(uptake / 60.0, 0), lang),
        _fact("weight", exam.get("weight_kg"), lang),
    ]
    if exam.get("glucose_mmol_l") is not None:
        facts.append(_fact("glucose", rounded(exam["glucose_mmol_l"], 1), lang))
    scanner = f"{_header(exam, 'manufacturer')} {_header(exam, 'scanner_model')}".strip()
    if scanner:
        facts.append(phrase(lang, "technique", "scanner").format(value=scanner))
    return facts


def _header(exam: Mapping[str, Any], key: str) -> str:
    """Return a header's own words on one line, cut where nobody would read on."""
    text = "".join(c for c in str(exam.get(key) or "") if c.isprintable() or c.isspace())
    return " ".join(text.split())[:_LONGEST_HEADER]


def _fact(key: str, value: float | None, lang: str) -> str:
    text = phrase(lang, "not_stated")
    if value is not None:
        text = phrase(lang, "units", key).format(value=figure(rounded(value, 1), lang))
    return phrase(lang, "technique", key).format(value=text)


def _suv_statement(exam: Mapping[str, Any], lang: str) -> str:
    suv: Mapping[str, Any] = exam.get("suv") or {}
    if exam.get("unit") == "g/ml":
        return phrase(lang, "suv_done")
    code = suv.get("refused") or phrase(lang, "not_stated")
    return phrase(lang, "suv_refused").format(code=code)


def _ct_statement(exam: Mapping[str, Any], lang: str) -> str:
    if not exam.get("ct_shape"):
        return phrase(lang, "ct_absent")
    known = {True: "ct_contrast", False: "ct_plain"}
    return phrase(lang, known.get(exam.get("ct_contrast"), "ct_present"))  # type: ignore[arg-type]


def _sections(coverage: Collection[str], lang: str) -> str:
    covered = {section_of(region) for region in coverage if region != "other"}
    return ", ".join(_heading_in_text(s, lang) for s in SECTIONS if s in covered)


def _heading_in_text(section: str, lang: str) -> str:
    text = heading(section, lang)
    return text[:1].lower() + text[1:]


def _place_list(places: list[str], lang: str, *, word: str) -> str:
    """Return `the brain, heart and both kidneys`: one article serves all."""
    rest = [in_capitals(place, lang) for place in places[1:]]
    return listed([with_article(places[0], lang), *rest], lang, word=word)


def _paired_names(keys: Sequence[str], lang: str) -> list[str]:
    """Return the names of these keys, both sides of a pair as one, each once, in order."""
    bases = [(ORGANS[key].base, key) if key in ORGANS else (key, key) for key in keys]
    said: dict[str, str] = {}
    for base, key in bases:
        sides = {ORGANS[k].side for b, k in bases if b == base and k in ORGANS}
        both = {"left", "right"} <= sides and ORGANS[key].names[lang].both
        said.setdefault(base, str(both) if both else name(key, lang))
    return list(dict.fromkeys(said.values()))
