"""The three forms of a report: complete, self-contained, harmless."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from petscribe.core.report import Problem, Report, Sentence
from petscribe.reporting.assemble import draft
from petscribe.reporting.pictures import draw_pictures
from petscribe.reporting.render import clean, to_html, to_text

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7*7 }}\u202e\u200b\x00'


class _Page(HTMLParser):
    """Collects tags, attributes and ids of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.attributes if key == name]


@pytest.fixture
def page(scan) -> str:
    return to_html(scan.report, draw_pictures(scan.pet, scan.ct, scan.mask, scan.report))


@pytest.fixture
def fixed(measured) -> Report:
    """A report whose sentences do not change when the term base's wording does."""
    problem = Problem(
        kind="number",
        quote="9.9",
        span=(26, 29),
        lesion=2,
        message="the text says SUVmax 9.9, measured 12.64",
    )
    mass = "Mass in the right hilum, 6.4 x 4.1 cm, SUVmax 42.2 (image 88)."
    nodule = "Left adrenal nodule, SUVmax 9.9."
    return Report(
        measured=measured,
        language="en",
        technique="PET/CT with F-18 FDG, injected activity 345 MBq.",
        findings=(
            Sentence(lesion=1, section="chest", text=mass, verified=True),
            Sentence(lesion=None, section="chest", text="No lesion in the lungs.", verified=True),
            Sentence(lesion=2, section="abdomen_pelvis", text=nodule, problems=(problem,)),
        ),
        impression=(
            Sentence(
                lesion=1,
                section="chest",
                text="Mass in the right hilum.",
                evidence={"lesions": [1, 4]},
                verified=True,
            ),
        ),
        notice="Research use only.",
        manifest={"software": "petscribe", "version": "0.0.0"},
    )


def test_text_is_as_it_was(fixed, snapshot):
    assert to_text(fixed) == snapshot


def test_html_body_is_as_it_was(fixed, snapshot):
    html = to_html(fixed)
    assert html[html.index("<body>") : html.index("<script>")] == snapshot


def test_text_fits_its_columns_and_holds_every_sentence(verified):
    text = to_text(verified)
    assert max(len(line) for line in text.splitlines()) <= 100
    flat = " ".join(text.split())
    for sentence in (*verified.findings, *verified.impression):
        assert sentence.text in flat
    assert verified.findings[0].problems[0].message in flat


def test_json_is_the_contract(report):
    data = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    assert {"lesions", "findings", "sections", "impression", "manifest", "verified"} <= set(data)
    assert data["findings"][0]["verified"] is False


def test_the_page_loads_nothing_from_anywhere(page):
    parsed = _Page(page)
    for name in ("src", "href", "xlink:href", "action", "srcset"):
        for value in parsed.values(name):
            assert value.startswith(("data:image/png;base64,", "#"))
    assert not {"link", "iframe", "object", "form", "base"} & set(parsed.tags)
    assert "url(" not in page


def test_the_policy_allows_exactly_the_pages_own_style_and_script(page):
    policy = _Page(page).values("content")[0]
    assert policy.startswith("default-src 'none'; img-src data:;")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        (body,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert not _Page(page).values("style")
    assert not [name for name, _ in _Page(page).attributes if name.startswith("on")]


def test_every_link_leads_somewhere(page):
    parsed = _Page(page)
    ids = parsed.values("id")
    assert len(ids) == len(set(ids))
    assert {value[1:] for value in parsed.values("href") if value.startswith("#")} <= set(ids)


def test_pictures_have_words(page):
    parsed = _Page(page)
    assert len(parsed.values("alt")) == parsed.tags.count("img") == 2
    assert all(parsed.values("alt"))
    assert "Coronal maximum intensity projection" in page


def test_text_from_the_exam_cannot_break_out(measured, scan):
    hostile_lesion = replace(
        measured.lesions[0],
        reason=HOSTILE,
        name=HOSTILE,
        location=replace(measured.lesions[0].location, words={"en": HOSTILE, "vi": HOSTILE}),
    )
    hostile = replace(
        measured,
        lesions=(hostile_lesion,),
        physiologic=(replace(hostile_lesion, id=9, verdict="undecided"),),
        warnings=(HOSTILE,),
        exam={
            **measured.exam,
            "tracer": "other",
            "tracer_text": HOSTILE,
            "manufacturer": HOSTILE,
            "study_date": HOSTILE,
        },
    )
    report = draft(hostile, "en", manifest={"version": HOSTILE})
    pictures = draw_pictures(scan.pet, scan.ct, scan.mask, scan.report)
    pictures = replace(pictures, marks=pictures.marks[:1])
    html = to_html(report, pictures)
    parsed = _Page(html)
    assert parsed.tags.count("script") == 1
    assert not [name for name, _ in parsed.attributes if name.startswith("on")]
    assert "49" not in parsed.values("content")[0]
    assert not {"\u202e", "\u200b", "\x00"} & set(html)
    assert not {"\u202e", "\u200b", "\x00"} & set(to_text(report))


def test_unverified_sentences_are_visibly_marked(verified):
    html = to_html(verified)
    assert html.count('class="sentence unverified"') == 1
    assert "Does not agree with the measurements" in html
    assert "the text says left, measured right hilum" in html


def test_the_notice_is_prominent_in_both_languages(measured):
    for lang, words in (("en", "not a medical device"), ("vi", "không phải thiết bị y tế")):
        report = draft(measured, lang, manifest={})
        html = to_html(report)
        assert f'<html lang="{lang}">' in html
        assert html.index(words) < html.index("<main>")
        assert words in " ".join(to_text(report).split())


def test_every_word_is_translated(measured):
    plain = replace(measured, reference_regions={})
    html = to_html(draft(plain, "vi", manifest={}))
    visible = re.sub(r"<(style|script|pre)>.*?</\1>", "", html, flags=re.DOTALL)
    for word in ("Lesion", "Finding", "Impression", "Image", "verified", "right", "Warnings"):
        assert word not in re.sub(r"<[^>]*>", " ", visible)


def test_nothing_invisible_is_printed():
    assert clean("a\u202eb\u200bc\x07d\ne") == "abcd\ne"
    assert len(clean("x" * 100_000)) == 20_000
