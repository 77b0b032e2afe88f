"""Results of the benchmark of broadcasts, with targets and the proof from the simulator's log."""

from pathlib import Path

from bench import broadcasts
from bench.http_load import LoadResult
from bench.tables import print_table, verdict

MAX_STOP_RATIO = 2.0  # to the quiet p99 of STOPs
MAX_MEMBER_WAIT = 1.0  # seconds until a member's text has left, at the 99th percentile
MAX_GROWTH = 1.2  # of the worker's memory


def show(folder: Path, address: tuple[str, int], recipients: int) -> None:
    run = broadcasts.measure(folder, address, recipients)
    waits = LoadResult(latencies=run.member_waits)
    member_wait = waits.percentile(0.99) / 1000
    print_table(
        ("broadcast", "measured", "target", ""),
        [
            ("recipients a second", f"{run.per_second:.0f}", "", ""),
            ("inbound texts a second, quiet", f"{run.inbound_per_second:.0f}", "", ""),
            ("seconds", f"{run.seconds:.0f}", "", ""),
            (
                "STOP p99 ms, quiet and meanwhile",
                f"{run.quiet.percentile(0.99):.1f}, {run.busy.percentile(0.99):.1f}",
                f"<= {MAX_STOP_RATIO:.0f} times",
                verdict(run.stop_ratio <= MAX_STOP_RATIO),
            ),
            (
                f"a member's text leaves within s (p50, p99 of {len(run.member_waits)})",
                f"{waits.percentile(0.5) / 1000:.2f}, {member_wait:.2f}",
                f"<= {MAX_MEMBER_WAIT:.0f}",
                verdict(member_wait <= MAX_MEMBER_WAIT),
            ),
            (
                "memory of the worker MB, after a tenth and at the end",
                f"{run.memory[len(run.memory) // 10]:.0f}, {run.memory[-1]:.0f}",
                f"<= {MAX_GROWTH} times",
                verdict(run.growth <= MAX_GROWTH),
            ),
            ("STOPs of recipients", f"{run.stops}", "", ""),
            (
                "texts after the answer to a STOP, not marked as crossed",
                f"{run.not_marked} (of {run.after_stop})",
                "0",
                verdict(run.not_marked == 0),
            ),
            (
                "recipients with two texts in the simulator's log",
                f"{run.twice}",
                "0",
                verdict(run.twice == 0),
            ),
            ("sent, but not in its log", f"{run.missing}", "0", verdict(run.missing == 0)),
        ],
    )
    print(
        "recipients:", run.states, "texts:", run.statuses, "in the simulator's log:", run.logged, flush=True
    )
