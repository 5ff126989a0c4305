"""A report as plain text and as one self-contained HTML page.

The page loads nothing from anywhere: style, script and pictures are inside, and its content
security policy allows exactly those by hash. Everything from the exam (series names, segment
labels) is hostile until escaped: jinja2 escapes every value, and control, zero-width and
bidirectional characters are dropped. Knows records and templates; every word it prints comes from
`terms`.
"""

import base64
import hashlib
import json
import re
import textwrap
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from jinja2 import DictLoader, Environment, StrictUndefined, Template
from markupsafe import Markup

from petscribe.core.report import Report, Sentence
from petscribe.reporting.pictures import Pictures, page_width
from petscribe.reporting.tables import lesion_table, reference_table, set_aside_table, totals_list
from petscribe.terms.anatomy import SECTIONS
from petscribe.terms.figures import figure
from petscribe.terms.phrasebook import phrase
from petscribe.terms.phrasing import heading, label

TEXT_COLUMNS: Final = 100
MAX_LENGTH: Final = 20_000
"""No value of an exam is printed longer than this."""
_SPACE = re.compile(r"\s+")


def to_text(report: Report) -> str:
    """Return the report as plain text, 100 columns, sections in the fixed order."""
    return "\n".join(_text_lines(report)).rstrip() + "\n"


def clean(text: str) -> str:
    """Return a text without control, zero-width and bidirectional characters, and not endless."""
    kept = "".join(c for c in text if c == "\n" or not unicodedata.category(c).startswith("C"))
    return kept[:MAX_LENGTH]


def _text_lines(report: Report) -> Iterator[str]:
    lang = report.language
    title = _title(report)
    yield from (title, "=" * len(title), "")
    yield from (*_wrapped(f"{heading('notice', lang)}: {report.notice}"), "")
    yield from (heading("technique", lang).upper(), *_wrapped(report.technique), "")
    yield from (heading("findings", lang).upper(), "")
    for section, sentences in by_section(report):
        yield heading(section, lang)
        for sentence in sentences:
            yield from _sentence_lines(sentence, "- ", lang)
        yield ""
    yield heading("impression", lang).upper()
    for number, sentence in enumerate(report.impression, start=1):
        yield from _sentence_lines(sentence, f"{number}. ", lang)
    yield ""
    yield from _wrapped(_verified_count(report))
    yield from _wrapped(_made_by(report))
    if report.measured.warnings:
        yield from _wrapped(f"{heading('warnings', lang)}: {', '.join(report.measured.warnings)}")


def _sentence_lines(sentence: Sentence, bullet: str, lang: str) -> Iterator[str]:
    yield from _wrapped(sentence.text, first=bullet, rest=" " * len(bullet))
    for note in sentence.notes:
        yield from _wrapped(note, first="  ~ ", rest="    ")
    for problem in sentence.problems:
        said = f"{label('check', lang)}: {problem.message}"
        yield from _wrapped(said, first="  ! ", rest="    ")


def _wrapped(text: str, *, first: str = "", rest: str = "") -> list[str]:
    return textwrap.wrap(
        _SPACE.sub(" ", clean(text)).strip(),
        TEXT_COLUMNS,
        initial_indent=first,
        subsequent_indent=rest,
        break_on_hyphens=False,
    )


def by_section(report: Report) -> list[tuple[str, list[Sentence]]]:
    """Return the findings by section, in the fixed order, sections without a sentence left out."""
    grouped = {
        section: [s for s in report.findings if s.section == section] for section in SECTIONS
    }
    return [(section, sentences) for section, sentences in grouped.items() if sentences]


def to_html(report: Report, pictures: Pictures | None = None) -> str:
    """Return the report as one page that needs nothing else.

    Args:
        report: verified or not; a sentence that is not verified is marked as such.
        pictures: None: a page without pictures.
    """
    style, script = _asset("report.css"), _asset("report.js")
    return _template().render(
        report=report,
        lang=report.language,
        title=_title(report),
        policy=_policy(style, script),
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        pictures=_picture_values(report, pictures),
        sections=by_section(report),
        lesions=lesion_table(report.measured, report.language),
        set_aside=set_aside_table(report.measured, report.language),
        references=reference_table(report.measured, report.language),
        totals=totals_list(report.measured, report.language),
        open_ids={x.id for x in report.measured.physiologic},
        verified_count=_verified_count(report),
        made_by=_made_by(report),
        provenance=json.dumps(
            {"manifest": dict(report.manifest), "exam": dict(report.measured.exam)},
            indent=2,
            ensure_ascii=False,
        ),
        heading=lambda key: heading(key, report.language),
        label=lambda key: label(key, report.language),
        page=lambda *path, **slots: phrase(report.language, "page", *path).format(**slots),
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=DictLoader({"report.html": _asset("report.html")}),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html")


def _finalize(value: Any) -> Any:  # noqa: ANN401 - whatever a template prints
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _asset(name: str) -> str:
    return (files("petscribe.reporting") / "templates" / name).read_text("utf-8")


def _policy(style: str, script: str) -> str:
    """Return a policy that allows this style, this script and inline pictures, and nothing else."""
    return (
        f"default-src 'none'; img-src data:; style-src '{_hash(style)}'; "
        f"script-src '{_hash(script)}'; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"


def _title(report: Report) -> str:
    has_ct = report.measured.exam.get("ct_shape") is not None
    return heading("title" if has_ct else "title_pet", report.language)


def _verified_count(report: Report) -> str:
    sentences = (*report.findings, *report.impression)
    good = sum(sentence.verified for sentence in sentences)
    return phrase(report.language, "page", "verified_count").format(
        count=good, total=len(sentences)
    )


def _made_by(report: Report) -> str:
    return (
        phrase(report.language, "page", "made_by")
        .format(
            software=report.manifest.get("software", "petscribe"),
            version=report.manifest.get("version", ""),
        )
        .strip()
    )


def _picture_values(report: Report, pictures: Pictures | None) -> Mapping[str, Any] | None:
    if pictures is None:
        return None
    lang = report.language
    low, high = (figure(round(value, 1), lang) for value in pictures.window)
    unit = "SUV" if pictures.unit == "g/ml" else phrase(lang, "page", "relative")
    width = page_width(pictures.width, pictures.height)
    known = (*report.measured.lesions, *report.measured.physiologic)
    places = {x.id: x.location.words.get(lang, x.location.region) for x in known}
    return {
        "mip": _data_uri(pictures.mip_png),
        "unit": width / 700.0,
        "margin": (width - pictures.width) / 2.0,
        "width": pictures.width,
        "height": pictures.height,
        "marks": pictures.marks,
        "places": places,
        "caption": phrase(lang, "page", "mip_caption").format(unit=unit, low=low, high=high),
        "has_bone": pictures.has_bone,
        "thumbnails": {i: _data_uri(png) for i, png in pictures.thumbnails.items()},
    }


def _data_uri(png: bytes) -> Markup:
    return Markup("data:image/png;base64," + base64.b64encode(png).decode("ascii"))  # noqa: S704
