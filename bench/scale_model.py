"""A model of a large installation: rows, disk, connections, shards and machines for so many teams and texts a year.

`python -m bench.scale_model [TEAMS] [TEXTS_A_YEAR] [LARGEST_SHARE]` computes and measures nothing. docs/scale.md says
where its figures come from.
"""

import sys
from dataclasses import dataclass
from math import ceil

# Bytes of a row with its indexes: a database of a million texts of 92 characters from 200,000 people, after VACUUM.
ROW_BYTES = {
    "messages": 538,
    "searchable texts": 368,
    "conversations": 558,
    "contacts": 1072,
    "ledger entries": 396 + 124,  # with the feed
    "suppressions": 373,
    "consent records": 313,
}
PEAK = 10  # the busiest second of a year, in means of a year: nights, weekends and broadcasts
# CPU of one text in milliseconds, as measured on a cluster: of its node, for a STOP that comes alone;
# and of the coordinator, which looks up teams.
NODE_MS, COORDINATOR_MS = 1.5, 0.03
# Of a machine; bytes that it may hold with room for copies of shards and for the write-ahead log.
CORES, DISK = 16, 4e12
BUSY = 0.5  # of a core, at the peak
SHARDS_OF_A_NODE = 8
WEB_CONNECTIONS = 40  # of one web machine with its workers
WEB_TEXTS = 400  # texts a second that one web machine with 16 cores receives


@dataclass(frozen=True)
class Load:
    teams: int
    texts: int  # a year
    largest: float  # share of the largest team
    years: int = 3

    @property
    def rows(self) -> dict[str, float]:
        """After these years."""
        texts = self.texts * self.years
        return {
            "messages": texts,
            "searchable texts": texts,
            "conversations": texts / 20,
            "contacts": texts / 20,
            "ledger entries": texts / 500,
            "suppressions": texts / 600,
            "consent records": texts / 25,
        }

    @property
    def bytes(self) -> float:
        return sum(count * ROW_BYTES[name] for name, count in self.rows.items())

    @property
    def per_second(self) -> float:
        """Texts in the busiest second."""
        return self.texts / (365 * 86_400) * PEAK

    @property
    def nodes(self) -> int:
        """Machines that hold rows: enough for the disk, and for the CPU of the busiest second."""
        for_cpu = self.per_second * NODE_MS / 1000 / (CORES * BUSY)
        return max(2, ceil(for_cpu), ceil(self.bytes / DISK))


def lines(load: Load) -> list[str]:
    nodes, peak, largest = load.nodes, load.per_second, load.largest
    shards, webs = nodes * SHARDS_OF_A_NODE, max(2, ceil(peak / WEB_TEXTS))
    return [
        f"{load.teams:,} teams, {load.texts:,} texts a year, the largest team {largest:.0%}, {load.years} years",
        *(f"  {name:18} {count / 1e6:8,.0f} million rows {count * ROW_BYTES[name] / 1e9:8,.0f} GB"
          for name, count in load.rows.items()),
        f"  all rows           {load.bytes / 1e12:.2f} TB, of the largest team {load.bytes * largest / 1e12:.2f} TB",
        f"  busiest second     {peak:,.0f} texts, of the largest team {peak * largest:,.0f}",
        f"  nodes              {nodes} with {CORES} cores and {DISK / 1e12:.0f} TB",
        f"  shards             {shards} a table, {load.teams // shards:,} teams in each",
        f"  largest team       {share(peak * largest, NODE_MS)} of a node's CPU",
        f"                     {load.bytes * largest / DISK:.0%} of a node's disk",
        f"  coordinator        {share(peak, COORDINATOR_MS)} of its CPU",
        f"  web machines       {webs}, with {webs * WEB_CONNECTIONS} connections",
    ]  # fmt: skip


def share(per_second: float, milliseconds: float) -> str:
    """Of the CPU that a machine should use at the peak."""
    return f"{per_second * milliseconds / 1000 / (CORES * BUSY):.0%}"


def main(words: list[str]) -> None:
    teams, texts, largest = [*words, *("10000", "1000000000", "0.1")[len(words) :]]
    print("\n".join(lines(Load(int(teams), int(texts), float(largest)))))


if __name__ == "__main__":
    main(sys.argv[1:])
