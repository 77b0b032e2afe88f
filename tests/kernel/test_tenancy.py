"""Tenant isolation: its three layers, checked in the catalogue and by statements against all tables."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core import checks
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.types.json import Json

from accounts import scope_lookups
from accounts.audit.models import SettingsSection
from accounts.models import Inbox, Invitation, Member, Role, Seat, Team, hash_token
from accounts.roles.models import TeamRole
from accounts.settings_audit import record_changes
from accounts.single_sign_on.models import ClaimedDomain, LinkedIdentity, RemovedMember, SingleSignOn
from api.models import ApiKey, StoredResponse
from contacts.bulk.models import BulkAction, BulkActionBatch, BulkActionRun
from contacts.contact.models import Contact
from contacts.custom_fields.models import CustomField, FieldDeletion, FilterValue
from contacts.imports.models import Import, ImportChunk, ImportOptOut, ImportRow, RefusedRow
from contacts.imports.undo.models import ImportChange, ImportMade, ImportUndo, MadeKind
from contacts.lists.models import ContactList, ListEntry, Tag, Tagging
from contacts.suppression_lists.models import SuppressionListFile, SuppressionListImport
from contacts.vendor_lists.models import VendorListFile, VendorListImport, VendorListRemark, VendorListRow
from devserver.postgres import SUPERUSER
from kernel.checks import check_runtime_role
from kernel.tenancy import WrongScope, scope
from messaging.broadcasts.models import Broadcast, BroadcastLane, BroadcastPace, BroadcastRecipient
from messaging.broadcasts.stored_figures import BroadcastFigures
from messaging.drafts.models import Draft
from messaging.groups.models import GroupRecipient
from messaging.inbound_parts.models import InboundPart
from messaging.line_types.models import LineType
from messaging.media.models import Attachment, AttachmentState
from messaging.models import (
    Conversation,
    IdempotencyKey,
    Message,
    MessageStatus,
    OptOutEffects,
    OptOutLatency,
    ReadMarker,
)
from messaging.notifications.models import NotificationSettings, PushSubscription, UnseenEvent
from messaging.numbers.models import Registration
from messaging.opt_out_pushes.models import OptOutPush, PushedOptOut
from messaging.retention.models import RetentionRule, RetentionRun
from messaging.saved_views.models import SavedView
from messaging.scheduling.models import ScheduledText
from messaging.scope_lookups import conversations_due, opt_ins_due
from messaging.search.indexing import index_new
from messaging.simulator.models import SimulatedText, SimulatorBehavior
from messaging.teamwork.models import Activity, ActivityKind, Assignment, Mention, Note
from messaging.text_templates.models import TextTemplate
from optout import consent
from optout.carrier_opt_outs.models import CarrierOptOut
from optout.consent_records.models import ConsentCategory, ConsentMethod, ConsentRecord
from optout.consent_types import Actor
from optout.double_opt_in.models import DoubleOptIn
from optout.linked_teams.models import LinkRequest
from optout.models import Origin
from optout.pending_opt_ins import OptInOutcome, PendingOptIn
from optout.reply_wordings import ReplyWording
from optout.reviews import Review, ReviewKind
from optout.roots.models import LedgerBlock, LedgerRoot
from optout.scope_lookups import holds_due, link_requests, link_teams, list_for_links
from optout.suppression_lists.models import SuppressedNumber, SuppressionList, SuppressionListKind
from reports import rollup, snapshots
from reports.models import DirtyMark
from reports.schedules.models import ReportRecipient, ReportSchedule
from tests.cast import MARIA, PASSWORD, STRANGER, Cast
from tests.cluster_database import is_used, share_a_node
from tests.saved_rows import SavedRows
from tests.statements import captured
from webhooks.models import Attempt, Delivery, Endpoint, EventType
from webhooks.scope_lookups import endpoints_due

# Tables that belong to no team. A new table of this kind must be added here.
GLOBAL_TABLES = {
    "account_emailaddress",
    "account_emailconfirmation",
    "accounts_signinlimit",
    "accounts_user",
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "django_content_type",
    "django_migrations",
    "django_session",
    "mfa_authenticator",
    "usersessions_usersession",
}
WRITTEN_ONCE = {"optout_consentevent", "optout_consentrecord", "accounts_settingschange"}
WRITTEN_ONCE |= {"optout_ledgerroot", "optout_ledgerblock"}
WRITTEN_BY_FUNCTIONS = {"optout_teamlink", "optout_linkedoptout"}
LOOKUPS = {
    "lookup_api_key",
    "lookup_backlog_of_contacts",
    "lookup_backlog_of_messaging",
    "lookup_lists_behind",
    "lookup_backlog_of_reports",
    "lookup_backlog_of_webhooks",
    "lookup_claimed_elsewhere",
    "lookup_contact_estimate",
    "lookup_contacts",
    "lookup_match_estimate",
    "lookup_members_to_tell",
    "lookup_members_with_unseen_events",
    "lookup_missing_two_factor",
    "lookup_single_sign_on",
    "lookup_single_sign_on_of_domain",
    "lookup_single_sign_on_rules",
    "lookup_domain_claimed_elsewhere",
    "lookup_membership",
    "lookup_membership_and_role",
    "lookup_attachments_due",
    "lookup_broadcast_lanes_due",
    "lookup_broadcasts_due",
    "lookup_broadcasts_to_reconcile",
    "lookup_inboxes_with_lookups",
    "lookup_opt_out_pushes_due",
    "lookup_conversations_due",
    "lookup_endpoints_due",
    "lookup_inboxes_by_address",
    "lookup_opt_ins_due",
    "lookup_holds_due",
    "lookup_ids_reserved",
    "lookup_listed_for_links",
    "lookup_teams_to_remind",
    "lookup_teams_in_deletion",
    "lookup_invitation",
    "lookup_runs_waiting",
    "lookup_schedules_due",
    "lookup_scheduled_texts_due",
    "lookup_scheduled_texts_to_tell",
    "lookup_snoozes_ended",
    "lookup_suppressed_ending",
    "lookup_link_requests",
    "lookup_linked_by_request",
    "lookup_linked_retractions",
    "lookup_declined_link",
    "lookup_unlinked",
    "lookup_teams_to_copy",
    "lookup_retention_due",
    "lookup_teams_to_index",
    "lookup_teams_without_root",
    "lookup_teams_without_snapshot",
    "lookup_teams_with_stale_rollups",
    "lookup_teams",
    "lookup_teams_of_user",
    "lookup_texts",
}

TRIGGERS = {
    "optout_add_to_feed",
    "optout_share_opt_out",
    "reports_mark_hour",
    "reports_mark_ledger_entry",
    "reports_plan_schedules",
}


# -- the catalogue -----------------------------------------------------------------------------------------------

TENANT_TABLES = """
    SELECT c.oid, c.relname FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
    AND (c.relname = 'accounts_team' OR EXISTS (
        SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'team_id' AND NOT a.attisdropped))
