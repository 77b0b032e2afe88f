"""Tables of results, as in docs/performance.md."""

from collections.abc import Iterable


def print_table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """Print an aligned Markdown table, as in docs/performance.md."""
    lines = [head, *rows]
    widths = [max(len(line[at]) for line in lines) for at in range(len(head))]
    print()
    for at, line in enumerate(lines):
        print("| " + " | ".join(word.ljust(width) for word, width in zip(line, widths, strict=True)) + " |")
        if at == 0:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")
    print(flush=True)


def verdict(met: bool) -> str:
    return "ok" if met else "MISSED"
