"""The page: everything inside, nothing runs, nothing is loaded, hostile words stay words."""

import html

from petscribe.evaluation.run.evaluate import manifest_of
from petscribe.evaluation.run.page import to_html


def page(evaluation, **more):
    manifest = {**manifest_of(evaluation, {}), **more}
    return to_html({**evaluation.to_dict(), "manifest": manifest})


def test_every_score_and_every_floor_is_on_the_page(evaluation):
    text = page(evaluation)
    for name in (
        "pet_finding_score",
        "bleu_4",
        "constant template",
        "image shuffled",
        "bone spine",
    ):
        assert name in text
    assert text.count("<svg") >= 3
    assert "No floor nearest neighbour" in text


def test_the_page_loads_and_runs_nothing(evaluation):
    text = page(evaluation)
    assert "default-src 'none'" in html.unescape(text)
    assert "<script" not in text
    assert "http://" not in text
    assert "https://" not in text


def test_the_style_stands_as_it_is(evaluation):
    assert 'font: 15px/1.5 system-ui, -apple-system, "Segoe UI"' in page(evaluation)


def test_hostile_names_are_escaped(evaluation):
    evil = {"predictions": {"file": "<script>alert(1)</script>", "sha256": "0"}}
    text = page(evaluation, inputs=evil)
    assert "<script>" not in text
    assert "&lt;script&gt;" in text


def test_questions_have_a_table_by_kind(questioned):
    text = page(questioned)
    assert "kind of question" in text
    assert "yes_no" in text
