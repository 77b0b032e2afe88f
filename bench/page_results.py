"""Results of the benchmarks of pages: a page in a big team beside the same page in a small one."""

from pathlib import Path
from statistics import median

from bench import audience, contacts, folders, pages, search
from bench.pages import PageTimes
from bench.tables import print_table, verdict

MAX_PAGE = 1.5  # maximum ratio to the small team's page
MAX_SEARCH = 1.5  # likewise for a search of a rare and of a common word


def show_pages(folder: Path, address: tuple[str, int], rounds: int) -> None:
    head = ("page", "small ms", "big ms", "ratio", "target", "", "small", "big")
    sizes = {
        "inbox": (f"{pages.SMALL:,} conversations", f"{pages.BIG:,}"),
        "thread": (f"{pages.SHORT:,} texts", f"{pages.LONG:,}"),
    }
    rows = []
    for name, pair in pages.measure(folder, address, rounds).items():
        wanted = (f"<= {MAX_PAGE}", verdict(pair.ratio <= MAX_PAGE)) if name == "inbox" else ("", "")
        rows.append(
            (
                name,
                f"{median(pair.small):.1f}",
                f"{median(pair.big):.1f}",
                f"{pair.ratio:.2f}",
                *wanted,
                *sizes[name],
            )
        )
    print_table(head, rows)


def show_contacts(folder: Path, address: tuple[str, int], rounds: int, big: int) -> None:
    head = ("contacts page", "small ms", "big ms", "ratio", "target", "", "rows")
    rows = [
        (
            name,
            f"{median(pair.small):.1f}",
            f"{median(pair.big):.1f}",
            f"{pair.ratio:.2f}",
            f"<= {MAX_PAGE}",
            verdict(pair.ratio <= MAX_PAGE),
            " / ".join(map(str, pair.rows)),
        )
        for name, pair in contacts.measure(folder, address, rounds, big).items()
    ]
    print(f"{contacts.SMALL:,} contacts beside {big:,}")
    print_table(head, rows)


def show_audience(folder: Path, rounds: int, count: int) -> None:
    times = audience.measure(folder, rounds, count)
    seconds = median(times.seconds)
    target = (f"<= {audience.MAX_SECONDS:.0f}", verdict(seconds <= audience.MAX_SECONDS))
    row = (f"{count:,}", f"{seconds:.2f}", *target, f"{times.computing:.2f}", f"{times.counted.recipients:,}")
    head = (
        "list of a broadcast, three exclusions",
        "counted in s",
        "target",
        "",
        "computing s",
        "recipients",
    )
    print_table(head, [row])


def show_search(folder: Path, address: tuple[str, int], rounds: int, big: int) -> None:
    seen = search.measure(folder, address, rounds, big)
    rows = []
    for name, pair in seen.pages.items():
        has_target = name in search.WITH_TARGET
        rows.append(
            (
                name,
                f"{median(pair.small):.1f}",
                f"{median(pair.big):.1f}",
                f"{pair.ratio:.2f}",
                *((f"<= {MAX_SEARCH}", verdict(pair.ratio <= MAX_SEARCH)) if has_target else ("", "")),
                " / ".join(map(str, seen.found[name])),
            )
        )
    head = ("search", f"{search.SMALL:,} texts ms", f"{big:,} ms", "ratio", "target", "", "found")
    print_table(head, rows)
    print(f"one worker indexes {seen.per_second:,.0f} texts per second")


def show_folders(folder: Path, address: tuple[str, int], rounds: int, big: int) -> None:
    head = ("inbox", f"{search.SMALL:,} texts ms", f"{big:,} ms", "ratio", "target", "")
    print_table(head, [_row(*page) for page in folders.measure(folder, address, rounds, big).items()])


def _row(name: str, pair: PageTimes) -> tuple[str, ...]:
    times = f"{median(pair.small):.1f}", f"{median(pair.big):.1f}", f"{pair.ratio:.2f}"
    return name, *times, f"<= {MAX_PAGE}", verdict(pair.ratio <= MAX_PAGE)
