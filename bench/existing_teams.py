"""Teams that are there before the outages: the demo, and one of many contacts, with all that they have."""

from collections import Counter
from itertools import batched

import psycopg

from accounts.models import Carrier, Inbox
from accounts.scope_lookups import team_ids_by_slug
from bench import contacts, installation
from contacts.contact.models import Contact
from kernel.tenancy import scope
from messaging.models import Message
from optout.bulk_consent import opt_out_many
from optout.consent_types import Actor
from optout.models import Origin, Suppression

OPT_OUTS_AT_ONCE = 500


def create(superuser_url: str, count: int) -> None:
    """Write the demo, and a team of so many contacts, of whom one of a hundred is opted out."""
    installation.run_manage_command("demo")
    member, inboxes = contacts.create_team(count)
    with scope(member.team_id):  # the fake carrier does not know their accounts
        Inbox.objects.filter(team_id=member.team_id).update(carrier=Carrier.SIMULATOR)
    with psycopg.connect(superuser_url, autocommit=True) as superuser:
        contacts.seed_contacts(superuser, member, inboxes, count)
        superuser.execute("VACUUM ANALYZE")
    _opt_out_some(member.team_id)


def _opt_out_some(team_id: int) -> None:
    with scope(team_id):
        matching = Contact.objects.filter(team_id=team_id, number__endswith="25")
        numbers = list(matching.values_list("number", flat=True))
    for batch in batched(numbers, OPT_OUTS_AT_ONCE):
        with scope(team_id):
            opt_out_many(team_id, batch, Actor(Origin.VENDOR_LIST, "Former vendor"), reason="")


def rows_by_team() -> dict[str, Counter[str]]:
    """The rows of all teams, by their slugs, each with how often it was found."""
    return {slug: _rows(team_id) for slug, team_id in team_ids_by_slug().items()}


def _rows(team_id: int) -> Counter[str]:
    with scope(team_id):
        people = Contact.objects.filter(team_id=team_id).values_list("number", flat=True)
        rows = Counter(f"contact {number}" for number in people.iterator())
        texts = Message.objects.filter(team_id=team_id).values_list("id", flat=True)
        rows.update(f"text {id}" for id in texts.iterator())
        names = ("kind", "number", "origin", "inbox_id")
        suppressions = Suppression.objects.filter(team_id=team_id).values_list(*names)
        rows.update(" ".join(map(str, values)) for values in suppressions.iterator())
    return rows
