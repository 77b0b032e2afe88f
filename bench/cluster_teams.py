"""The teams of `bench.cluster`, in the database of the environment, which is not distributed yet.

Prints as JSON what a webhook of the first needs, and the requests of pages of the second.
"""

import json
import sys

import django
import psycopg

CONVERSATIONS, TEXTS = 20_000, 1_000  # of the team whose pages are timed, and of the thread


def main() -> int:
    django.setup()
    from bench import teams  # needs Django

    _, inbox = teams.create_team("Inbound", "+15105550100")
    facts = {name: getattr(inbox, name) for name in ("account_id", "number", "auth_tokens")}
    print(json.dumps({"inbox": facts, "pages": _pages()}))
    return 0


def _pages() -> dict[str, str]:
    from django.conf import settings

    from bench import pages, teams

    member, inbox = teams.create_team("Pages", "+15105560100")
    with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as owner:
        pages.seed(owner, member, inbox, CONVERSATIONS)
        thread = pages.seed_thread(owner, inbox, 0, TEXTS)
    paths = {"inbox": "inbox/", "thread": f"conversations/{thread}/", "contacts": "contacts/"}
    return {name: pages.page_request(member, path).decode() for name, path in paths.items()}


if __name__ == "__main__":
    sys.exit(main())
