"""Contacts per second that batches of 1,000 save by the API, compared with the CSV import of the same rows."""

import csv
import json
import os
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from accounts.models import Member
from api import keys
from api.models import KeyKind, KeyScope
from bench import imports, teams
from bench.http_load import post_request, send_all
from bench.installation import NotMeasured, analyze, free_port, serve_application
from bench.tables import print_table, verdict
from kernel.tenancy import scope

ROWS, BATCH = 20_000, 1_000
MIN_RATIO = 0.5  # of the rows per second of the import


@dataclass
class BatchRates:
    """Rows per second, and how many rows of the batches were refused."""

    imported: float
    batches: float
    refused: int

    @property
    def ratio(self) -> float:
        return self.batches / self.imported


def measure(folder: Path) -> BatchRates:
    """The same people, of whom every tenth is a contact already and 3% have opted out, for a team each."""
    people = folder / "batch.csv"
    imports.write_file(people, ROWS)
    seen = imports.import_with_product(teams.create_owner("Imported"), people, ROWS)
    member = teams.create_owner("Batches")
    imports.create_existing_contacts(member.team_id, ROWS)
    analyze(folder)
    os.environ["API_REQUESTS_A_MINUTE"] = "0"
    with serve_application(folder, "heymarket.page_wsgi:application", free_port()) as address:
        requests = _requests(address, people, member)
        send_all(address, requests[:1], 1)  # warms up, and is not counted
        refused, began = Counter[str](), time.perf_counter()
        for request in requests[1:]:
            outcome = send_all(address, [request], 1)
            if set(outcome.statuses) != {200}:
                raise NotMeasured(f"A batch was answered {dict(outcome.statuses)}")
            results = json.loads(outcome.newest.partition(b"\r\n\r\n")[2])
            refused.update(result["error"]["error_code"] for result in results if result["error"])
        seconds = time.perf_counter() - began
    return BatchRates(ROWS / (seen["check"] + seen["write"]), (ROWS - BATCH) / seconds, sum(refused.values()))


def _requests(address: tuple[str, int], people: Path, member: Member) -> list[bytes]:
    with scope(member.team_id):
        secret = keys.create_key("Bench", KeyKind.BEARER, list(KeyScope), member).secret
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    with people.open(encoding="utf-8", newline="") as file:
        contacts = [_contact(nth, row) for nth, row in enumerate(csv.DictReader(file))]
    url = f"http://{address[0]}:{address[1]}/v1/batch/contacts"
    return [
        post_request(url, json.dumps(contacts[at : at + BATCH]), headers)
        for at in range(0, len(contacts), BATCH)
    ]


def _contact(nth: int, row: dict[str, str]) -> dict[str, object]:
    phone = imports.e164(nth) if row["Phone Number"] and nth % 100 else row["Phone Number"]
    return {
        "phone": phone,
        "first": row["First Name"],
        "last": row["Last Name"],
        "email": row["Email"],
        "is_opted_out": row["Opt Out"] == "yes",
    }


def show(folder: Path) -> None:
    seen = measure(folder)
    print_table(
        (f"{ROWS:,} contacts", "rows/s", "ratio", "target", ""),
        [
            ("CSV import", f"{seen.imported:,.0f}", "", "", ""),
            (
                f"batches of {BATCH:,}",
                f"{seen.batches:,.0f}",
                f"{seen.ratio:.2f}",
                f">= {MIN_RATIO}",
                verdict(seen.ratio >= MIN_RATIO),
            ),
        ],
    )
    print(f"{seen.refused} rows of the batches were refused, which have no number")
