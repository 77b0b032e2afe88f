"""Groups of an audience: counted, listed and exported, against the real database."""

import random
from datetime import timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contacts.contact.models import Contact
from contacts.custom_fields.define import define_field
from contacts.custom_fields.values import FieldKind
from contacts.lists.models import ContactList, ListEntry
from kernel.tenancy import scope
from messaging.broadcasts.groups import RECIPIENTS, count_groups, group_batches, group_page
from messaging.broadcasts.left_out import LeftOut
from messaging.broadcasts.models import Broadcast, BroadcastRecipient, BroadcastStatus, RecipientState
from messaging.broadcasts.number_kinds import takes_broadcasts
from messaging.broadcasts.plain_numbers import _pattern, plain_areas
from messaging.broadcasts.recipient_check import Hold, find_reason, read_facts
from messaging.broadcasts.rendering import Renderer
from messaging.line_types.kinds import LineKind
from messaging.line_types.models import LineType
from messaging.models import Conversation
from optout.consent_records.models import ConsentCategory, ConsentMethod
from optout.consent_records.recording import StatedConsent, record_consent
from optout.consent_types import Actor
from optout.double_opt_in.models import DoubleOptIn
from optout.models import Suppression
from optout.reviews import Review, ReviewKind
from optout.suppression_lists.models import SuppressedNumber, SuppressionList
from tests.cast import Cast
from tests.routing import unrouted

NOW = timezone.now()
BODY = "Hi {{ first_name }}{{ last_name | }}, you are {{ custom.level }}."


def person(cast: Cast, name: str, number: str, **values: Any) -> Contact:
    values = {
        "custom": {"level": "Gold"},
        "last_inbox": cast.front_desk,
        "first_name": name,
        "note": name,
    } | values
    return Contact.objects.create(team=cast.northside, number=number, **values)


def suppress(contact: Contact, kind: str, inbox: Any = None) -> None:
    Suppression.objects.create(
        team_id=contact.team_id,
        number=contact.number,
        kind=kind,
        origin="contact",
        inbox=inbox,
        event_id=1,
        created_at=NOW,
    )


def earlier_texts(cast: Cast, contact: Contact, count: int, *, lists: list[int], hours_ago: float) -> None:
    at = NOW - timedelta(hours=hours_ago)
    for _ in range(count):
        earlier = Broadcast.objects.create(
            team=cast.northside, name="Earlier", audience={"lists": lists}, status=BroadcastStatus.FINISHED,
            started_at=at, ended_at=at,
        )  # fmt: skip
        BroadcastRecipient.objects.create(
            team=cast.northside, broadcast=earlier, number=contact.number, state=RecipientState.TEXTED, at=at
        )


