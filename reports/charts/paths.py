"""Paths of bars and lines: across in steps, the first bar between 0 and 1, downwards in pixels from the top. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

HEIGHT = 200  # pixels
MAX_BARS_WITH_GAPS = 120  # so many bars have spaces between them
MAX_DOTS = 62  # so many points of a line are marked

Values = Sequence[float | None]


@dataclass(frozen=True)
class YScale:
    """Values to pixels from the top, which stands for `top`."""

    top: float

    def __call__(self, value: float) -> float:
        return HEIGHT - HEIGHT * value / self.top


# -- bars --------------------------------------------------------------------------------------------------------


def stacked_heights(series: Sequence[Values]) -> list[float]:
    """How high bars on top of each other reach at each step."""
    return [sum(value or 0 for value in values) for values in zip(*series, strict=True)]


def stacked_bars(series: Sequence[Values], down: YScale) -> Iterator[str]:
    ground = [0.0] * len(series[0]) if series else []
    margin = _margin(len(ground))
    for values in series:
        parts = []
        for step, value in enumerate(values):
            if value:
                reach = ground[step] + value
                parts.append(_bar(step + margin, 1 - 2 * margin, down(ground[step]), down(reach)))
                ground[step] = reach
        yield "".join(parts)


def grouped_bars(series: Sequence[Values], down: YScale) -> Iterator[str]:
    for place, values in enumerate(series):
        margin = _margin(len(values))
        width = (1 - 2 * margin) / len(series)
        lefts = (step + margin + place * width for step in range(len(values)))
        yield "".join(
            _bar(left, width, HEIGHT, down(value)) for left, value in zip(lefts, values, strict=True) if value
        )


def _margin(steps: int) -> float:
    """On each side of a step's bars."""
    return 0.12 if steps <= MAX_BARS_WITH_GAPS else 0


def _bar(left: float, width: float, bottom: float, top: float) -> str:
    return f"M{format_coordinate(left)} {format_coordinate(bottom)}V{format_coordinate(top)}h{format_coordinate(width)}V{format_coordinate(bottom)}z"


# -- lines -------------------------------------------------------------------------------------------------------


def step_line_path(values: Values, down: YScale) -> str:
    """A level over each step, joined where steps follow each other."""
    parts, broken = [], True
    for step, value in enumerate(values):
        if value is not None:
            parts.append(
                f"M{step} {format_coordinate(down(value))}h1"
                if broken
                else f"V{format_coordinate(down(value))}h1"
            )
        broken = value is None
    return "".join(parts)


def line_path(values: Values, down: YScale) -> str:
    """From the middle of each step to that of the next."""
    parts, broken = [], True
    for step, value in enumerate(values):
        if value is not None:
            parts.append(
                f"{'M' if broken else 'L'}{format_coordinate(step + 0.5)} {format_coordinate(down(value))}"
            )
        broken = value is None
    return "".join(parts)


def dot_path(values: Values, down: YScale) -> str:
    """Strokes without length, of which round or square ends make dots: each of a few, and what stands alone."""
    every = len(values) <= MAX_DOTS
    return "".join(
        f"M{format_coordinate(step + 0.5)} {format_coordinate(down(value))}h0"
        for step, value in enumerate(values)
        if value is not None and (every or _alone(values, step))
    )


def _alone(values: Values, step: int) -> bool:
    around = (*values[max(step - 1, 0) : step], *values[step + 1 : step + 2])
    return all(value is None for value in around)


def format_coordinate(value: float) -> str:
    """A number of a path: two digits behind the point at most."""
    return f"{round(value, 2) + 0:g}"
