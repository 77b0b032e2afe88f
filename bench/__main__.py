"""Benchmarks, `python -m bench`: each figure as a ratio to a baseline measured in the same run."""

import argparse
import sys

from bench import installation
from devserver.processes import NotStarted


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="rounds per pair; the median counts")
    parser.add_argument(
        "--contacts",
        type=int,
        default=1_000_000,
        help="contacts, or numbers with a ledger entry, in the big team",
    )
    parts = [
        "inbound",
        "text_cost",
        "pages",
        "stop_latency",
        "contacts",
        "audience",
        "broadcasts",
        "imports",
        "api",
        "batch",
        "reports",
        "search",
        "folders",
        "isolation",
        "idle_browsers",
        "live_texts",
        "daily_root",
        "first_paint",
        "small_machine",
    ]
    parser.add_argument("--only", choices=parts, help="run only this part")
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows in the imported file")
    parser.add_argument(
        "--texts",
        type=int,
        default=10_000_000,
        help="texts in the big team of the reports, the search and the folders",
    )
    parser.add_argument("--recipients", type=int, default=100_000, help="recipients of the broadcast")
    options = parser.parse_args()
    try:
        with installation.installation("bench") as folder:
            from bench import (  # needs Django, which needs the addresses of the servers
                batch,
                broadcast_results,
                page_results,
                results,
                root_results,
                text_cost,
            )

            print(installation.describe_machine(), flush=True)
            if options.only in (None, "daily_root"):
                root_results.show(folder, options.rounds, options.contacts)
            if options.only == "daily_root":
                return 0
            if options.only in (None, "text_cost"):
                text_cost.show(folder, options.rounds)
            if options.only == "text_cost":
                return 0
            with installation.web_server(folder) as address:
                if options.only in (None, "inbound"):
                    results.show_inbound(folder, address, options.rounds)
                if options.only in (None, "pages"):
                    page_results.show_pages(folder, address, options.rounds)
                if options.only in (None, "stop_latency"):
                    results.show_stop_latency(folder, address, max(1, options.rounds // 2))
                if options.only in (None, "contacts"):
                    page_results.show_contacts(folder, address, options.rounds, options.contacts)
                if options.only in (None, "broadcasts"):
                    broadcast_results.show(folder, address, options.recipients)
                if options.only in (None, "audience"):
                    page_results.show_audience(folder, options.rounds, options.contacts)
                if options.only in (None, "imports"):
                    results.show_imports(folder, options.rows)
                if options.only in (None, "reports"):
                    results.show_reports(folder, address, options.rounds, options.texts)
                if options.only in (None, "search"):
                    page_results.show_search(folder, address, options.rounds, options.texts)
                if options.only in (None, "folders"):
                    page_results.show_folders(folder, address, options.rounds, options.texts)
                if options.only in (None, "isolation"):
                    results.show_isolation(folder, address, max(1, options.rounds // 2))
                if options.only in (None, "idle_browsers"):
                    results.show_idle_browsers(address)
                if options.only in (None, "live_texts"):
                    results.show_live_texts(address)
                if options.only == "small_machine":  # alone: all programs run, and other parts stop some
                    results.show_small_machine(folder, address)
            if options.only in (None, "api"):
                results.show_api(folder, options.rounds)
            if options.only in (None, "batch"):
                batch.show(folder)
            if options.only in (None, "first_paint"):
                results.show_first_paint(folder, options.rounds)
            print(installation.describe_machine())
    except (installation.NotMeasured, NotStarted) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
