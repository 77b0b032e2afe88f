"""Results of the daily root: prints its table with targets."""

from pathlib import Path
from statistics import median

from bench import daily_root
from bench.tables import print_table, verdict

MAX_FIRST = 4.0  # maximum ratio of the times per entry of the first root, which is made once
MAX_DAY = 2.0  # maximum ratio of the times of a day's root


def show(folder: Path, rounds: int, big: int) -> None:
    times, small = daily_root.measure(folder, rounds, big), daily_root.SMALL
    head = ("daily root", f"{small:,} numbers", f"{big:,} numbers", "ratio", "target", "")
    first = {count: times.first[count] / count * 1e6 for count in (small, big)}
    days = {count: median(times.days[count]) * 1e3 for count in (small, big)}
    rows = [
        _row("the first, µs an entry", first[small], first[big], MAX_FIRST),
        _row(f"the next, {daily_root.A_DAY} entries later, ms", days[small], days[big], MAX_DAY),
    ]
    print_table(head, rows)
    size = times.file_bytes[big] / 1e3
    print(f"the first over {big:,} numbers: {times.first[big]:.1f} s; a root's file: {size:,.0f} kB")


def _row(label: str, small: float, big: float, target: float) -> tuple[str, ...]:
    ratio = big / small
    return label, f"{small:.1f}", f"{big:.1f}", f"{ratio:.2f}", f"<= {target:.1f}", verdict(ratio <= target)