"""
FLAWS = {
    "is neither a tenant table nor a global one": """
        SELECT relname FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
        AND oid NOT IN (SELECT oid FROM tenant) AND NOT relname = ANY(%(global)s)""",
    "is a view, which shows the rows that its owner sees": """
        SELECT relname FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm')
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')  -- those of Citus""",
    "belongs to the runtime role, so no policy binds it": """
        SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
        AND relowner = %(runtime)s::regrole""",
    "has no row-level security": """
        SELECT relname FROM pg_class JOIN tenant USING (oid, relname) WHERE NOT relrowsecurity""",
    "has no policy for all commands": """
        SELECT relname FROM tenant
        WHERE NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = tenant.oid AND polcmd = '*' AND polpermissive)""",
    "has a policy that does not check the team": """
        SELECT relname FROM pg_policy JOIN tenant ON tenant.oid = polrelid
        WHERE coalesce(pg_get_expr(polqual, polrelid) !~ 'heymarket\\.team', true)
        OR pg_get_expr(polwithcheck, polrelid) !~ 'heymarket\\.team'""",
    "has rows without a team": """
        SELECT relname FROM tenant JOIN pg_attribute ON attrelid = tenant.oid
        WHERE attname = 'team_id' AND NOT attnotnull""",
    "does not reference the team": """
        SELECT relname FROM tenant WHERE relname <> 'accounts_team' AND NOT EXISTS (
            SELECT FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND k.conkey = ARRAY[a.attnum]
            WHERE k.contype = 'f' AND k.conrelid = tenant.oid AND a.attname = 'team_id'
            AND k.confrelid = 'accounts_team'::regclass)""",
    "has a primary key without the team": """
        SELECT relname FROM tenant WHERE relname <> 'accounts_team' AND NOT EXISTS (
            SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
            WHERE i.indrelid = tenant.oid AND i.indisprimary AND a.attname = 'team_id')""",
    "has a unique key that does not start with the team": """
        SELECT relname FROM tenant JOIN pg_index i ON i.indrelid = tenant.oid
        LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
        WHERE relname <> 'accounts_team' AND i.indisunique AND a.attname IS DISTINCT FROM 'team_id'""",
    "has a foreign key without the team": """
        SELECT tenant.relname FROM tenant JOIN pg_constraint k ON k.conrelid = tenant.oid AND k.contype = 'f'
        JOIN tenant AS parent ON parent.oid = k.confrelid AND parent.relname <> 'accounts_team'
        WHERE NOT EXISTS (
            SELECT FROM unnest(k.conkey, k.confkey) AS pair (ours, theirs)
            JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = pair.ours AND a.attname = 'team_id'
            JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = pair.theirs AND b.attname = 'team_id')""",
    "has a key of another tenant table without a foreign key": """
        SELECT relname FROM tenant JOIN pg_attribute a ON a.attrelid = tenant.oid AND NOT a.attisdropped
        WHERE a.attname = ANY(%(keys)s) AND NOT EXISTS (
            SELECT FROM pg_constraint k WHERE k.conrelid = tenant.oid AND k.contype = 'f' AND a.attnum = ANY(k.conkey))
        AND (relname, attname) NOT IN (  -- plain IDs: the row outlives the other row
            ('optout_consentevent', 'inbox_id'), ('optout_consentevent', 'message_id'),
            ('optout_pendingoptin', 'message_id'), ('optout_review', 'message_id'),  -- texts belong to a package above
            ('optout_carrieroptout', 'message_id'),
            ('messaging_message', 'author_id'), ('messaging_note', 'author_id'),
            ('messaging_scheduledtext', 'author_id'), ('messaging_scheduledtext', 'message_id'),
            ('messaging_broadcast', 'author_id'),
            ('messaging_broadcastrecipient', 'contact_id'), ('messaging_broadcastrecipient', 'message_id'),
            ('optout_consentrecord', 'inbox_id'), ('optout_consentrecord', 'message_id'),
            ('messaging_savedview', 'inbox_id'), ('messaging_savedview', 'tag_id'),
            ('webhooks_webhookevent', 'contact_id'),
            ('contacts_importchange', 'contact_id'), ('reports_indexedchange', 'inbox_id'),
            ('reports_rollup', 'inbox_id'), ('reports_reportrecipient', 'member_id'))""",
}


def flaws(owner: psycopg.Connection) -> set[str]:
    """All flaws of tenant isolation, as 'table: flaw'."""
    values = {
        "global": sorted(GLOBAL_TABLES),
        "runtime": settings.DATABASE_RUNTIME_USER,
        "keys": ["inbox_id", "member_id", "contact_id", "conversation_id", "message_id", "author_id"],
    }
    return {
        f"{table}: {flaw}"
        for flaw, query in FLAWS.items()
        for (table,) in owner.execute(f"WITH tenant AS ({TENANT_TABLES}) {query}", values)  # type: ignore[arg-type]
    }


