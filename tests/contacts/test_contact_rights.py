"""The right to change contacts: who lacks it is offered no change on any page, and may do none."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from accounts.rights import COMPOSABLE, Right
from accounts.roles.models import TeamRole
from contacts.bulk.models import BulkAction
from contacts.contact.models import Contact
from contacts.lists.models import ContactList, ListEntry, Tag
from kernel.tenancy import scope
from messaging.carriers.base import InboundText
from messaging.inbound import receive
from messaging.models import Conversation
from tests.cast import MARIA, Cast
from tests.messaging.fake_twilio import new_sid

type AsClient = Callable[[Member], Client]
CHANGES = ("new_contact", "new_list", "new_live_list", "new_tag")
ACTIONS = ("add_to_list", "remove_from_list", "tag", "untag", "assign")


def url_of(name: str, cast: Cast, *args: Any) -> str:
    return reverse(name, args=[cast.northside.slug, *args])


@pytest.fixture
def pages(cast: Cast) -> dict[str, list[str]]:
    """Pages by what they offer a member who may change contacts: addresses and actions."""
    receive(cast.front_desk, InboundText(new_sid(), MARIA, "Are you open on Sunday?"))
    with scope(cast.northside.id):
        of = {"team": cast.northside}
        row, tag = ContactList.objects.create(**of, name="Recall"), Tag.objects.create(**of, name="VIP")
        ListEntry.objects.create(**of, list=row, contact=cast.maria)
        opened = Conversation.objects.get(**of, number=MARIA)
    edit = url_of("edit_contact", cast, MARIA)
    edit_list, edit_tag = url_of("edit_list", cast, row.id), url_of("edit_tag", cast, tag.id)
    new_contact, new_list, new_live_list, new_tag = (url_of(name, cast) for name in CHANGES)
    forms = [f'action="{address}"' for address in (new_list, new_tag)]
    actions = [f'value="{action}"' for action in ACTIONS]
    return {
        url_of("contacts", cast) + "?q=maria": [new_contact, new_live_list, *actions],
        url_of("contacts", cast) + "?q=nobody": [new_contact],
        url_of("contact", cast, MARIA): [edit],
        url_of("contact", cast, "+14155550188"): [new_contact],
        url_of("labels", cast): [new_live_list, *forms, edit_list, edit_tag],
        url_of("list", cast, row.id): [edit_list],
        url_of("conversation", cast, opened.id): [edit],
        url_of("palette", cast) + "?q=new contact": [new_contact],
    }


def test_changes_are_offered_to_who_may_change_contacts_alone(
    cast: Cast, as_client: AsClient, pages: dict[str, list[str]]
) -> None:
    with scope(cast.northside.id):
        rights = [right.value for right in COMPOSABLE - {Right.EDIT_CONTACTS}]
        role = TeamRole.objects.create(team=cast.northside, name="Others", rights=rights)
        Member.objects.filter(team=cast.northside, id=cast.second.id).update(custom_role=role)
    member, other = as_client(cast.member), as_client(cast.second)
    for address, offered in pages.items():
        page, of_other = (client.get(address).content.decode() for client in (member, other))
        assert [wanted for wanted in offered if wanted not in page] == [], address
        assert [wanted for wanted in offered if wanted in of_other] == [], address
    selected = {"contact": cast.maria.id, "name": "Recall", "reason": "decision"}
    for action in BulkAction:
        answer = other.post(url_of("bulk_actions", cast), {**selected, "action": action.value})
        assert (answer.status_code == 403) == (action.value in ACTIONS), action
    with scope(cast.northside.id):
        assert (
            Contact.objects.filter(team=cast.northside, assignee=None).count() == 1
        )  # Tom; Maria was deleted
