"""Estimates of the planner, on one machine and on the node of a cluster that holds the team."""

import psycopg

from contacts.contact.models import Contact
from contacts.scope_lookups import estimate_contacts
from kernel.estimates import estimated_rows
from kernel.tenancy import scope
from tests.cast import Cast


def test_the_planner_knows_about_how_many_rows_there_are(cast: Cast, owner: psycopg.Connection) -> None:
    with scope(cast.northside.id):
        numbers = [f"+1415555{at:04d}" for at in range(4000, 4300)]
        Contact.objects.bulk_create(
            Contact(team=cast.northside, number=number, first_name="O'Neil") for number in numbers
        )
    owner.execute("ANALYZE contacts_contact")
    of_team = Contact.objects.filter(team_id=cast.northside.id)
    with scope(cast.northside.id):
        assert 250 < estimate_contacts() < 350
        assert 250 < estimated_rows(of_team.filter(first_name="O'Neil").order_by("number").values("id")) < 350
        assert estimated_rows(of_team.filter(number=numbers[0])) == 1