def tenant_tables(owner: psycopg.Connection) -> list[str]:
    return sorted(table for _, table in owner.execute(TENANT_TABLES))  # type: ignore[arg-type]


def test_all_tenant_tables_are_isolated(owner: psycopg.Connection) -> None:
    assert {"accounts_team", "contacts_contact", "messaging_message", "optout_consentevent"} < set(
        tenant_tables(owner)
    )
    assert flaws(owner) == set()


ISOLATED = """
    CREATE TABLE bad (id bigint, team_id bigint NOT NULL REFERENCES accounts_team (id), number text,
        PRIMARY KEY (team_id, id));
    ALTER TABLE bad ENABLE ROW LEVEL SECURITY;
    CREATE POLICY team ON bad USING (team_id = nullif(current_setting('heymarket.team', true), '')::bigint);
"""


@pytest.mark.parametrize(
    ("change", "flaw"),
    [
        ("", ""),
        ("CREATE TABLE bad (id bigint PRIMARY KEY, number text)", "is neither a tenant table nor a global one"),
        ("CREATE VIEW bad AS SELECT * FROM contacts_contact", "is a view"),
        ("ALTER TABLE bad DISABLE ROW LEVEL SECURITY", "has no row-level security"),
        ("DROP POLICY team ON bad", "has no policy for all commands"),
        ("DROP POLICY team ON bad; CREATE POLICY team ON bad FOR SELECT USING (team_id = "
         "current_setting('heymarket.team')::bigint)", "has no policy for all commands"),
        ("CREATE POLICY also ON bad USING (true)", "has a policy that does not check the team"),
        ("CREATE POLICY also ON bad FOR INSERT WITH CHECK (true)", "has a policy that does not check the team"),
        ("ALTER TABLE bad DROP CONSTRAINT bad_pkey, ALTER team_id DROP NOT NULL", "has rows without a team"),
        ("ALTER TABLE bad DROP CONSTRAINT bad_team_id_fkey", "does not reference the team"),
        ("ALTER TABLE bad DROP CONSTRAINT bad_pkey, ADD PRIMARY KEY (id)", "has a primary key without the team"),
        ("ALTER TABLE bad ADD UNIQUE (number)", "has a unique key that does not start with the team"),
        ("ALTER TABLE bad ADD UNIQUE (number, team_id)", "has a unique key that does not start with the team"),
        ("CREATE UNIQUE INDEX ON bad (lower(number), team_id)", "has a unique key that does not start with the team"),
        ("CREATE TABLE parent (id bigint UNIQUE, team_id bigint); ALTER TABLE bad ADD FOREIGN KEY (id) "
         "REFERENCES parent (id)", "has a foreign key without the team"),
        ("ALTER TABLE bad ADD inbox_id bigint",
         "has a key of another tenant table without a foreign key"),
    ],
)  # fmt: skip
def test_each_flaw_of_a_table_is_reported(owner: psycopg.Connection, change: str, flaw: str) -> None:
    """The test above can fail: each flaw is reported, and a table without a flaw is not."""
    with owner.transaction(force_rollback=True):
        owner.execute(change if "CREATE TABLE bad" in change or "VIEW" in change else ISOLATED + change)
        found = {line for line in flaws(owner) if line.startswith("bad: ")}
        assert any(line.startswith(f"bad: {flaw}") for line in found) if flaw else not found, found


# -- rows in every table -----------------------------------------------------------------------------------------


@pytest.fixture
def cast(cast_rows: SavedRows[Cast], owner: psycopg.Connection) -> Cast:
    """On a cluster both teams are on one node: nodes draw IDs of their own, which may be the same."""
    return cast_rows.insert_until(lambda found: share_a_node(owner, found.northside.id, found.harbor.id))


@pytest.fixture
def populated(cast: Cast, owner: psycopg.Connection) -> Cast:
    """Both teams with a row in every tenant table."""
    populate(cast.northside, cast.member, cast.front_desk)
    populate(cast.harbor, cast.outsider, cast.shop)
    with scope(cast.harbor.id):
        asked = link_requests("owner@example.com")[0]
        assert link_teams(asked.team_id, asked.id, "owner@example.com", "Harriet")
    for team in (cast.northside, cast.harbor):
        with scope(team.id):
            list_for_links()
    for table in tenant_tables(owner):
        column = "id" if table == "accounts_team" else "team_id"
        teams = {team for (team,) in owner.execute(f"SELECT {column} FROM {table}")}  # type: ignore[arg-type]
        assert teams == {cast.northside.id, cast.harbor.id}, f"populate() has no row for {table}"
    return cast


