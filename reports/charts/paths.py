"""SVG paths of bars and lines. X is in steps (the first bar is between 0 and 1), y in pixels from the top. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

HEIGHT = 200  # pixels
MAX_BARS_WITH_GAPS = 120  # more bars have no space between them
MAX_DOTS = 62  # a line of more points has no dots

Values = Sequence[float | None]


@dataclass(frozen=True)
class YScale:
    """Converts values to pixels from the top, where the value is `top`."""

    top: float

    def __call__(self, value: float) -> float:
        return HEIGHT - HEIGHT * value / self.top


# -- bars --------------------------------------------------------------------------------------------------------


def stacked_heights(series: Sequence[Values]) -> list[float]:
    """The total height of stacked bars at each step."""
    return [sum(value or 0 for value in values) for values in zip(*series, strict=True)]


def stacked_bars(series: Sequence[Values], down: YScale) -> Iterator[str]:
    bases = [0.0] * len(series[0]) if series else []
    margin = _margin(len(bases))
    for values in series:
        parts = []
        for step, value in enumerate(values):
            if value:
                top = bases[step] + value
                parts.append(_bar(step + margin, 1 - 2 * margin, down(bases[step]), down(top)))
                bases[step] = top
        yield "".join(parts)


def grouped_bars(series: Sequence[Values], down: YScale) -> Iterator[str]:
    for index, values in enumerate(series):
        margin = _margin(len(values))
        width = (1 - 2 * margin) / len(series)
        lefts = (step + margin + index * width for step in range(len(values)))
        yield "".join(
            _bar(left, width, HEIGHT, down(value)) for left, value in zip(lefts, values, strict=True) if value
        )


def _margin(steps: int) -> float:
    """The space on each side of a step's bars, in steps."""
    return 0.12 if steps <= MAX_BARS_WITH_GAPS else 0


def _bar(left: float, width: float, bottom: float, top: float) -> str:
    x, w, y0, y1 = map(format_coordinate, (left, width, bottom, top))
    return f"M{x} {y0}V{y1}h{w}V{y0}z"


# -- lines -------------------------------------------------------------------------------------------------------


def step_line_path(values: Values, down: YScale) -> str:
    """A horizontal line over each step, connected between neighbours."""
    parts, broken = [], True
    for step, value in enumerate(values):
        if value is not None:
            y = format_coordinate(down(value))
            parts.append(f"M{step} {y}h1" if broken else f"V{y}h1")
        broken = value is None
    return "".join(parts)


def line_path(values: Values, down: YScale) -> str:
    """A line from the middle of each step to the middle of the next."""
    parts, broken = [], True
    for step, value in enumerate(values):
        if value is not None:
            parts.append(
                f"{'M' if broken else 'L'}{format_coordinate(step + 0.5)} {format_coordinate(down(value))}"
            )
        broken = value is None
    return "".join(parts)


def dot_path(values: Values, down: YScale) -> str:
    """Strokes without length, whose caps make dots: at all points of a short line, else at isolated points."""
    all_points = len(values) <= MAX_DOTS
    return "".join(
        f"M{format_coordinate(step + 0.5)} {format_coordinate(down(value))}h0"
        for step, value in enumerate(values)
        if value is not None and (all_points or _is_isolated(values, step))
    )


def _is_isolated(values: Values, step: int) -> bool:
    neighbours = (*values[max(step - 1, 0) : step], *values[step + 1 : step + 2])
    return all(value is None for value in neighbours)


def format_coordinate(value: float) -> str:
    """A coordinate with at most two decimals."""
    return f"{round(value, 2) + 0:g}"
