"""Scales: ticks and values as text."""

from itertools import pairwise

import pytest

from reports.charts.scales import Scale, format_compact, format_duration, format_percent

TICKS = [
    (Scale.COUNT, 0, [0, 1]),
    (Scale.COUNT, 1, [0, 1]),
    (Scale.COUNT, 3, [0, 1, 2, 3]),
    (Scale.COUNT, 6, [0, 2, 4, 6]),
    (Scale.COUNT, 7, [0, 2, 4, 6, 8]),
    (Scale.COUNT, 10, [0, 2, 4, 6, 8, 10]),
    (Scale.COUNT, 11, [0, 5, 10, 15]),
    (Scale.COUNT, 1_999, [0, 500, 1000, 1500, 2000]),
    (Scale.COUNT, 2_345_678, [0, 500_000, 1_000_000, 1_500_000, 2_000_000, 2_500_000]),
    (Scale.RATE, 0.3, [0, 0.1, 0.2, 0.3]),
    (Scale.RATE, 0.0042, [0, 0.001, 0.002, 0.003, 0.004, 0.005]),
    (Scale.RATE, 4.2, [0, 1, 2, 3, 4, 5]),
    (Scale.SHARE, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]),
    (Scale.SHARE, 0.07, [0, 0.02, 0.04, 0.06, 0.08]),
    (Scale.SECONDS, 0, [0, 1]),
    (Scale.SECONDS, 50, [0, 10, 20, 30, 40, 50]),
    (Scale.SECONDS, 100, [0, 30, 60, 90, 120]),
    (Scale.SECONDS, 3_700, [0, 900, 1800, 2700, 3600, 4500]),
    (Scale.SECONDS, 500_000, [0, 172_800, 345_600, 518_400]),
    (Scale.SECONDS, 86_400 * 900, [86_400 * n for n in (0, 200, 400, 600, 800, 1000)]),
]


@pytest.mark.parametrize(("scale", "most", "ticks"), TICKS)
def test_ticks(scale: Scale, most: float, ticks: list[float]) -> None:
    assert list(scale.ticks(most)) == ticks


@pytest.mark.parametrize("scale", Scale)
def test_ticks_are_few_and_even_and_cover_the_maximum(scale: Scale) -> None:
    for power in range(-3, 8):
        for digit in (1, 1.01, 1.5, 2, 3.3, 4.99, 5, 7, 9.999):
            most = digit * 10**power
            ticks = scale.ticks(most)
            assert ticks[0] == 0 and ticks[-1] >= most * (1 - 1e-8), most
            assert 2 <= len(ticks) <= 6, most
            steps = [after - before for before, after in pairwise(ticks)]
            assert max(steps) == pytest.approx(min(steps)), most
            assert len({scale.format_tick(tick) for tick in ticks}) == len(ticks), most
            assert all(len(scale.format_tick(tick)) <= 8 for tick in ticks), most


WORDS = [
    (Scale.COUNT, 1_234_567, "1,234,567"),
    (Scale.COUNT, 0, "0"),
    (Scale.RATE, 0.5, "0.50"),
    (Scale.RATE, 1234.567, "1,234.57"),
    (Scale.SHARE, 0.5, "50%"),
    (Scale.SECONDS, 90, "1 min 30 s"),
    *((scale, None, "–") for scale in Scale),
]


@pytest.mark.parametrize(("scale", "value", "words"), WORDS)
def test_values_as_text(scale: Scale, value: float | None, words: str) -> None:
    assert scale.format_value(value) == words


@pytest.mark.parametrize(("value", "words"), [
    (0, "0"), (7, "7"), (0.25, "0.25"), (950, "950"), (1_200, "1,200"), (9_999, "9,999"), (10_000, "10k"),
    (12_500, "12.5k"), (1_500_000, "1.5M"), (2e9, "2B"), (3e12, "3T"),
])  # fmt: skip
def test_compact(value: float, words: str) -> None:
    assert format_compact(value) == words


@pytest.mark.parametrize(("share", "words"), [
    (None, "–"), (0, "0%"), (0.00001, "<0.1%"), (0.001, "0.1%"), (0.5, "50%"), (0.9823, "98.2%"), (0.999, "99.9%"),
    (0.99999, ">99.9%"), (1, "100%"),
])  # fmt: skip
def test_percent(share: float | None, words: str) -> None:
    """One failed text in a million is not 100%."""
    assert format_percent(share) == words


@pytest.mark.parametrize(("seconds", "words"), [
    (None, "–"), (0, "0 s"), (0.3, "under 1 s"), (1, "1 s"), (59.4, "59 s"), (59.6, "1 min"), (60, "1 min"),
    (61, "1 min 1 s"), (3_599, "59 min 59 s"), (3_600, "1 h"), (3_661, "1 h 1 min"), (86_399, "23 h 59 min"),
    (86_400, "1 d"), (90_000, "1 d 1 h"), (864_000 * 1000, "10,000 d"),
])  # fmt: skip
def test_duration(seconds: float | None, words: str) -> None:
    assert format_duration(seconds) == words


@pytest.mark.parametrize(("seconds", "words"), [
    (0, "0 s"), (30, "30 s"), (90, "90 s"), (120, "2 min"), (5_400, "90 min"), (7_200, "2 h"), (129_600, "36 h"),
    (172_800, "2 d"),
])  # fmt: skip
def test_time_ticks_have_one_unit(seconds: float, words: str) -> None:
    assert Scale.SECONDS.format_tick(seconds) == words
