"""What a model is told beforehand: ranks and places, never measured figures."""

import re

from petscribe.phantom.exam import ExamOptions, make_exam
from petscribe.terms.anatomy import REGIONS
from petscribe.terms.briefs import exam_brief, lesion_briefs
from petscribe.truth import truth_of


def lesions():
    from petscribe.core.lesion import Lesion

    phantom = make_exam(21, light=True, options=ExamOptions(lesions=5))
    return [Lesion.from_dict(entry) for entry in truth_of(phantom)["lesions"]]


def test_every_lesion_has_one_line_with_its_rank():
    made = lesions()
    lines = lesion_briefs(made, lang="en", tracer="fdg")
    assert len(lines) == len(made)
    hottest = max(range(len(made)), key=lambda k: made[k].measurement.suv_max or 0.0)
    assert "heat 1;" in lines[hottest]
    assert sum("heat 1;" in line for line in lines) == 1


def test_no_measured_figure_is_told():
    for lang in ("en", "vi"):
        for line in lesion_briefs(lesions(), lang=lang, tracer="fdg"):
            assert not re.search(r"\d[.,]\d", line)


def test_what_lies_outside_is_told():
    assert "liver" in exam_brief(["lung"], lang="en", tracer="fdg")
    assert "liver" not in exam_brief(REGIONS, lang="en", tracer="fdg")
