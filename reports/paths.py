"""Paths of bars and lines: across in steps, the first bar between 0 and 1, downwards in pixels from the top. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

HEIGHT = 200  # pixels
GAPS = 120  # so many bars have spaces between them
DOTS = 62  # so many points of a line are marked

Values = Sequence[float | None]


@dataclass(frozen=True)
class Down:
    """Values to pixels from the top, which stands for `top`."""

    top: float

    def __call__(self, value: float) -> float:
        return HEIGHT - HEIGHT * value / self.top


# -- bars --------------------------------------------------------------------------------------------------------


def stacked(series: Sequence[Values]) -> list[float]:
    """How high bars on top of each other reach at each step."""
    return [sum(value or 0 for value in values) for values in zip(*series, strict=True)]


def on_top(series: Sequence[Values], down: Down) -> Iterator[str]:
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


def beside_each_other(series: Sequence[Values], down: Down) -> Iterator[str]:
    for place, values in enumerate(series):
        margin = _margin(len(values))
        width = (1 - 2 * margin) / len(series)
        lefts = (step + margin + place * width for step in range(len(values)))
        yield "".join(
            _bar(left, width, HEIGHT, down(value)) for left, value in zip(lefts, values, strict=True) if value
        )


def _margin(steps: int) -> float:
    """On each side of a step's bars."""
    return 0.12 if steps <= GAPS else 0


def _bar(left: float, width: float, bottom: float, top: float) -> str:
    return f"M{short(left)} {short(bottom)}V{short(top)}h{short(width)}V{short(bottom)}z"


# -- lines -------------------------------------------------------------------------------------------------------


def stairs(values: Values, down: Down) -> str:
    """A level over each step, joined where steps follow each other."""
    parts, broken = [], True
    for step, value in enumerate(values):
        if value is not None:
            parts.append(f"M{step} {short(down(value))}h1" if broken else f"V{short(down(value))}h1")
        broken = value is None
    return "".join(parts)


def line(values: Values, down: Down) -> str:
    """From the middle of each step to that of the next."""
    parts, broken = [], True
    for step, value in enumerate(values):
        if value is not None:
            parts.append(f"{'M' if broken else 'L'}{short(step + 0.5)} {short(down(value))}")
        broken = value is None
    return "".join(parts)


def dots(values: Values, down: Down) -> str:
    """Strokes without length, of which round or square ends make dots: each of a few, and what stands alone."""
    every = len(values) <= DOTS
    return "".join(
        f"M{short(step + 0.5)} {short(down(value))}h0"
        for step, value in enumerate(values)
        if value is not None and (every or _alone(values, step))
    )


def _alone(values: Values, step: int) -> bool:
    around = (*values[max(step - 1, 0) : step], *values[step + 1 : step + 2])
    return all(value is None for value in around)


def short(value: float) -> str:
    """A number of a path: two digits behind the point at most."""
    return f"{round(value, 2) + 0:g}"
