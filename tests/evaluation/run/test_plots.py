"""Plots: numbers land where they belong, words are escaped."""

import re
import xml.etree.ElementTree as ET

import pytest

from petscribe.evaluation.run.plots import Mark, bar_plot, interval_plot, legend, shape_of

MARK = Mark(name="score", value=0.5, low=0.25, high=0.75, floors={"a": 0.0, "b": None})


def test_an_interval_is_drawn_around_its_value():
    svg = str(interval_plot([MARK]))
    low, high = map(float, re.search(r'class="range" x1="([\d.]+)" x2="([\d.]+)"', svg).groups())
    point = float(re.search(r'class="point" cx="([\d.]+)"', svg)[1])
    assert point == pytest.approx((low + high) / 2)


def test_plots_are_well_formed_and_escaped():
    evil = Mark(name="<script>&", value=0.5)
    for svg in (interval_plot([evil]), bar_plot({"<b>": 3}, title='"x"'), interval_plot([])):
        assert ET.fromstring(str(svg)).tag == "svg"
        assert "<script>" not in str(svg)


def test_unknown_values_draw_nothing():
    svg = str(interval_plot([Mark(name="x", value=None)]))
    assert "point" not in svg
    assert "range" not in svg


def test_each_floor_has_its_shape():
    names = ["a", "b"]
    assert shape_of(names, "a") != shape_of(names, "b")
    assert str(legend(["a_floor"])).count("a floor") == 1


def test_bars_are_as_long_as_their_counts():
    widths = re.findall(
        r'class="bar"[^>]* width="([\d.]+)"', str(bar_plot({"a": 2, "b": 4}, title=""))
    )
    assert float(widths[1]) == pytest.approx(2 * float(widths[0]))
