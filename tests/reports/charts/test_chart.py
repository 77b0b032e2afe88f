"""Geometry, table, description and HTML of charts."""

import re

import pytest
from django.template.loader import render_to_string

from reports.charts.chart import (
    MAX_BARS_WITH_BEFORE,
    MAX_HOVER_AREAS,
    AxisLabel,
    Chart,
    ChartSeries,
    XAxis,
    bar_chart,
    line_chart,
)
from reports.charts.paths import HEIGHT, MAX_BARS_WITH_GAPS, MAX_DOTS
from reports.charts.scales import Scale

BAR = re.compile(r"M([\d.]+) ([\d.]+)V([\d.]+)h([\d.]+)V([\d.]+)z")


def over(steps: int) -> XAxis:
    return XAxis(
        "Day", [f"Day {n}" for n in range(steps)], [AxisLabel(0, "first")], [AxisLabel(steps - 1, "last")]
    )


def bars(chart: Chart) -> list[list[tuple[float, float, float, float]]]:
    """The bars of each path as (left, width, bottom, top), in steps and pixels."""
    return [
        [(float(x), float(w), float(y0), float(y1)) for x, y0, y1, w, _ in BAR.findall(shape.path)]
        for shape in chart.bars
    ]


# -- bars --------------------------------------------------------------------------------------------------------


def test_bars_are_stacked() -> None:
    chart = bar_chart("texts", "Texts", over(2), [ChartSeries("Out", [6, 0]), ChartSeries("In", [4, 10])])
    assert [tick.text for tick in chart.ticks] == ["0", "2", "4", "6", "8", "10"]
    assert [tick.at for tick in chart.ticks] == ["200", "160", "120", "80", "40", "0"]
    out, inward = bars(chart)
    assert out == [(0.12, 0.76, HEIGHT, 80)]  # a zero has no bar
    assert inward == [(0.12, 0.76, 80, 0), (1.12, 0.76, HEIGHT, 0)]


def test_bars_are_grouped() -> None:
    chart = bar_chart("x", "X", over(1), [ChartSeries("A", [5]), ChartSeries("B", [10])], beside=True)
    assert bars(chart) == [[(0.12, 0.38, HEIGHT, 100)], [(0.5, 0.38, HEIGHT, 0)]]


def test_many_bars_have_no_gaps() -> None:
    chart = bar_chart(
        "x", "X", over(MAX_BARS_WITH_GAPS + 1), [ChartSeries("A", [1] * (MAX_BARS_WITH_GAPS + 1))]
    )
    assert bars(chart)[0][1][:2] == (1, 1)


def test_the_previous_period_is_cut_to_the_chart() -> None:
    """February before March is shorter, and January before February is longer."""
    shorter = bar_chart(
        "x", "X", over(3), [ChartSeries("A", [1, 1, 1])], before=ChartSeries("Before", [2, None])
    )
    assert shorter.before == "M0 0h1" and shorter.rows[2].cells == ("1", "–")
    longer = bar_chart("x", "X", over(1), [ChartSeries("A", [1])], before=ChartSeries("Before", [2, 9_999]))
    assert longer.before == "M0 0h1" and longer.total_row and longer.total_row.cells == ("1", "2")


def test_the_scale_includes_the_previous_period() -> None:
    chart = bar_chart("x", "X", over(2), [ChartSeries("A", [1, 2])], before=ChartSeries("Before", [100, 50]))
    assert chart.ticks[-1].text == "100" and chart.before == "M0 0h1V100h1"


@pytest.mark.parametrize("series", [[], [ChartSeries("A", [0, 0])], [ChartSeries("A", [None, None])]])
def test_an_empty_chart_has_a_scale(series: list[ChartSeries]) -> None:
    chart = bar_chart("x", "X", over(2), series)
    assert [tick.text for tick in chart.ticks] == ["0", "1"] and not "".join(
        shape.path for shape in chart.bars
    )


def test_with_many_steps_the_previous_period_is_only_in_the_table() -> None:
    many = [1] * (MAX_BARS_WITH_BEFORE + 1)
    chart = bar_chart("x", "X", over(len(many)), [ChartSeries("A", many)], before=ChartSeries("Before", many))
    assert (
        not chart.before
        and [key.label for key in chart.legend] == ["A"]
        and chart.head == ("Day", "A", "Before")
    )