def populate(team: Team, member: Member, inbox: Inbox) -> None:
    now = timezone.now()
    with scope(team.id):
        Seat.objects.get_or_create(team=team, inbox=inbox, member=member)
        TeamRole.objects.create(team=team, name="Reader", rights=["see_reports"])
        Invitation.objects.create(
            team=team,
            email="new@people.example",
            role=Role.MEMBER,
            token_hash=hash_token(team.slug),
            invited_by="x",
        )
        SingleSignOn.objects.create(
            team=team, issuer="https://login.example", client_id="x", client_secret="x"
        )
        ClaimedDomain.objects.create(team=team, domain="people.example", challenge="x", verified_at=now)
        LinkedIdentity.objects.create(
            team=team, user_id=member.user_id, issuer="https://login.example", subject="1"
        )
        RemovedMember.objects.create(team=team, email="old@people.example", name="x")
        record_changes(member, SettingsSection.OPT_OUT, {"Help": "no"}, {"Help": "yes"})
        api_key = ApiKey.objects.create(team=team, name="CRM", key_id=team.slug)
        StoredResponse.objects.create(
            team=team,
            api_key=api_key,
            idempotency_key="1",
            fingerprint="x",
            content=f'"{MARIA}"',
            created_at=now,
        )
        consent.opt_out(team.id, STRANGER, Actor(Origin.TOLD_MEMBER, "Maya"), reason="they asked us")
        endpoint = Endpoint(
            team=team, name="CRM", url="https://crm.example/hooks", events=[EventType.OPT_OUT]
        )
        endpoint.rotate_secret()
        endpoint.save()
        consent.opt_out(team.id, STRANGER, Actor(Origin.MEMBER, "Maya"), reason="they asked us")
        LinkRequest.objects.create(team=team, email="owner@example.com", asked_by="Maya")
        OptOutPush.objects.create(team=team, inbox=inbox, due_at=now)
        Registration.objects.create(team=team, inbox=inbox)
        PushedOptOut.objects.create(team=team, inbox=inbox, number=MARIA, opted_out=True, at=now)
        CarrierOptOut.objects.create(team=team, inbox=inbox, number=MARIA, since=now, last_at=now)
        PendingOptIn.objects.create(
            team=team,
            inbox=inbox,
            number=MARIA,
            message_id=1,
            may_reply=True,
            created_at=now,
            next_try_at=now,
        )
        ConsentRecord.objects.create(
            team=team,
            number=MARIA,
            category=ConsentCategory.MARKETING,
            method=ConsentMethod.FORM,
            origin=Origin.MEMBER,
            recorded_at=now,
        )
        DoubleOptIn.objects.create(team=team, inbox=inbox, number=MARIA, asked_at=now)
        LedgerBlock.objects.create(team=team, index=0, hash="0" * 64)
        LedgerRoot.objects.create(
            team=team, day=now.date(), entries=0, hash="0" * 64, made_at=now, business=team.name, signature={}
        )
        ReplyWording.objects.create(team=team, inbox=inbox, language="es", reply="stop", text="Adiós")
        Review.objects.create(
            team=team, inbox=inbox, number=MARIA, message_id=1, kind=ReviewKind.HOLD, at=now, created_at=now
        )
        delivery = Delivery.objects.get(team=team, endpoint=endpoint)
        Attempt.objects.create(team=team, delivery=delivery, at=now, status=500, duration=12)
        conversation = Conversation.objects.create(team=team, inbox=inbox, number=MARIA, last_message_at=now)
        ReadMarker.objects.create(team=team, conversation=conversation, member=member, seen=1)
        Assignment.objects.create(team=team, conversation=conversation, member=member, at=now)
        note = Note.objects.create(
            team=team,
            conversation=conversation,
            author_id=member.id,
            author_name="Maya",
            body="Call her",
            at=now,
        )
        Mention.objects.create(team=team, note=note, conversation=conversation, member=member)
        Draft.objects.create(
            team=team, member=member, conversation=conversation, body="Hello", updated_at=timezone.now()
        )
        NotificationSettings.objects.create(team=team, member=member, push=["text"])
        PushSubscription.objects.create(
            team=team, member=member, endpoint="https://push.example/1", created_at=now
        )
        UnseenEvent.objects.create(
            team=team, member=member, conversation=conversation, event="text", title="Maria", due_at=now
        )
        TextTemplate.objects.create(team=team, owner=member, title="Greeting", body="Hello")
        ScheduledText.objects.create(
            team=team, conversation=conversation, inbox=inbox, number=MARIA, body="Later", send_at=now,
            seen_inbound=0, author_id=member.id, author_name="Maya", created_at=now,
        )  # fmt: skip
        populate_broadcasts(team, inbox, now)
        SavedView.objects.create(team=team, member=member, name="Mine", folder="open")
        Activity.objects.create(
            team=team, conversation=conversation, kind=ActivityKind.CLOSED, actor_name="Maya", at=now
        )
        text = Message.objects.create(
            team=team, conversation=conversation, inbox=inbox, number=MARIA, outbound=True, author_id=member.id,
            status=MessageStatus.QUEUED, body=f"of {team.name}", at=now, due_at=now,
        )  # fmt: skip
        index_new(team.id)
        GroupRecipient.objects.create(team=team, message=text, number=STRANGER, position=0)
        InboundPart.objects.create(
            team=team, inbox=text.inbox, number=MARIA, reference="a7", position=1, total=2, carrier_id="1",
            created_at=timezone.now(),
        )  # fmt: skip
        Attachment.objects.create(team=team, state=AttachmentState.GONE)
        contact = Contact.objects.get(team=team, number=MARIA)
        ListEntry.objects.create(
            team=team, list=ContactList.objects.create(team=team, name="Recall"), contact=contact
        )
        Tagging.objects.create(team=team, tag=Tag.objects.create(team=team, name="VIP"), contact=contact)
        CustomField.objects.create(team=team, name="Plan", key="plan")
        FilterValue.objects.create(team=team, contact=contact, key="plan", words="gold")
        suppression_list = SuppressionList.objects.create(
            team=team, name="DNC", kind=SuppressionListKind.DO_NOT_CALL, dated=now
        )
        SuppressedNumber.objects.create(team=team, list=suppression_list, number=MARIA, run_id=1)
        listed = SuppressionListImport.objects.create(
            team=team, suppression_list=suppression_list, dated=now, country="US"
        )
        SuppressionListFile.objects.create(team=team, run=listed, data=b"x")
        FieldDeletion.objects.create(team=team, name="Size", key="size")
        run = Import.objects.create(team=team, file_name="people.csv", size=1)
        ImportChunk.objects.create(team=team, run=run, place=1, data=b"x")
        ImportRow.objects.create(team=team, run=run, line=2, number=MARIA)
        RefusedRow.objects.create(team=team, run=run, line=3, reason="No number.")
        ImportOptOut.objects.create(team=team, run=run, number=MARIA, line=2, words="Opt Out: yes")
        ImportChange.objects.create(team=team, run=run, contact_id=contact.id, created=True, at=now)
        ImportMade.objects.create(team=team, run=run, kind=MadeKind.LIST, what=1)
        ImportUndo.objects.create(team=team, run=run)
        bulk_action = BulkActionRun.objects.create(team=team, action=BulkAction.DELETE)
        BulkActionBatch.objects.create(team=team, run=bulk_action, position=1, contact_ids=[contact.id])
        vendor_list = VendorListImport.objects.create(team=team, source="Textline", country="US")
        VendorListFile.objects.create(team=team, run=vendor_list, data=b"x")
        VendorListRow.objects.create(team=team, run=vendor_list, line=1, number=MARIA)
        VendorListRemark.objects.create(team=team, run=vendor_list, line=2, reason="No number.")
        IdempotencyKey.objects.create(team=team, local_id="1", fingerprint="x", created_at=now)
        SimulatorBehavior.objects.create(team=team, inbox=inbox)
        SimulatedText.objects.create(
            team=team, inbox=inbox, number=MARIA, from_handset=True, carrier_id="SM1"
        )
        RetentionRule.objects.create(team=team)
        RetentionRun.objects.create(team=team, day=now.date(), ended_at=now)
        OptOutLatency.objects.create(team=team, event_id=1, at=now, microseconds=9)
        OptOutEffects.objects.create(team=team, event_id=1, closed=True)
        snapshots.take_snapshot(team)
        schedule = ReportSchedule(team=team, report="volume", created_by="Maya Chen")
        schedule.resume()
        schedule.save()
        ReportRecipient.objects.create(team=team, schedule=schedule, member_id=member.id, name="Maya Chen")
        rollup.rebuild(team)
        DirtyMark.objects.create(team=team, at=now)