def create_everybody(cast: Cast) -> tuple[ContactList, dict[str, str]]:
    """A list with people of each group; the group of each person by name."""
    team = cast.northside
    define_field(team, "Level", FieldKind.TEXT)
    fans = ContactList.objects.create(team=team, name="Fans")
    blocked = person(cast, "blocked", "+12125550101")
    suppress(blocked, "opt_out")
    suppress(blocked, "block")
    blocked_here = person(cast, "blocked_here", "+12125550117")
    suppress(blocked_here, "opt_out")
    suppress(blocked_here, "block", cast.front_desk)
    suppress(person(cast, "opted_out", "+12125550102"), "opt_out")
    suppress(person(cast, "here", "+12125550103"), "opt_out", cast.front_desk)
    suppress(person(cast, "elsewhere", "+12125550104"), "opt_out", cast.billing)
    held = person(cast, "held", "+12125550105")
    Review.objects.create(
        team=team,
        inbox=cast.front_desk,
        number=held.number,
        message_id=1,
        kind=ReviewKind.HOLD,
        at=NOW,
        created_at=NOW,
    )
    listed = SuppressionList.objects.create(team=team, name="DNC", kind="do_not_call", dated=NOW.date())
    for name, number in (("suppressed", "+12125550113"), ("held_too", held.number)):
        number = number if name == "held_too" else person(cast, name, number).number
        SuppressedNumber.objects.create(team=team, list=listed, number=number, run_id=1)
    asked = person(cast, "unconfirmed", "+12125550114")
    cast.front_desk.double_opt_in = cast.front_desk.line_lookups = True
    cast.front_desk.save()
    for name, number in (("landline", "+12125550115"), ("texted_us", "+12125550116")):
        line = {"number": person(cast, name, number).number, "inbox": cast.front_desk}
        LineType.objects.create(team=team, kind=LineKind.LANDLINE, looked_up_at=NOW, **line)
    Conversation.objects.create(
        team=team, inbox=cast.billing, number="+12125550116", inbound_count=1, last_message_at=NOW
    )
    DoubleOptIn.objects.create(team=team, inbox=cast.front_desk, number=asked.number, asked_at=NOW)
    person(cast, "unused", "+12125550106", last_inbox=None)
    earlier_texts(cast, person(cast, "today", "+12125550107"), 1, lists=[fans.id, 999], hours_ago=0)
    earlier_texts(cast, person(cast, "other_list", "+12125550108"), 1, lists=[999], hours_ago=0)
    earlier_texts(cast, person(cast, "often", "+12125550109"), 7, lists=[], hours_ago=160)
    earlier_texts(cast, person(cast, "long_ago", "+12125550110"), 9, lists=[fans.id], hours_ago=169)
    person(cast, "nameless", "+12125550111", first_name=" ")
    person(cast, "levelless", "+12125550112", custom={})
    suppress(person(cast, "premium", "+19005550123"), "opt_out")
    person(cast, "emergency", "US:911")
    person(cast, "pay_per_call", "+12129765550")
    person(cast, "word", "ACME")
    person(cast, "british", "+447400123456")  # a country without an inbox
    person(cast, "unassigned", "+15550000000")
    contacts = Contact.objects.filter(team=team).exclude(note="")
    ListEntry.objects.bulk_create([ListEntry(team=team, list=fans, contact=contact) for contact in contacts])
    return fans, {
        "blocked": LeftOut.BLOCKED, "blocked_here": LeftOut.BLOCKED,
        "opted_out": LeftOut.OPTED_OUT, "here": LeftOut.ONE_INBOX, "elsewhere": RECIPIENTS,
        "held": LeftOut.HELD, "suppressed": LeftOut.SUPPRESSED, "unconfirmed": LeftOut.UNCONFIRMED,
        "landline": LeftOut.LANDLINE, "texted_us": RECIPIENTS,
        "unused": LeftOut.NO_INBOX, "today": LeftOut.TEXTED_TODAY, "other_list": RECIPIENTS,
        "often": LeftOut.TOO_OFTEN, "long_ago": RECIPIENTS, "nameless": LeftOut.UNFILLED, "levelless": LeftOut.UNFILLED,
        "premium": LeftOut.NOT_TEXTABLE, "emergency": LeftOut.NOT_TEXTABLE,
        "pay_per_call": LeftOut.NOT_TEXTABLE, "word": LeftOut.NOT_TEXTABLE,
        "british": RECIPIENTS, "unassigned": LeftOut.NOT_TEXTABLE,
    }  # fmt: skip