# -- lines -------------------------------------------------------------------------------------------------------


def test_a_line_has_gaps_for_unknown_values() -> None:
    chart = line_chart("x", "X", over(6), [ChartSeries("A", [0, 5, None, 10, None, 10])])
    assert chart.lines[0].path == "M0.5 200L1.5 100M3.5 0M5.5 0"
    assert chart.dots[0].path == "M0.5 200h0M1.5 100h0M3.5 0h0M5.5 0h0"


def test_on_a_long_line_only_isolated_points_have_dots() -> None:
    values = [1.0, None, *[1.0] * MAX_DOTS]
    chart = line_chart("x", "X", over(len(values)), [ChartSeries("A", values)])
    assert chart.dots[0].path == "M0.5 0h0"


def test_each_series_has_its_look() -> None:
    many = [ChartSeries(str(n), [n]) for n in range(4)]
    assert [shape.look for shape in bar_chart("x", "X", over(1), many).bars] == [
        "one",
        "two",
        "three",
        "four",
    ]
    stop = bar_chart("x", "X", over(1), [ChartSeries("Opt-outs", [1], "stop"), ChartSeries("Opt-ins", [1])])
    assert [key.look for key in stop.legend] == ["stop", "two"]


# -- table, labels and description ---------------------------------------------------------------------------------


def test_the_table_has_every_value_and_a_total() -> None:
    chart = bar_chart("x", "X", over(2), [ChartSeries("Out", [1200, 1]), ChartSeries("In", [0, 4])])
    assert chart.head == ("Day", "Out", "In")
    assert [(row.name, row.cells) for row in chart.rows] == [("Day 0", ("1,200", "0")), ("Day 1", ("1", "4"))]
    assert chart.total_row and chart.total_row.cells == ("1,201", "4")


def test_shares_have_no_total() -> None:
    assert line_chart("x", "X", over(1), [ChartSeries("A", [1])], scale=Scale.SHARE).total_row is None


def test_the_description_has_the_maximum_of_each_series() -> None:
    chart = bar_chart("x", "X", over(2), [ChartSeries("Out", [1, 1200]), ChartSeries("In", [0, 0])])
    assert chart.description == "Out: at most 1,200 (Day 1). In: none."


def test_labels_are_below_the_middle_of_their_steps() -> None:
    chart = bar_chart("x", "X", over(4), [ChartSeries("A", [1] * 4)])
    assert [(each.at, each.text) for each in (*chart.wide, *chart.narrow)] == [
        ("12.5", "first"),
        ("87.5", "last"),
    ]


def test_few_steps_have_hover_texts() -> None:
    chart = bar_chart("x", "X", over(2), [ChartSeries("Out", [1, 2])])
    assert [hit.text for hit in chart.hover_areas] == ["Day 0\nOut: 1", "Day 1\nOut: 2"]
    assert not bar_chart(
        "x", "X", over(MAX_HOVER_AREAS + 1), [ChartSeries("Out", [1] * (MAX_HOVER_AREAS + 1))]
    ).hover_areas


# -- HTML --------------------------------------------------------------------------------------------------------


def test_the_picture_is_accessible_and_has_no_inline_style() -> None:
    chart = bar_chart(
        "texts", "Texts <b>", over(2), [ChartSeries("Out & in", [1, 2])], before=ChartSeries("Before", [1])
    )
    html = " ".join(render_to_string("reports/charts/chart.html", {"chart": chart}).split())
    assert 'role="img" aria-labelledby="texts-title texts-words"' in html
    assert '<title id="texts-title">Texts &lt;b&gt;</title>' in html
    assert '<desc id="texts-words">Out &amp; in: at most 2 (Day 1).' in html
    assert "style=" not in html and "<script" not in html and "<style" not in html
    used, patterns = set(re.findall(r"url\(#([\w-]+)\)", html)), re.findall(r'<pattern id="([\w-]+)"', html)
    assert used == set(patterns) and len(patterns) == len(set(patterns))