def populate_broadcasts(team: Team, inbox: Inbox, now: datetime) -> None:
    broadcast = Broadcast.objects.create(team=team, name="Sale", inbox=inbox)
    BroadcastRecipient.objects.create(team=team, broadcast=broadcast, number=MARIA, inbox=inbox)
    BroadcastLane.objects.create(team=team, broadcast=broadcast, inbox=inbox)
    BroadcastPace.objects.create(team=team, inbox=inbox, next_at=now)
    LineType.objects.create(team=team, number=MARIA, inbox=inbox)
    BroadcastFigures.objects.create(team=team, broadcast=broadcast, counts={}, counted_at=now, seconds=0)


def run(sql: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else [cursor.rowcount]


def counts(tables: list[str]) -> dict[str, int]:
    return {table: run(f"SELECT count(*) FROM {table}")[0][0] for table in tables}


# -- the second layer: policies -----------------------------------------------------------------------------------


def test_all_tenant_tables_are_empty_without_a_scope(populated: Cast, owner: psycopg.Connection) -> None:
    tables = tenant_tables(owner)
    nothing = dict.fromkeys(tables, 0)
    assert run("SELECT current_user")[0][0] == settings.DATABASE_RUNTIME_USER
    connection.close()
    assert counts(tables) == nothing, "without the setting"
    with scope(populated.northside.id):
        assert all(counts(tables).values())
    # On a cluster the scope had another connection, that of a node.
    assert run("SELECT current_setting('heymarket.team', true)")[0][0] == (None if is_used() else "")
    assert counts(tables) == nothing, "with an empty setting, after a scope"


def test_scope_shows_only_the_rows_of_its_team(populated: Cast, owner: psycopg.Connection) -> None:
    for team in populated.northside, populated.harbor:
        with scope(team.id):
            for table in tenant_tables(owner):
                column = "id" if table == "accounts_team" else "team_id"
                assert {row[0] for row in run(f"SELECT {column} FROM {table}")} == {team.id}, table


def test_all_tables_refuse_a_row_of_another_team(populated: Cast, owner: psycopg.Connection) -> None:
    """A valid row of Northside, inserted in Harbor's scope."""
    for table in tenant_tables(owner):
        (row,) = owner.execute(f"SELECT row_to_json(t) FROM {table} t LIMIT 1").fetchone() or ()  # type: ignore[arg-type]
        row["team_id" if table != "accounts_team" else "slug"] = populated.northside.id
        row["id"] += 1_000_000
        for generated in ("sort_name", "search_words"):
            row.pop(generated, None)
        columns = ", ".join(f'"{column}"' for column in row)
        copy = f"({columns}) SELECT {columns} FROM json_populate_record(null::{table}, %s::json)"
        policy = f'row-level security policy for table "{table}(_[0-9]+)?"'  # a node names its shard
        refusal = "permission denied" if table in WRITTEN_BY_FUNCTIONS else policy
        with pytest.raises(ProgrammingError, match=refusal), scope(populated.harbor.id):
            run(f"INSERT INTO {table} {copy} RETURNING 1", Json(row))


def test_row_cannot_change_its_team(populated: Cast, owner: psycopg.Connection) -> None:
    for table in tenant_tables(owner):
        column = "id" if table == "accounts_team" else "team_id"
        refused = table in WRITTEN_ONCE | WRITTEN_BY_FUNCTIONS
        refusal = "permission denied" if refused else "row-level security policy"
        refusal += "|modifying the partition value"  # of a cluster
        with pytest.raises(DatabaseError, match=refusal), scope(populated.harbor.id):
            run(f"UPDATE {table} SET {column} = {populated.northside.id}")


def test_update_and_delete_reach_only_own_rows(populated: Cast, owner: psycopg.Connection) -> None:
    for table in set(tenant_tables(owner)) - WRITTEN_ONCE - WRITTEN_BY_FUNCTIONS:
        column = "id" if table == "accounts_team" else "team_id"
        with scope(populated.harbor.id):
            own = counts([table])[table]
            assert run(f"UPDATE {table} SET {column} = {column}") == [own], table
            assert run(f"DELETE FROM {table} WHERE {column} = {populated.northside.id}") == [0], table
        assert run(f"UPDATE {table} SET {column} = {column}") == [0], "no scope, no rows"
        assert run(f"DELETE FROM {table}") == [0], "no scope, no rows"


# -- the third layer: keys ----------------------------------------------------------------------------------------

REFERENCES = f"""
    WITH tenant AS ({TENANT_TABLES})
    SELECT tenant.relname, a.attname, parent.relname FROM pg_constraint k
    JOIN tenant ON tenant.oid = k.conrelid JOIN tenant AS parent ON parent.oid = k.confrelid
    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = ANY(k.conkey) AND a.attname <> 'team_id'
    WHERE k.contype = 'f'
"""


def test_row_cannot_refer_to_another_teams_row(populated: Cast, owner: psycopg.Connection) -> None:
    """Policies do not apply to foreign keys, nor to the owner."""
    references = owner.execute(REFERENCES).fetchall()  # type: ignore[arg-type]
    assert ("messaging_message", "conversation_id", "messaging_conversation") in references
    for child, column, parent in references:
        (theirs,) = owner.execute(
            f"SELECT min(id) FROM {parent} WHERE team_id = %s",
            [populated.harbor.id],  # type: ignore[arg-type]
        ).fetchone() or (None,)
        assert theirs
        move = f"UPDATE {child} SET {column} = {theirs} WHERE team_id = {populated.northside.id}"
        with pytest.raises(IntegrityError, match="foreign key"), scope(populated.northside.id):
            run(move)
        with pytest.raises(psycopg.errors.ForeignKeyViolation), owner.transaction():
            owner.execute(move)  # type: ignore[arg-type]


def test_orm_cannot_refer_to_another_teams_row(cast: Cast) -> None:
    with pytest.raises(IntegrityError, match="accounts_seat_inbox"), scope(cast.northside.id):
        Seat.objects.create(team=cast.northside, member=cast.admin, inbox_id=cast.shop.id)


# -- the scope ---------------------------------------------------------------------------------------------------


def team_in_scope() -> str:
    return run("SELECT coalesce(current_setting('heymarket.team', true), '')")[0][0]


def test_nested_scope_of_the_same_team_joins_the_outer_scope(cast: Cast) -> None:
    with scope(cast.northside.id):
        with scope(cast.northside.id):
            assert Contact.objects.count() == 2
        assert Contact.objects.count() == 2, "the inner scope ends nothing"


def test_nested_scope_of_another_team_is_refused(cast: Cast) -> None:
    with scope(cast.northside.id):
        with pytest.raises(WrongScope), scope(cast.harbor.id):
            pytest.fail("entered")
        assert team_in_scope() == str(cast.northside.id)
    with scope(cast.harbor.id):
        assert Contact.objects.count() == 1


def test_scope_ends_with_its_transaction(cast: Cast) -> None:
    with scope(cast.northside.id):
        backend = run("SELECT pg_backend_pid()")
    with transaction.atomic():
        assert (run("SELECT pg_backend_pid()") != backend) is is_used(), "on the same connection"
        assert (team_in_scope(), Contact.objects.count()) == ("", 0)


def test_scope_ends_with_an_exception(cast: Cast) -> None:
    with pytest.raises(ZeroDivisionError), scope(cast.northside.id):
        _ = 1 / 0
    assert (team_in_scope(), Contact.objects.count()) == ("", 0)
    with scope(cast.harbor.id):
        assert Contact.objects.count() == 1


def test_scope_ends_with_a_database_error(cast: Cast) -> None:
    with pytest.raises(DatabaseError), scope(cast.northside.id):
        run("SELECT 1 / 0")
    assert (team_in_scope(), Contact.objects.count()) == ("", 0)


def test_outer_transaction_has_no_team_after_a_scope(cast: Cast) -> None:
    """SET LOCAL lasts until the end of the outermost transaction, so the scope must reset it."""
    with transaction.atomic():
        with scope(cast.northside.id):
            assert Contact.objects.count() == 2
        assert Contact.objects.count() == 0
        with pytest.raises(ZeroDivisionError), scope(cast.northside.id):
            _ = 1 / 0
        assert Contact.objects.count() == 0
        with scope(cast.harbor.id):
            assert Contact.objects.count() == 1


def test_code_on_commit_opens_its_own_scope(cast: Cast) -> None:
    seen: list[Any] = []

    def after() -> None:
        seen.append(Contact.objects.count())
        with scope(cast.harbor.id):
            seen.append(Contact.objects.count())

    with scope(cast.northside.id):
        transaction.on_commit(after)
    assert seen == [0, 1]


def test_scope_does_not_reach_another_thread(cast: Cast) -> None:
    seen: list[int] = []

    def look() -> None:
        seen.append(Contact.objects.count())
        connection.close()

    with scope(cast.northside.id):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join(30)
    assert seen == [0]


def test_team_id_must_be_an_integer(transactional_db: None) -> None:
    with pytest.raises(ValueError), scope("1'; RESET ROLE; --"):  # type: ignore[arg-type]
        pytest.fail("entered")
    assert team_in_scope() == ""


# -- SQL of the ORM ----------------------------------------------------------------------------------------------


@contextmanager
def captured_statements() -> Iterator[list[str]]:
    """The SELECT, UPDATE and DELETE statements of the block."""
    statements: list[str] = []
    with captured() as found:
        yield statements
    statements += [query for query in found if query.split()[0] in ("SELECT", "UPDATE", "DELETE")]


def test_update_and_delete_of_a_row_include_its_team(cast: Cast) -> None:
    with scope(cast.northside.id):
        cast.maria.display_name = "Maria L."
        with captured_statements() as statements:
            cast.maria.save()
            cast.maria.save(update_fields=["display_name"])
            cast.maria.delete()
    assert [sql.split()[0] for sql in statements] == ["UPDATE", "UPDATE", "DELETE"]
    for sql in statements:
        changes, _, condition = sql.partition("WHERE")
        assert f'"team_id" = {cast.northside.id}' in condition, sql
        assert '"team_id"' not in changes, "a distributed table refuses the team in SET"


def test_joins_include_the_team(cast: Cast) -> None:
    joined = {
        "forward": Seat.objects.filter(inbox__name="Front Desk", team=cast.northside),
        "backward": Inbox.objects.filter(seats__member_id=1, team=cast.northside),
        "through": Member.objects.filter(inboxes__name="Front Desk", team=cast.northside),
        "selected": Message.objects.select_related("conversation", "inbox").filter(team=cast.northside),
        "contact": Conversation.objects.select_related("contact").filter(team=cast.northside),
    }
    for name, query in joined.items():
        sql = str(query.query)
        joins = sql.split(" JOIN ")[1:]
        assert joins, name
        for join in joins:
            condition = join.split(" ON ")[1].split(" WHERE ")[0]
            assert condition.count('"team_id"') == 2, f"{name}: {sql}"


def test_following_a_key_includes_the_team(cast: Cast) -> None:
    with scope(cast.northside.id):
        seat = Seat.objects.get(team=cast.northside, member=cast.member)
        with captured_statements() as statements:
            assert seat.inbox.name == "Front Desk"
            assert seat.member.role == Role.MEMBER
    assert len(statements) == 2
    for sql in statements:
        assert f'"team_id" = {cast.northside.id}' in sql


# -- scope lookups ------------------------------------------------------------------------------------------------


def test_scope_lookups_are_these_and_only_the_runtime_role_may_call_them(owner: psycopg.Connection) -> None:
    """Functions with the owner's rights, apart from triggers, fix their search path; PUBLIC may not call them."""
    found = owner.execute(
        "SELECT proname, has_function_privilege('public', oid, 'EXECUTE'),"
        " has_function_privilege(%s, oid, 'EXECUTE'), proconfig FROM pg_proc"
        " WHERE pronamespace = 'public'::regnamespace AND prosecdef",
        [settings.DATABASE_RUNTIME_USER],
    ).fetchall()
    # nodes.sql: of a cluster alone.
    of_nodes = {name for name, *_ in found if name.startswith("node_") or name == "kernel_holds_team"}
    assert {name for name, *_ in found} - of_nodes == LOOKUPS | TRIGGERS
    assert bool(of_nodes) is is_used()
    for name, public, runtime, config in found:
        assert (public, runtime) == (False, name in LOOKUPS | of_nodes), name
        path = (
            "search_path=pg_catalog, public, pg_temp" if name in of_nodes else "search_path=public, pg_temp"
        )
        assert config and config[0] == path, name


def test_runtime_role_cannot_create_objects(transactional_db: None) -> None:
    """Otherwise it could place a function or table where the owner uses it."""
    with pytest.raises(ProgrammingError, match="permission denied for schema public"):
        run("CREATE TABLE mine (id bigint)")
    with pytest.raises(ProgrammingError, match="permission denied"):
        run("DELETE FROM django_migrations")
    with pytest.raises(ProgrammingError, match="permission denied"):
        run("SET session_replication_role = replica")


def inboxes_at(inbox: Inbox) -> list[tuple[int, int, str]]:
    return [
        (found.team_id, found.id, found.team.slug)
        for found in scope_lookups.inboxes_by_address(inbox.account_id, inbox.number)
    ]


def test_inboxes_by_address(cast: Cast) -> None:
    assert inboxes_at(cast.front_desk) == [(cast.northside.id, cast.front_desk.id, "northside-dental")]
    assert inboxes_at(cast.shop) == [(cast.harbor.id, cast.shop.id, "harbor-bikes")]
    (shop,) = scope_lookups.inboxes_by_address(cast.shop.account_id, cast.shop.number)
    assert shop.auth_tokens == ["shop-token-new", "shop-token-old"]
    assert scope_lookups.inboxes_by_address(cast.shop.account_id, cast.front_desk.number) == []
    assert scope_lookups.inboxes_by_address("", "") == []


def test_inboxes_by_address_returns_all_teams_that_claim_a_number(cast: Cast) -> None:
    """The signature then decides."""
    with scope(cast.harbor.id):
        cast.shop.account_id, cast.shop.number = cast.front_desk.account_id, cast.front_desk.number
        cast.shop.save()
    assert {team for team, *_ in inboxes_at(cast.front_desk)} == {cast.northside.id, cast.harbor.id}


def test_teams_of_user(cast: Cast) -> None:
    assert scope_lookups.teams_of_user(cast.member.user_id) == [
        (cast.northside.id, "northside-dental", "Northside Dental", "member")
    ]
    assert scope_lookups.teams_of_user(cast.outsider.user_id) == [
        (cast.harbor.id, "harbor-bikes", "Harbor Bikes", "owner")
    ]
    assert scope_lookups.teams_of_user(0) == []


def test_team_ids_by_slug(cast: Cast) -> None:
    assert scope_lookups.team_ids_by_slug() == {
        "northside-dental": cast.northside.id,
        "harbor-bikes": cast.harbor.id,
    }


def test_endpoints_due(populated: Cast) -> None:
    """Endpoints of all teams that are active, not paused and have a due delivery, or about which an email is due."""
    now = timezone.now()
    teams = [populated.northside.id, populated.harbor.id]
    assert sorted(found.team_id for found in endpoints_due(now, 10)) == sorted(teams)
    assert endpoints_due(now - timedelta(minutes=1), 10) == [], "nothing was due then"
    with scope(populated.northside.id):
        endpoint = Endpoint.objects.filter(team=populated.northside)
        endpoint.update(active=False)
        assert [found.team_id for found in endpoints_due(now, 10)] == [populated.harbor.id]
        endpoint.update(disabled_email_due_at=now)
        assert len(endpoints_due(now, 10)) == 2
        endpoint.update(disabled_email_due_at=None, active=True, paused_until=now + timedelta(seconds=5))
        assert [found.team_id for found in endpoints_due(now, 10)] == [populated.harbor.id]


def test_invitation_by_token_hash(cast: Cast) -> None:
    with scope(cast.northside.id):
        invitation = Invitation(team=cast.northside, email="new@people.example", invited_by="Olivia Owens")
        token = invitation.renew()
        invitation.save()
    assert scope_lookups.invitation_by_token_hash(hash_token(token)) == (cast.northside.id, invitation.id)
    assert scope_lookups.invitation_by_token_hash(token) is None
    assert scope_lookups.invitation_by_token_hash("") is None


def test_conversations_due(populated: Cast) -> None:
    with scope(populated.northside.id):
        message = Message.objects.get(team=populated.northside)
    with scope(populated.harbor.id):
        Message.objects.filter(team=populated.harbor).update(due_at=timezone.now() + timedelta(hours=1))
    assert conversations_due(10) == [(populated.northside.id, message.conversation_id)]
    assert conversations_due(0) == []
    with scope(populated.northside.id):
        Message.objects.filter(team=populated.northside).update(status=MessageStatus.SENT)
    assert conversations_due(10) == []


def test_opt_ins_due(populated: Cast) -> None:
    with scope(populated.harbor.id):
        PendingOptIn.objects.filter(team=populated.harbor).update(outcome=OptInOutcome.OLDER)
    with scope(populated.northside.id):
        pending = PendingOptIn.objects.get(team=populated.northside)
    assert opt_ins_due(10) == [(populated.northside.id, pending.id)]
    assert opt_ins_due(0) == []


def test_holds_due(populated: Cast) -> None:
    today = timezone.localdate()
    for team, due_on in (
        (populated.harbor, today + timedelta(days=2)),
        (populated.northside, today - timedelta(days=2)),
    ):
        with scope(team.id):
            Review.objects.filter(team=team).update(due_on=due_on)
    with scope(populated.northside.id):
        review = Review.objects.get(team=populated.northside)
    assert holds_due(10) == [(populated.northside.id, review.id)]
    assert holds_due(0) == []


# -- the role ----------------------------------------------------------------------------------------------------


@contextmanager
def connected_as(user: str) -> Iterator[None]:
    before = connection.settings_dict["USER"]
    connection.close()
    connection.settings_dict["USER"] = user
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["USER"] = before


@pytest.fixture
def create_role(transactional_db: None) -> Iterator[Callable[[str], str]]:
    """Create a role with these options, as which no installation should run."""
    address = make_conninfo(
        settings.DATABASE_OWNER_URL, user=SUPERUSER, dbname=connection.settings_dict["NAME"]
    )
    name = f"wrong_role_of_{connection.settings_dict['NAME']}"
    with psycopg.connect(address, autocommit=True) as superuser:

        def create(options: str) -> str:
            superuser.execute(f"CREATE ROLE {name} LOGIN {options}")  # type: ignore[arg-type]
            return name

        superuser.execute(f"DROP ROLE IF EXISTS {name}")  # type: ignore[arg-type]
        yield create
        superuser.execute(f"DROP ROLE IF EXISTS {name}")  # type: ignore[arg-type]


def role_errors() -> str:
    return " ".join(error.msg for error in check_runtime_role(databases=["default"]))


OWNER_ROLE = conninfo_to_dict(settings.DATABASE_OWNER_URL)["user"]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ("SUPERUSER", "is or may become a superuser"),
        ("BYPASSRLS", "has BYPASSRLS"),
        (f"IN ROLE {OWNER_ROLE}", "owns tables, or is a member of their owner"),
        (f"NOINHERIT IN ROLE {OWNER_ROLE}", "owns tables, or is a member of their owner"),
        (f"NOINHERIT IN ROLE {SUPERUSER}", "is or may become a superuser"),
    ],
)
def test_role_that_policies_do_not_bind_is_refused(
    create_role: Callable[[str], str], options: str, reason: str
) -> None:
    with connected_as(create_role(options)):
        assert reason in role_errors()