def test_each_person_is_in_one_group_and_the_groups_add_up(cast: Cast) -> None:
    team = cast.northside
    with scope(team.id):
        fans, group_of = create_everybody(cast)
        broadcast = Broadcast.objects.create(
            team=team, name="Spring", body=BODY, audience={"lists": [fans.id]}
        )

        def people(group: str, limit: int) -> list[str]:
            """All pages of a group."""
            found: list[Contact] = []
            while page := group_page(
                broadcast, team, group, after=found[-1].id if found else 0, limit=limit, now=NOW
            ):
                found += page
            return [contact.note for contact in found]

        for changed in ({}, {"billing": "here elsewhere"}):
            if changed:  # from an inbox that everybody can be written from, also who never was
                broadcast.inbox = cast.billing
                group_of |= {"here": RECIPIENTS, "elsewhere": LeftOut.ONE_INBOX, "unused": RECIPIENTS}
                group_of |= {"unconfirmed": RECIPIENTS, "landline": RECIPIENTS}  # the other inbox did not ask
                group_of["blocked_here"] = LeftOut.OPTED_OUT
            groups = {
                group: [name for name, its in group_of.items() if its == group]
                for group in [RECIPIENTS, *LeftOut]
            }
            counted = count_groups(broadcast, team, NOW)
            assert counted.total == len(group_of)
            assert counted.recipients == len(groups[RECIPIENTS])
            assert counted.left_out == {reason: len(groups[reason]) for reason in LeftOut if groups[reason]}
            for group, names in groups.items():
                assert people(group, 1) == people(group, 50) == names, group
        cast.billing.closed_at = NOW
        cast.billing.save()
        assert count_groups(broadcast, team, NOW).recipients == 0
        broadcast.audience = {"lists": [fans.id + 999]}
        assert count_groups(broadcast, team, NOW).total == 0
        broadcast.audience, broadcast.inbox = {"lists": [fans.id]}, None
        cast.billing.closed_at = None
        cast.billing.save()
    exported = [contact.note for batch in group_batches(broadcast, team, RECIPIENTS, 2) for contact in batch]
    assert exported == ["elsewhere", "texted_us", "other_list", "long_ago", "british"]


def test_a_page_of_a_group_reads_no_rule_that_comes_after_it(cast: Cast) -> None:
    tables = {"optout_suppression": LeftOut.OPTED_OUT, "optout_review": LeftOut.HELD,
              "messaging_broadcastrecipient": LeftOut.TOO_OFTEN}  # fmt: skip
    with scope(cast.northside.id):
        fans, _ = create_everybody(cast)
        broadcast = Broadcast(team=cast.northside, body=BODY, audience={"lists": [fans.id]})
        for at, reason in enumerate(tables.values(), 1):
            with CaptureQueriesContext(connection) as captured:
                assert group_page(broadcast, cast.northside, reason, now=NOW)
            read = [table for table in tables if any(table in row["sql"] for row in captured)]
            assert read == list(tables)[:at]
            assert not any(unrouted(row["sql"]) for row in captured)


def test_a_person_gets_as_many_broadcasts_a_week_as_the_team_allows(cast: Cast) -> None:
    """Also where there were just as many broadcasts, or fewer, so that no texts are counted."""
    team = cast.northside
    with scope(team.id):
        fans = ContactList.objects.create(team=team, name="Fans")
        for at, texts in enumerate((0, 1, 2, 3)):
            contact = person(cast, f"{texts} texts", f"+1212555010{at}")
            ListEntry.objects.create(team=team, list=fans, contact=contact)
            for broadcast in Broadcast.objects.filter(team=team).order_by("id")[:texts]:
                BroadcastRecipient.objects.create(
                    team=team, broadcast=broadcast, number=contact.number, state=RecipientState.TEXTED, at=NOW
                )
            if at < 3:
                Broadcast.objects.create(team=team, name="Earlier", audience={}, started_at=NOW, ended_at=NOW)
        draft = Broadcast(team=team, body="Hi", audience={"lists": [fans.id]})
        for team.broadcasts_per_week, too_often in ((1, 3), (2, 2), (3, 1), (4, 0)):
            counted = count_groups(draft, team, NOW)
            assert counted.left_out.get(LeftOut.TOO_OFTEN, 0) == too_often
            assert counted.total == 4


def claimed(broadcast: Broadcast, contact: Contact) -> str:
    """What a claim of this person's text decides: a LeftOut, or RECIPIENTS."""
    inbox = broadcast.inbox or contact.last_inbox
    if inbox is None:  # the preparation leaves these out
        return LeftOut.NO_INBOX
    inbox.team = broadcast.team
    facts = read_facts(broadcast, inbox, [contact.number], NOW)[contact.number]
    reason = find_reason(facts)
    assert not isinstance(reason, Hold)
    if reason is None and Renderer.of(broadcast).text_for(contact, inbox, with_words=False).problems:
        return LeftOut.UNFILLED
    return reason or RECIPIENTS


