"""Idle browsers: the processor time that the web server needs for open pages of a team in which nothing happens."""

import asyncio
import os
import re
from dataclasses import dataclass
from pathlib import Path

from bench import installation, teams
from bench.browsers import BROWSERS, browse, poll_of
from bench.http_load import get_request, send_all

SETTLING, MEASURED = 25.0, 60.0  # seconds


@dataclass
class IdleCost:
    """Cores that are busy, memory of the server in MB with the browsers and without, and polls per second."""

    cores: float
    memory: float
    memory_without: float
    polls: float


def measure(address: tuple[str, int]) -> IdleCost:
    """Open BROWSERS pages of one team's inbox and leave them alone."""
    processes, pages = _processes_at(address[1]), inbox_pages(address)
    before = _memory(processes)
    return asyncio.run(_watch(*pages, processes, before))


def inbox_pages(address: tuple[str, int]) -> tuple[str, dict[str, str], str]:
    """The address, the headers and the first poll of pages of the inbox of a team of its own."""
    member, _ = teams.create_team("Idle", "+15105560900")
    name, value = teams.session_cookie(member)
    headers = {"Cookie": f"{name}={value}"}
    base = f"http://{address[0]}:{address[1]}"
    page = send_all(address, [get_request(f"{base}/t/{member.team.slug}/inbox/", headers)] * 20, 4).newest
    return base, headers, poll_of(page)


async def _watch(
    base: str, headers: dict[str, str], poll: str, processes: list[int], before: float
) -> IdleCost:
    polls = [0]
    browsers = [asyncio.create_task(browse(base, headers, poll, nth, polls)) for nth in range(BROWSERS)]
    await asyncio.sleep(SETTLING)
    polls[0], began = 0, _processor_seconds(processes)
    await asyncio.sleep(MEASURED)
    used, count = _processor_seconds(processes) - began, polls[0]
    memory = _memory(processes)
    if failed := [browser for browser in browsers if browser.done()]:
        raise installation.NotMeasured(f"{len(failed)} browsers stopped: {failed[0].exception()}")
    for browser in browsers:
        browser.cancel()
    return IdleCost(used / MEASURED, memory, before, count / MEASURED)


# -- the server's processes -------------------------------------------------------------------------------------


def _processes_at(port: int) -> list[int]:
    """The web server and all processes below it."""
    roots = [
        pid for pid in _pids() if f"--port {port}" in _command(pid) and "heymarket.serve" in _command(pid)
    ]
    found = set(roots)
    while more := {pid for pid in _pids() if _parent(pid) in found} - found:
        found |= more
    return sorted(found)


def _pids() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _command(pid: int) -> str:
    return _read(pid, "cmdline").replace("\0", " ")


def _parent(pid: int) -> int:
    fields = _read(pid, "stat").rpartition(")")[2].split()
    return int(fields[1]) if fields else 0


def _processor_seconds(pids: list[int]) -> float:
    fields = [_read(pid, "stat").rpartition(")")[2].split() for pid in pids]
    ticks = sum(int(of_process[11]) + int(of_process[12]) for of_process in fields if of_process)
    return ticks / os.sysconf("SC_CLK_TCK")


def _memory(pids: list[int]) -> float:
    """MB of memory that the processes do not share."""
    sizes = [re.search(r"RssAnon:\s+(\d+)", _read(pid, "status")) for pid in pids]
    return sum(int(size[1]) for size in sizes if size) / 1024


def _read(pid: int, name: str) -> str:
    try:
        return Path(f"/proc/{pid}/{name}").read_text()
    except OSError:
        return ""
