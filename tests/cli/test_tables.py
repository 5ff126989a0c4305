"""Tables for people say the same numbers as the JSON."""

import pytest

from petscribe.cli.tables import print_inspection, print_lesions, print_problems
from petscribe.core.exam import SeriesInfo
from petscribe.core.lesion import Lesion, Location, Measurement
from petscribe.core.report import Measured, Problem, Totals

LESION = Lesion(
    id=1,
    measurement=Measurement(
        mtv_ml=2.28,
        long_axis_mm=21.0,
        short_axis_mm=14.0,
        centroid_lps_mm=(1.0, 2.0, 3.0),
        hottest_lps_mm=(1.0, 2.0, 3.0),
        slice_pet=12,
        slice_ct=None,
        suv_max=4.426,
    ),
    location=Location(
        section="head_neck",
        region="tonsil",
        organ=None,
        laterality="left",
        level=None,
        words={"en": "left tonsil [approx.]"},
        confidence=0.6,
        source="built-in",
    ),
)


def test_the_lesion_table_holds_place_and_numbers(capsys: pytest.CaptureFixture[str]):
    measured = Measured(
        exam={},
        lesions=(LESION,),
        physiologic=(),
        reference_regions={},
        totals=Totals(lesions=1, mtv_ml=2.28, tlg_g=None),
        coverage=(),
    )
    print_lesions(measured)
    out = capsys.readouterr().out
    assert "4.43" in out
    assert "[approx.]" in out
    assert "1 lesions, MTV 2.3 ml" in out


def test_a_series_description_is_text_not_markup(capsys: pytest.CaptureFixture[str]):
    series = SeriesInfo(
        uid="1.2",
        modality="PT",
        description="[red]AC[/red]",
        instances=3,
        role="pet",
        used=False,
        skipped_because="[bold]because",
    )
    print_inspection([series])
    assert "[red]AC" in capsys.readouterr().out


def test_agreement_is_said(capsys: pytest.CaptureFixture[str]):
    print_problems([])
    assert "agrees" in capsys.readouterr().out


def test_a_contradiction_is_quoted(capsys: pytest.CaptureFixture[str]):
    problem = Problem(kind="number", quote="SUVmax 9.9", span=(0, 10), lesion=1, message="is 4.4")
    print_problems([problem])
    out = capsys.readouterr().out
    assert "number: is 4.4" in out
    assert '"SUVmax 9.9"' in out
