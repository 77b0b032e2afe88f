"""Results of the benchmarks: runs one part each and prints its table with targets. Pages are in bench.page_results."""

from collections.abc import Sequence
from pathlib import Path
from statistics import median

from bench import (
    api,
    first_paint,
    idle_browsers,
    imports,
    inbound,
    isolation,
    live_texts,
    reports,
    small_machine,
    stop_latency,
    teams,
)
from bench.browsers import BROWSERS
from bench.http_load import percentile
from bench.tables import print_table, verdict

MIN_INBOUND = {"ordinary": 0.5, "STOP": 0.3}  # minimum ratio to the floor
MAX_STOP_LATENCY = 3.0  # maximum ratio to the idle p99
MIN_API = 0.6  # minimum ratio to a bare view's requests per second
MAX_REPORT = 2.0  # likewise for a report
MAX_WEBHOOKS_WHILE_REPORTS = 1.5  # maximum ratio to the idle p99 of webhooks
MAX_ISOLATED = 1.5  # maximum ratio to the quiet p99 of STOPs
MAX_FIRST_PAINT = 1_000  # maximum milliseconds until the inbox is painted
MAX_LIVE_MS = 1_000  # maximum p99 until a text reaches those who watch its thread
MAX_STOP_MS = 200  # maximum p99 of a STOP's answer on a small machine
SMALL_MEMORY = 4_096  # MB of a small machine
MAX_REQUESTS = 14  # maximum requests of a first visit to the inbox


def show_inbound(folder: Path, address: tuple[str, int], rounds: int) -> None:
    _, inbox = teams.create_team("Inbound", "+15105550100")
    head = ("inbound texts", "floor/s", "texts/s", "ratio", "target", "", "p50 ms", "p99 ms", "ratios seen")
    rows = []
    for kind, series in inbound.measure(folder, address, inbox, rounds).items():
        outcomes = series.outcomes
        rows.append(
            (
                kind,
                f"{median(series.floors):.0f}",
                f"{median(outcome.per_second for outcome in outcomes):.0f}",
                f"{series.ratio:.3f}",
                f">= {MIN_INBOUND[kind]:.2f}",
                verdict(series.ratio >= MIN_INBOUND[kind]),
                f"{median(outcome.percentile(0.5) for outcome in outcomes):.1f}",
                f"{median(outcome.percentile(0.99) for outcome in outcomes):.1f}",
                " ".join(f"{ratio:.3f}" for ratio in series.ratios),
            )
        )
    print_table(head, rows)


def show_stop_latency(folder: Path, address: tuple[str, int], rounds: int) -> None:
    head = (
        "STOP latency during",
        "idle p99 ms",
        "busy p99 ms",
        "ratio",
        "target",
        "",
        "idle p50",
        "busy p50",
        "contacts/s",
    )
    rows = []
    for action, series in stop_latency.measure(folder, address, rounds).items():
        rows.append(
            (
                action.label,
                f"{percentile(series.idle, 0.99):.1f}",
                f"{percentile(series.busy, 0.99):.1f}",
                f"{series.ratio:.2f}",
                f"<= {MAX_STOP_LATENCY:.0f}",
                verdict(series.ratio <= MAX_STOP_LATENCY),
                f"{percentile(series.idle, 0.5):.1f}",
                f"{percentile(series.busy, 0.5):.1f}",
                f"{series.per_second:.0f}",
            )
        )
    print_table(head, rows)


def show_imports(folder: Path, rows: int) -> None:
    seen = imports.measure(folder, rows)
    head = ("import", "rows/s", "ours", "target", "")
    stock, floor = seen.ours / seen.stock, seen.ours / seen.floor
    print_table(
        head,
        [
            (f"ours, {seen.rows:,} rows", f"{seen.ours:,.0f}", "", "", ""),
            ("import_data", f"{seen.stock:,.0f}", f"{stock:.1f} times", ">= 20 times", verdict(stock >= 20)),
            ("COPY, INSERT", f"{seen.floor:,.0f}", f"{floor:.2f} of it", ">= 0.15", verdict(floor >= 0.15)),
        ],
    )
    print(f"check {seen.check:.1f} s, write {seen.write:.1f} s; counts {seen.counts}")
    print(f"peak memory of the worker {seen.peak:.0f} MB, target < 300 MB: {verdict(seen.peak < 300)}")


def show_api(folder: Path, rounds: int) -> None:
    rows = [
        (
            name,
            f"{median(series.bare):.0f}",
            f"{median(series.ours):.0f}",
            f"{series.ratio:.2f}",
            f">= {MIN_API}",
            verdict(series.ratio >= MIN_API),
        )
        for name, series in api.measure(folder, rounds).items()
    ]
    print_table(("call", "bare view/s", "calls/s", "ratio", "target", ""), rows)
    feed = api.measure_feed(folder, rounds)
    tenth = len(feed.first_read) // 10
    places = {
        "the first pages, first read": feed.first_read[:tenth],
        "the last pages, first read": feed.first_read[-tenth:],
        "the first page, read again": feed.first,
        "a page in the middle, read again": feed.middle,
    }
    print_table(
        (f"a page of {api.PAGE} of {api.LEDGER_ENTRIES:,} ledger entries", "ms", "slowest ms"),
        [(place, f"{median(times):.1f}", f"{max(times):.1f}") for place, times in places.items()],
    )