def test_the_review_and_the_claim_leave_the_same_people_out(cast: Cast) -> None:
    """Each reason, from the inbox last used and from one inbox; only the claim knows who is gone meanwhile."""
    team = cast.northside
    with scope(team.id):
        fans, _ = create_everybody(cast)
        team.marketing_needs_consent = True
        team.save()
        everybody = list(Contact.objects.filter(team=team).exclude(note="").order_by("id"))
        stated = StatedConsent(ConsentCategory.MARKETING, ConsentMethod.FORM, "Yes", "", NOW)
        for contact in everybody:
            if contact.note != "long_ago":
                record_consent(team.id, contact.number, stated, Actor.of(cast.admin))
        seen = set[str]()
        for inbox in (None, cast.front_desk, cast.billing):
            broadcast = Broadcast.objects.create(
                team=team, name="Spring", body=BODY, inbox=inbox, audience={"lists": [fans.id]}
            )
            reviewed = {
                contact.note: group
                for group in (RECIPIENTS, *LeftOut)
                for contact in group_page(broadcast, team, group, now=NOW)
            }
            assert reviewed == {contact.note: claimed(broadcast, contact) for contact in everybody}
            seen |= set(reviewed.values())
        assert seen == {RECIPIENTS, *LeftOut} - {LeftOut.GONE}


def test_plain_numbers_surely_take_broadcasts() -> None:
    chance = random.Random(7)
    lengths = {1: [10], 44: [10], 49: [10, 11], 33: [9], 34: [9], 55: [11], 351: [9], 31: [9], 39: [10]}
    for code, length in lengths.items():
        numbers = [
            f"+{code}{chance.randrange(10**9, 10**10)}"[: 1 + len(str(code)) + chance.choice(length)]
            for _ in range(300)
        ]
        plain = [number for number in numbers if _pattern((code,)).fullmatch(number)]
        assert plain, code
        assert all(takes_broadcasts(number) for number in plain), code
    areas = plain_areas()
    assert {"+1212", "+1415", "+1905"} <= set(areas)
    assert not {"+1900", "+1555", "+1911"} & set(areas)
    for _ in range(300):
        rest = str(chance.randrange(2_000_000, 10_000_000))
        assert takes_broadcasts(f"{chance.choice(areas)}{rest}") or rest.startswith("976")
    assert not _pattern((1,)).fullmatch("+14159765550") and not takes_broadcasts("+14159765550")


def test_marketing_may_need_consent_and_information_needs_none(cast: Cast) -> None:
    team = cast.northside
    with scope(team.id):
        fans, group_of = create_everybody(cast)
        team.marketing_needs_consent = True
        team.save()
        broadcast = Broadcast(team=team, name="Spring", body="Hi", audience={"lists": [fans.id]})
        without = count_groups(broadcast, team, NOW)
        assert without.recipients == 0 and without.left_out[LeftOut.SUPPRESSED] == 1
        for number, category in (
            ("+12125550104", ConsentCategory.MARKETING), ("+12125550108", ConsentCategory.INFORMATIONAL),
        ):  # fmt: skip
            stated = StatedConsent(category, ConsentMethod.FORM, "Yes", "", NOW)
            record_consent(team.id, number, stated, Actor.of(cast.admin))
        counted = count_groups(broadcast, team, NOW)
        assert counted.recipients == 1 and counted.total == len(group_of)
        assert counted.left_out[LeftOut.NO_CONSENT] == without.left_out[LeftOut.NO_CONSENT] - 1
        broadcast.category = "informational"
        informed = count_groups(broadcast, team, NOW)
        assert LeftOut.SUPPRESSED not in informed.left_out and LeftOut.NO_CONSENT not in informed.left_out
        assert informed.left_out[LeftOut.UNCONFIRMED] == 1
