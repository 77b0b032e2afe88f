"""What runs on shards: on its team's node alone, as one statement, and within the policies of the shards."""

from contextlib import ExitStack
from typing import Any

import pytest
from django.db import ProgrammingError
from django.utils import timezone

from contacts.contact.models import Contact
from kernel.distribution.nodes import close_connections
from kernel.distribution.shards import on_shards, runs_whole
from kernel.sql import fetch
from kernel.tenancy import scope
from messaging.carriers.base import InboundText
from messaging.inbound import read_inbound, store_together
from messaging.models import Message
from tests.cast import STRANGER, TOM, Cast
from tests.contacts.test_import_contacts import imported
from tests.kernel.test_statements_on_cluster import heard
from tests.messaging.fake_twilio import new_sid
from tests.statements import counted

ADD = "INSERT INTO contacts_contact AS t (team_id, number, first_name, last_name, display_name, email, note, custom,"
ADD += " created_at, updated_at, rev) SELECT $1, $2, '', '', '', '', '', '{}', $3, $3, 0 RETURNING id"
FILE = f"""Phone Number,First Name,Opt Out,List,Tags,Shoe size
{TOM},Thomas,,Recall; Spring,VIP,42
{STRANGER},Sam,yes,Spring,"VIP, New",38
"""


def test_texts_that_wait_together_are_stored_by_one_statement(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def texts() -> Any:
        return [read_inbound(cast.front_desk, InboundText(new_sid(), to, "Hi")) for to in (TOM, STRANGER)]

    store_together(texts())
    with counted(monkeypatch) as statements:
        store_together(texts())
    assert sum("INSERT INTO" in statement for statement in statements) == 1
    with scope(cast.northside.id):
        assert Message.objects.filter(team=cast.northside).count() == 4


def test_an_id_is_drawn_from_the_sequence_of_the_table(cast: Cast) -> None:
    with scope(cast.northside.id):
        ((first,),) = fetch(on_shards(ADD), cast.northside.id, STRANGER, timezone.now())
        second = Contact(team=cast.northside, number="+14155550198")
        second.save()
        assert first == Contact.objects.get(team=cast.northside, number=STRANGER).id < second.id


def test_the_policy_of_a_shard_refuses_the_row_of_another_team(cast: Cast) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), scope(cast.northside.id):
        fetch(on_shards(ADD), cast.harbor.id, STRANGER, timezone.now())
    with scope(cast.northside.id):
        count = on_shards("SELECT count(*) FROM contacts_contact")
        assert "contacts_contact_1" in count
        assert fetch(count)[0][0] == Contact.objects.filter(team=cast.northside).count()
    assert not runs_whole() and on_shards(ADD) == ADD


def test_an_import_is_written_by_one_node(cast: Cast) -> None:
    """So imports of other teams go on while a node is down."""
    with ExitStack() as hearing:
        with scope(cast.northside.id):
            said = hearing.enter_context(heard())
        for names in ("Tom", "Thomas"):
            run = imported(
                cast, FILE.replace("Thomas", names), add_to="Spring", replace_lists=True, replace=True
            )
    assert run.counts["updated"] == 1
    close_connections()
    assert said == []