def test_ordinary_role_is_accepted(create_role: Callable[[str], str]) -> None:
    assert role_errors() == "", "the role of the tests"
    with connected_as(create_role("")):
        assert role_errors() == ""


def test_owner_is_refused_as_the_runtime_role(transactional_db: None) -> None:
    with connected_as(str(OWNER_ROLE)):
        assert "owns tables" in role_errors()


def test_role_check_is_registered(transactional_db: None) -> None:
    assert checks.run_checks(databases=["default"], tags=[checks.Tags.database]) == []
    with connected_as(str(OWNER_ROLE)):
        found = checks.run_checks(databases=["default"], tags=[checks.Tags.database])
    assert {error.id for error in found} == {"kernel.E001"}  # for each node


@pytest.mark.parametrize(
    "entry", ["import heymarket.wsgi", "from celery.signals import worker_init; worker_init.send(app)"]
)
def test_server_and_worker_do_not_start_as_the_owner(transactional_db: None, entry: str) -> None:
    code = f"import django; django.setup(); from heymarket.celery import app; {entry}"
    for url, starts in ((settings.DATABASE_URL, True), (settings.DATABASE_OWNER_URL, False)):
        address = make_conninfo(url, dbname=connection.settings_dict["NAME"])
        environment = {**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "heymarket.settings"}
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=environment,
            text=True,
            capture_output=True,
            check=False,
            timeout=120,
        )
        assert (done.returncode == 0, "owns tables" in done.stderr) == (starts, not starts), done.stderr


# -- the cast -----------------------------------------------------------------------------------------------------


def test_member_of_the_cast_signs_in(cast: Cast, as_client: Any) -> None:
    assert cast.member.user.check_password(PASSWORD)
    assert as_client(cast.member).session["_auth_user_id"] == str(cast.member.user_id)
