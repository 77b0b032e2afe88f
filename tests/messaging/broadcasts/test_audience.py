"""Audience of a broadcast, against the real database."""

from contacts.contact.models import Contact
from contacts.lists.models import ContactList, ListEntry, Tag, Tagging
from kernel.tenancy import scope
from messaging.broadcasts.audience import Audience, find_problems, matching
from tests.cast import Cast
from tests.statements import captured


def on_list(cast: Cast, name: str, *contacts: Contact) -> ContactList:
    row = ContactList.objects.create(team=cast.northside, name=name)
    entries = [ListEntry(team=cast.northside, list=row, contact=contact) for contact in contacts]
    ListEntry.objects.bulk_create(entries)
    return row


def test_lists_and_filters_minus_lists_and_filters_each_person_once(cast: Cast) -> None:
    team = cast.northside
    with scope(team.id):
        ana, ben = Contact.objects.bulk_create([
            Contact(team=team, number="+14155550103", first_name="Ana"),
            Contact(team=team, number="+14155550104", first_name="Ben", assignee=cast.member),
        ])  # fmt: skip
        blue = Tag.objects.create(team=team, name="blue")
        Tagging.objects.bulk_create([Tagging(team=team, tag=blue, contact=row) for row in (cast.tom, ana)])
        vip = on_list(cast, "VIP", cast.maria, cast.tom).id
        fans = on_list(cast, "Fans", cast.tom, ben).id
        nobody, gone = on_list(cast, "Nobody").id, vip + 999
        everyone = "Maria Tom Ana Ben"
        for audience, expected in {
            Audience(): "",
            Audience(without_lists=(vip,)): "",
            Audience(filters=("",)): everyone,
            Audience(lists=(vip,)): "Maria Tom",
            Audience(lists=(nobody,)): "",
            Audience(lists=(vip, fans)): "Maria Tom Ben",
            Audience(lists=(vip,), filters=(f"tag={blue.id}", "q=tom")): "Maria Tom Ana",
            Audience(filters=(f"tag={blue.id}", f"assignee={cast.member.id}")): "Tom Ana Ben",
            Audience(filters=("",), without_lists=(vip,)): "Ana Ben",
            Audience(filters=("",), without_lists=(vip, fans)): "Ana",
            Audience(filters=("",), without_filters=(f"tag={blue.id}", "q=maria")): "Ben",
            Audience(
                lists=(vip, fans), filters=("",), without_lists=(fans,), without_filters=("q=ana",)
            ): "Maria",
            Audience(lists=(vip,), without_lists=(vip,)): "",
            # What cannot be read leaves nobody.
            Audience(lists=(vip, gone)): "",
            Audience(lists=(vip,), without_lists=(gone,)): "",
            Audience(lists=(vip,), without_filters=(f"list={gone}",)): "",
            Audience(filters=("", f"tag={blue.id + 999}")): "",
        }.items():
            found = sorted(contact.first_name for contact in matching(team, audience))
            assert found == sorted(expected.split()), audience
            assert Audience.from_json(audience.to_json()) == audience
        assert find_problems(team, Audience(lists=(gone,), without_filters=(f"list={gone}",))) == [
            "A list that this audience names was deleted.",
            "List: what this filter names was deleted.",
        ]


def test_every_relation_of_the_statement_carries_the_team(cast: Cast) -> None:
    team = cast.northside
    with scope(team.id):
        vip = on_list(cast, "VIP", cast.maria, cast.tom).id
        audience = Audience((vip,), ("status=active",), (on_list(cast, "Old").id,), ("q=tom", "status=block"))
        with captured() as queries:
            assert [contact.first_name for contact in matching(team, audience)] == ["Maria"]
    statement = queries[-1]
    assert statement.count('"team_id" = ') >= statement.count(" FROM ")


def test_another_teams_list_is_unknown(cast: Cast) -> None:
    with scope(cast.northside.id):
        vip = on_list(cast, "VIP", cast.maria).id
    with scope(cast.harbor.id):
        assert not matching(cast.harbor, Audience((vip,))).exists()
        assert matching(cast.harbor, Audience(filters=("",))).count() == 1