def show_reports(folder: Path, address: tuple[str, int], rounds: int, big: int) -> None:
    seen = reports.measure(folder, address, rounds, big)
    rows = [
        (
            name,
            f"{median(pair.small):.1f}",
            f"{median(pair.big):.1f}",
            f"{pair.ratio:.2f}",
            f"<= {MAX_REPORT:.0f}",
            verdict(pair.ratio <= MAX_REPORT),
        )
        for name, pair in seen.pages.items()
    ]
    head = ("report over a year", f"{reports.SMALL:,} texts ms", f"{big:,} ms", "ratio", "target", "")
    print_table(head, rows)
    for count, seconds in seen.rebuilt.items():
        print(f"{count:,} texts and {count // 10:,} changes rebuilt in {seconds:.1f} s")
    print(
        f"webhooks, p99: {percentile(seen.idle, 0.99):.1f} ms idle, {percentile(seen.busy, 0.99):.1f} ms while"
        f" {seen.reports} reports were read: {seen.slowdown:.2f} times, target <= {MAX_WEBHOOKS_WHILE_REPORTS}:"
        f" {verdict(seen.slowdown <= MAX_WEBHOOKS_WHILE_REPORTS)}"
    )
    for kind, export in seen.exports.items():
        print(
            f"export as {kind}: {export.size / 1e6:.0f} MB in {export.seconds:.1f} s, the first bytes after"
            f" {export.first:.2f} s: {verdict(export.first < 1)}; the web server grew by {export.grown:.0f} MB"
        )


def show_isolation(folder: Path, address: tuple[str, int], rounds: int) -> None:
    seen = isolation.measure(folder, address, rounds)
    head = ("STOPs during", "p50 ms", "p99 ms", "max ms", "ratio of p99", "target", "", "ratios seen")
    rows: list[tuple[str, ...]] = []
    for name, outcomes in seen.phases.items():
        measured = [f"{percentile(outcomes, share):.1f}" for share in (0.5, 0.99, 1)]
        if name == "quiet":
            rows.append((name, *measured, "", "", "", ""))
            continue
        ratio, seen_ratios = seen.ratio(name), " ".join(f"{ratio:.2f}" for ratio in seen.ratios(name))
        if "slow" in name:
            target, met = "p99 < 1,000 ms", percentile(outcomes, 0.99) < 1000
        else:
            target, met = f"<= {MAX_ISOLATED}", ratio <= MAX_ISOLATED
        rows.append((name, *measured, f"{ratio:.2f}", target, verdict(met), seen_ratios))
    print_table(head, rows)
    print(f"meanwhile: {seen.done}")


def show_first_paint(folder: Path, rounds: int) -> None:
    visits = first_paint.measure(folder, rounds)
    paints = [visit.paint for visit in visits]
    requests = [visit.requests for visit in visits]
    quick, few = median(paints) < MAX_FIRST_PAINT, max(requests) <= MAX_REQUESTS
    rows = [
        ("first paint, ms", *figures(paints), f"< {MAX_FIRST_PAINT}", verdict(quick)),
        ("loaded, ms", *figures([visit.loaded for visit in visits]), "", ""),
        ("requests", *figures(requests), f"<= {MAX_REQUESTS}", verdict(few)),
        ("received, kB", *figures([visit.received / 1_000 for visit in visits]), "", ""),
    ]
    print_table(("first visit to the inbox", "median", "lowest", "highest", "target", ""), rows)


def figures(values: Sequence[float]) -> tuple[str, str, str]:
    """Median, lowest and highest."""
    return f"{median(values):.0f}", f"{min(values):.0f}", f"{max(values):.0f}"


def show_idle_browsers(address: tuple[str, int]) -> None:
    cost = idle_browsers.measure(address)
    print(
        f"{BROWSERS:,} idle browsers: {cost.cores:.2f} cores of the web server,"
        f" {cost.polls:.0f} polls/s, {cost.memory:.0f} MB ({cost.memory_without:.0f} MB without them)"
    )


def show_live_texts(address: tuple[str, int]) -> None:
    head = (f"{BROWSERS:,} open pages", "texts", "p50 ms", "p99 ms", "max ms", "not seen", "target", "")
    rows = []
    for team_size in (10, 100):
        seen = live_texts.measure(address, team_size)
        slow = seen.percentile(0.99)
        times = [f"{ms:.0f}" for ms in (seen.percentile(0.5), slow, seen.percentile(1))]
        reached = verdict(slow < MAX_LIVE_MS and not seen.missing)
        rows.append(
            (
                f"{team_size} of each team",
                str(live_texts.TEXTS),
                *times,
                str(seen.missing),
                "p99 < 1,000 ms",
                reached,
            )
        )
    print_table(head, rows)


def show_small_machine(folder: Path, address: tuple[str, int]) -> None:
    """Each rate as soon as it is measured: the last ones may be too many for the machine."""
    rows = []
    for load in small_machine.measure(folder, address):
        slow = load.stops.percentile(0.99)
        memory = f"{load.megabytes:.0f} of {SMALL_MEMORY:,}", verdict(load.megabytes < SMALL_MEMORY)
        times = f"{slow:.0f}", verdict(slow < MAX_STOP_MS), f"{load.pages.percentile(0.95):.0f}"
        delivered = f"{load.replies - load.undelivered} of {load.replies}"
        rows.append((str(load.rate), f"{load.per_second:.1f}", *times, delivered, *memory))
        print(*rows[-1], flush=True)
    head = (
        "texts/s", "answered/s", f"STOP p99 ms (< {MAX_STOP_MS})", "", "pages p95 ms", "replies", "peak MB", "",
    )  # fmt: skip
    print(
        f"{small_machine.BROWSERS} members with an open conversation, {small_machine.CONVERSATIONS:,} conversations"
    )
    print_table(head, rows)
