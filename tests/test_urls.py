"""All URLs of the product, requested by each kind of visitor: strangers, outsiders, members and the owner."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.access import Right
from accounts.models import Inbox, Invitation, Member, Role, Seat, Team
from accounts.rights import COMPOSABLE, RIGHTS
from accounts.roles.models import TeamRole
from accounts.single_sign_on import domains
from accounts.single_sign_on.models import ClaimedDomain, RemovedMember, SingleSignOn
from api import keys
from api.models import ApiKey, KeyKind
from contacts.bulk.models import BulkAction, BulkActionRun
from contacts.custom_fields.models import CustomField
from contacts.imports.models import Import
from contacts.lists.models import ContactList, Tag
from contacts.runs.models import RunState
from contacts.suppression_lists.models import SuppressionListImport
from contacts.vendor_lists.models import VendorListImport
from kernel.tenancy import scope
from messaging.broadcasts.models import Broadcast
from messaging.models import Conversation, Message, MessageStatus
from messaging.saved_views.models import SavedView
from messaging.text_templates.models import TextTemplate
from optout.linked_teams.models import LinkRequest, TeamLink
from optout.roots.models import LedgerRoot
from optout.scope_lookups import link_teams
from optout.suppression_lists.models import SuppressionList
from reports.schedules.models import ReportSchedule
from tests.cast import MARIA, PASSWORD, Cast, create_cast
from tests.messaging.fake_twilio import FakeTwilio
from tests.messaging.media.files import stored_picture
from tests.saved_rows import SavedRows, empty_tables
from webhooks import outbox
from webhooks.models import Endpoint, EventType
from webhooks.outbox import Event

METHODS = ("get", "post")


# -- the URLs and their arguments -------------------------------------------------------------------------------


@dataclass(frozen=True)
class UrlTargets:
    """The rows of a team that URLs can name."""

    team: Team
    inbox: Inbox
    member: Member
    invitation: Invitation
    token: str
    conversation: Conversation
    bulk_action: BulkActionRun
    list: ContactList
    tag: Tag
    import_run: Import
    vendor_list: VendorListImport
    suppression: SuppressionListImport
    api_key: ApiKey
    custom_field: CustomField
    endpoint: Endpoint
    delivery_id: int
    schedule: ReportSchedule
    text_id: int
    attachment_id: int
    template: TextTemplate
    saved_view: SavedView
    broadcast: Broadcast
    ledger_root: LedgerRoot
    role: TeamRole
    domain: ClaimedDomain
    removed: RemovedMember
    link_request: LinkRequest  # of the team itself, to the address of its owner
    link: TeamLink = field(default_factory=lambda: TeamLink(id=1))  # until there is one


Arguments = Callable[[UrlTargets], dict[str, Any]]


def inbox(targets: UrlTargets) -> dict[str, Any]:
    return {"id": targets.inbox.id}


def member(targets: UrlTargets) -> dict[str, Any]:
    return {"id": targets.member.id}


def invitation(targets: UrlTargets) -> dict[str, Any]:
    return {"id": targets.invitation.id}


def team_role(targets: UrlTargets) -> dict[str, Any]:
    return {"id": targets.role.id}


def token(targets: UrlTargets) -> dict[str, Any]:
    return {"token": targets.token}


def conversation(targets: UrlTargets) -> dict[str, Any]:
    return {"conversation_id": targets.conversation.id}


def bulk_action(targets: UrlTargets) -> dict[str, Any]:
    return {"id": targets.bulk_action.id}


def import_run(targets: UrlTargets) -> dict[str, Any]:
    return {"id": targets.import_run.id}


def vendor_list(targets: UrlTargets) -> dict[str, Any]:
    return {"id": targets.vendor_list.id}


def suppression_list(targets: UrlTargets) -> dict[str, Any]:
    return {"id": targets.suppression.suppression_list_id}


def suppression_list_import(targets: UrlTargets) -> dict[str, Any]:
    return {"id": targets.suppression.id}


def api_key(targets: UrlTargets) -> dict[str, Any]:
    return {"id": targets.api_key.id}


def endpoint(targets: UrlTargets) -> dict[str, Any]:
    return {"id": targets.endpoint.id}


def delivery(targets: UrlTargets) -> dict[str, Any]:
    return {"id": targets.delivery_id}


def text(targets: UrlTargets) -> dict[str, Any]:
    return {**conversation(targets), "message_id": 1}


def received_text(targets: UrlTargets) -> dict[str, Any]:
    return {**conversation(targets), "message_id": targets.text_id}


def scheduled_text(targets: UrlTargets) -> dict[str, Any]:
    return {**conversation(targets), "id": 1}


def attachment(targets: UrlTargets) -> dict[str, Any]:
    return {"attachment_id": targets.attachment_id}


def text_template(targets: UrlTargets) -> dict[str, Any]:
    return {"id": targets.template.id}


def saved_view(targets: UrlTargets) -> dict[str, Any]:
    return {"id": targets.saved_view.id}


def broadcast(targets: UrlTargets) -> dict[str, Any]:
    return {"id": targets.broadcast.id}


def ledger_root(targets: UrlTargets) -> dict[str, Any]:
    return {"id": targets.ledger_root.id}


def link_answer(targets: UrlTargets) -> dict[str, Any]:
    return {"asking": targets.team.id, "id": targets.link_request.id}


def left_out(targets: UrlTargets) -> dict[str, Any]:
    return {**broadcast(targets), "reason": "opted_out"}


def schedule(targets: UrlTargets) -> dict[str, Any]:
    return {"id": targets.schedule.id}


def number(targets: UrlTargets) -> dict[str, Any]:
    """The same number in both teams: it is a person's, and does not reveal which team knows it."""
    return {"number": MARIA}


def contact_list(targets: UrlTargets) -> dict[str, Any]:
    return {"id": targets.list.id}


def tag(targets: UrlTargets) -> dict[str, Any]:
    return {"id": targets.tag.id}


def custom_field(targets: UrlTargets) -> dict[str, Any]:
    return {"key": targets.custom_field.key}


def nothing(targets: UrlTargets) -> dict[str, Any]:
    return {}


# URLs inside a team that name a row. The row must not be found from another team.
ROWS: dict[str, Arguments] = {
    "member": member,
    "member_removal": member,
    "member_rights": member,
    "edit_role": team_role,
    "role_deletion": team_role,
    "member_two_factor_reset": member,
    "member_identity_removal": member,
    "claimed_domain_check": lambda targets: {"id": targets.domain.id},
    "claimed_domain_removal": lambda targets: {"id": targets.domain.id},
    "removed_member_return": lambda targets: {"id": targets.removed.id},
    "invitation_email": invitation,
    "invitation_revocation": invitation,
    "edit_inbox": inbox,
    "inbox_auto_replies": inbox,
    "inbox_reading": inbox,
    "inbox_reply_wordings": lambda targets: {**inbox(targets), "language": "es"},
    "inbox_connection": inbox,
    "inbox_members": inbox,
    "inbox_automatic_texts": inbox,
    "inbox_broadcasts": inbox,
    "inbox_number": inbox,
    "inbox_registration": inbox,
    "inbox_address": inbox,
    "inbox_number_facts": inbox,
    "inbox_hours": inbox,
    "old_tokens_removal": inbox,
    "inbox_closure": inbox,
    "inbox_reopening": inbox,
    "inbox_deletion": inbox,
    "inbox_connection_test": inbox,
    "inbox_opt_out_push": inbox,
    "inbox_carrier_address": inbox,
    "incomplete_texts_removal": inbox,
    "api_key": api_key,
    "api_key_revocation": api_key,
    "conversation": conversation,
    "thread": conversation,
    "conversation_contact": conversation,
    "printed_conversation": conversation,
    "read_marker": conversation,
    "delete_read_marker": conversation,
    "messages": conversation,
    "text_opt_out": text,
    "delete_text_opt_out": text,
    "text_release": text,
    "text_done": text,
    "text_undo": text,
    "draft": conversation,
    "ledger_root_file": ledger_root,
    "misreading": received_text,
    "link_answer": link_answer,
    "link_withdrawal": lambda targets: {"id": targets.link_request.id},
    "unlinking": lambda targets: {"id": targets.link.id},
    "assignment": conversation,
    "notes": conversation,
    "snooze": conversation,
    "recipient_clock": conversation,
    "conversation_tags": conversation,
    "delete_conversation_tag": scheduled_text,
    "delete_snooze": conversation,
    "conversation_templates": conversation,
    "edit_text_template": text_template,
    "text_template_deletion": text_template,
    "text_template_picture": text_template,
    "scheduled_texts": conversation,
    "delete_scheduled_text": scheduled_text,
    "scheduled_text_takeover": scheduled_text,
    "attachment": attachment,
    "attachment_thumbnail": attachment,
    "attachment_download": attachment,
    "closure": conversation,
    "delete_closure": conversation,
    "bulk_action": bulk_action,
    "bulk_action_cancellation": bulk_action,
    "list": contact_list,
    "edit_list": contact_list,
    "list_deletion": contact_list,
    "edit_tag": tag,
    "tag_deletion": tag,
    "edit_custom_field": custom_field,
    "custom_field_position": custom_field,
    "custom_field_deletion": custom_field,
    "import": import_run,
    "import_confirmation": import_run,
    "import_deletion": import_run,
    "import_draft": import_run,
    "import_reading": import_run,
    "import_cancellation": import_run,
    "import_still_opted_out": import_run,
    "import_refused_rows": import_run,
    "refused_rows": import_run,
    "import_undo": import_run,
    "import_undo_cancellation": import_run,
    "vendor_list": vendor_list,
    "vendor_list_confirmation": vendor_list,
    "vendor_list_cancellation": vendor_list,
    "vendor_list_remarks": vendor_list,
    "suppression_list": suppression_list,
    "suppression_list_deletion": suppression_list,
    "suppression_list_import": suppression_list_import,
    "suppression_list_import_cancellation": suppression_list_import,
    "endpoint": endpoint,
    "edit_endpoint": endpoint,
    "endpoint_secret": endpoint,
    "old_secret_removal": endpoint,
    "endpoint_activation": endpoint,
    "endpoint_deactivation": endpoint,
    "endpoint_deletion": endpoint,
    "endpoint_test": endpoint,
    "endpoint_replay": endpoint,
    "delivery": delivery,
    "delivery_replay": delivery,
    "edit_schedule": schedule,
    "schedule_email": schedule,
    "schedule_pause": schedule,
    "schedule_resumption": schedule,
    "schedule_deletion": schedule,
    "edit_saved_view": saved_view,
    "saved_view_deletion": saved_view,
    "broadcast": broadcast,
    "broadcast_cancel": broadcast,
    "broadcast_confirmation": broadcast,
    "broadcast_confirmation_deletion": broadcast,
    "broadcast_copy": broadcast,
    "broadcast_deletion": broadcast,
    "broadcast_pause": broadcast,
    "broadcast_picture": broadcast,
    "broadcast_preview": broadcast,
    "broadcast_progress": broadcast,
    "broadcast_recipients": broadcast,
    "broadcast_replies": broadcast,
    "broadcast_resume": broadcast,
    "broadcast_review": broadcast,
    "broadcast_line_lookups": broadcast,
    "broadcast_test_text": broadcast,
    "edit_broadcast": broadcast,
    "export_broadcast_recipients": broadcast,
    "broadcast_left_out": left_out,
    "export_broadcast_left_out": left_out,
}
TEAM: dict[str, Arguments] = ROWS | {
    "settings": nothing,
    "team_settings": nothing,
    "opt_out_settings": nothing,
    "marketing_consent": nothing,
    "opt_out_effects": nothing,
    "opt_out_scope": nothing,
    "linked_teams": nothing,
    "sending_hours": nothing,
    "retention": nothing,
    "set_asides": nothing,
    "delete_set_aside": nothing,
    "try_reply": nothing,
    "members": nothing,
    "roles": nothing,
    "new_role": nothing,
    "team_sign_in": nothing,
    "single_sign_on": nothing,
    "single_sign_on_test": nothing,
    "single_sign_on_rules": nothing,
    "single_sign_on_removal": nothing,
    "claimed_domains": nothing,
    "invitations": nothing,
    "inboxes": nothing,
    "new_inbox": nothing,
    "api_keys": nothing,
    "new_api_key": nothing,
    "endpoints": nothing,
    "audit_log": nothing,
    "export_audit_log": nothing,
    "new_endpoint": nothing,
    "team": nothing,
    "inbox": nothing,
    "notifications": nothing,
    "push_subscriptions": nothing,
    "delete_push_subscriptions": nothing,
    "bulk_work": nothing,
    "new_saved_view": nothing,
    "broadcasts": nothing,
    "new_broadcast": nothing,
    "broadcast_draft": nothing,
    "broadcast_templates": nothing,
    "broadcast_report": nothing,
    "export_broadcasts": nothing,
    "new_conversation": nothing,
    "new_conversation_templates": nothing,
    "text_templates": nothing,
    "new_text_template": nothing,
    "palette": nothing,
    "emoji": nothing,
    "recipients": nothing,
    "search": nothing,
    "first_steps": nothing,
    "first_steps_dismissal": nothing,
    "sample_removal": nothing,
    "simulator": nothing,
    "simulator_texts": nothing,
    "simulator_behavior": nothing,
    "standing": number,
    "opt_out": number,
    "retract_opt_out": number,
    "opt_out_lifting": number,
    "opt_in": number,
    "block": number,
    "unblock": number,
    "consent_records": number,
    "contact": number,
    "contacts": nothing,
    "labels": nothing,
    "new_list": nothing,
    "new_live_list": nothing,
    "new_tag": nothing,
    "custom_fields": nothing,
    "new_custom_field": nothing,
    "edit_contact": number,
    "new_bulk_action": nothing,
    "bulk_actions": nothing,
    "active_runs": nothing,
    "new_contact": nothing,
    "number_preview": nothing,
    "merge_contact": number,
    "contact_deletion": number,
    "imports": nothing,
    "export_contacts": nothing,
    "conversation_exports": nothing,
    "export_conversations": nothing,
    "evidence": nothing,
    "export_period_evidence": nothing,
    "ledger_roots": nothing,
    "root_email": nothing,
    "number_evidence": number,
    "personal_data": number,
    "export_personal_data": number,
    "personal_data_erasure": number,
    "export_evidence": number,
    "do_not_text": nothing,
    "export_do_not_text": nothing,
    "disagreements": nothing,
    "export_disagreements": nothing,
    "vendor_lists": nothing,
    "suppression_lists": nothing,
    "reports": nothing,
    "volume": nothing,
    "export_volume": nothing,
    "export_texts": nothing,
    "opt_out_report": nothing,
    "export_opt_outs": nothing,
    "team_report": nothing,
    "export_team": nothing,
    "consent_report": nothing,
    "schedules": nothing,
    "new_schedule": nothing,
    "export_consent": nothing,
    "whole_team": nothing,
    "export_whole_team": nothing,
    "team_deletion": nothing,
    "team_deletion_cancellation": nothing,
}
NAMES_A_LINKED_TEAM = ("linked_teams", "unlinking")  # and nothing else of it
# Outside of teams, for all signed-in users.
SIGNED_IN: dict[str, Arguments] = {
    "home": nothing,
    "profile": nothing,
    "theme": nothing,
    "new_team": nothing,
    "invitation_acceptance": token,
    "account_change_password": nothing,
    "account_email": nothing,
    "account_confirm_email": lambda targets: {"key": "unknown"},
    "account_reauthenticate": nothing,
    "account_set_password": nothing,
    "sign_in_security": nothing,
    "session_end": lambda targets: {"id": 1},
    "sessions_end": nothing,
    "mfa_activate_totp": nothing,
    "mfa_deactivate_totp": nothing,
    "mfa_view_recovery_codes": nothing,
    "mfa_generate_recovery_codes": nothing,
    "mfa_add_webauthn": nothing,
    "mfa_edit_webauthn": lambda targets: {"pk": 1},
    "mfa_remove_webauthn": lambda targets: {"pk": 1},
    "mfa_reauthenticate": nothing,
    "mfa_reauthenticate_webauthn": nothing,
}
# What a user without second factors has not, nor a session with this ID.
OF_OWN_ROWS = {
    "session_end",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_edit_webauthn",
    "mfa_remove_webauthn",
}
# Public, with the statuses of GET and of an empty POST.
PUBLIC: dict[str, tuple[Arguments, int, int]] = {
    "healthz": (nothing, 200, 200),
    "readyz": (nothing, 200, 200),
    "status": (nothing, 503, 503),  # in development without a token; no worker runs in tests
    "metrics": (nothing, 200, 200),
    "service_worker": (nothing, 200, 405),
    "manifest": (nothing, 200, 405),
    "postman": (nothing, 200, 405),
    "favicon": (nothing, 302, 405),
    "twilio_messages": (nothing, 405, 415),  # signed instead
    "shared_attachment": (lambda targets: {"token": "forged"}, 404, 405),  # signed
    "twilio_status": (nothing, 405, 415),
    "carrier_webhook": (lambda targets: {"carrier": "telnyx", "account": "1"}, 405, 415),
    "poll_changes": (
        lambda targets: {"team_slug": targets.team.slug, "ticket": "forged"},
        204,
        405,
    ),  # signed, too
    "invitation": (token, 200, 422),
    "root_email_confirmation": (lambda targets: {"token": "forged"}, 410, 410),  # signed
    "evidence_keys": (nothing, 200, 405),
    "evidence_checker": (nothing, 200, 405),
    "copied_invitation": (lambda targets: {"token": "forged"}, 410, 410),  # signed
    "two_factor_reset": (lambda targets: {"token": "forged"}, 410, 410),  # signed
    "company_sign_in": (nothing, 200, 422),
    "own_sign_in": (nothing, 200, 405),
    "single_sign_on_start": (lambda targets: {"slug": "unknown"}, 404, 405),
    "single_sign_on_return": (lambda targets: {"slug": "unknown"}, 404, 405),
    "account_login": (nothing, 200, 422),
    "account_signup": (nothing, 200, 422),
    "sign_up_email_sent": (nothing, 200, 405),
    "sign_up": (lambda targets: {"token": "unknown"}, 410, 410),
    "account_logout": (nothing, 302, 302),
    "mfa_authenticate": (nothing, 302, 302),  # in the middle of a sign-in alone
    "mfa_login_webauthn": (nothing, 302, 302),
    "account_inactive": (nothing, 200, 405),
    "account_email_verification_sent": (nothing, 200, 405),
    "account_confirm_login_code": (nothing, 302, 302),  # sign-in by code is not offered
    "account_reset_password": (nothing, 200, 422),
    "account_reset_password_done": (nothing, 200, 405),
    "account_reset_password_from_key": (lambda targets: {"uidb36": "1", "key": "unknown"}, 200, 422),
    "account_reset_password_from_key_done": (nothing, 200, 405),
}


def urls_by_name() -> dict[str, tuple[str, Callable[..., Any]]]:
    """The route and the view of all URL patterns, by name."""
    return {
        pattern.name or route: (route, pattern.callback) for route, pattern in _patterns(get_resolver(), "")
    }


def _patterns(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        route = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern, route)
        else:
            yield route, pattern


URLS = urls_by_name()
# API calls need an API key; tests/api tests them.
API = {name for name, (route, _) in URLS.items() if route.startswith(("v1/", "v2/", "n8n/"))} - set(PUBLIC)


def required_rights(name: str) -> frozenset[Right]:
    """The rights that a page of a team requires, in the team or in an inbox."""
    view = URLS[name][1]
    return frozenset(getattr(view, "required_rights", ())) | ({inbox_right(name)} - {None})


def inbox_right(name: str) -> Any:
    """The right that it requires in an inbox."""
    return getattr(URLS[name][1], "inbox_right", None)


def test_all_urls_are_listed_here() -> None:
    """A new URL must be added to the table of its kind."""
    assert set(URLS) == {*TEAM, *SIGNED_IN, *PUBLIC, *API}


def test_url_names_are_unique() -> None:
    names = [pattern.name or route for route, pattern in _patterns(get_resolver(), "")]
    assert len(names) == len(set(names))


def test_urls_of_teams_name_the_team() -> None:
    of_teams = {name for name, (route, _) in URLS.items() if "team_slug" in route}
    assert of_teams == {*TEAM, "poll_changes"}


def test_all_views_of_a_team_use_team_view() -> None:
    assert {name for name in TEAM if not hasattr(URLS[name][1], "required_rights")} == set()


@pytest.fixture(autouse=True)
def _carrier(carrier: FakeTwilio) -> None:
    """The test of a connection calls the carrier."""


# -- rows of both teams ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class UrlRows:
    cast: Cast
    northside: UrlTargets
    harbor: UrlTargets


@dataclass(frozen=True)
class UrlWorld(UrlRows):
    sign_in: Callable[[Member], Client]


def create_rows() -> UrlRows:
    cast = create_cast()
    northside = populate(cast.northside, cast.front_desk, cast.second)
    harbor = populate(cast.harbor, cast.shop, cast.outsider)
    with scope(northside.team.id):
        asked = LinkRequest.objects.create(team=northside.team, email="x@harbor.example", asked_by="x")
    with scope(harbor.team.id):
        assert link_teams(northside.team.id, asked.id, asked.email, "x")
    return UrlRows(cast, with_link(northside), with_link(harbor))


def with_link(targets: UrlTargets) -> UrlTargets:
    with scope(targets.team.id):
        return replace(targets, link=TeamLink.objects.get(team=targets.team))


@pytest.fixture(scope="session")
def _saved() -> list[SavedRows[UrlRows]]:
    """The rows of the tests of this file, after the first of them."""
    return []


@pytest.fixture(autouse=True)
def _dns(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS has no records."""
    monkeypatch.setattr(domains, "txt_records", lambda domain: [])


@pytest.fixture
def new_world(
    _saved: list[SavedRows[UrlRows]],
    resets: psycopg.Connection,
    transactional_db: None,
    as_client: Callable[[Member], Client],
) -> Callable[[], UrlWorld]:
    """Replace all rows by those that the tests begin with."""
    if not _saved:
        _saved.append(SavedRows(resets, "url_rows", create_rows))

    def insert() -> UrlWorld:
        empty_tables(resets)
        rows = _saved[0].insert()
        return UrlWorld(rows.cast, rows.northside, rows.harbor, cache(as_client))

    return insert


@pytest.fixture
def world(new_world: Callable[[], UrlWorld]) -> UrlWorld:
    return new_world()


def populate(team: Team, inbox: Inbox, member: Member) -> UrlTargets:
    now = timezone.now()
    with scope(team.id):
        invitation = Invitation(
            team=team, email="new@people.example", role=Role.MEMBER, invited_by=str(member)
        )
        token = invitation.renew()
        invitation.save()
        SingleSignOn.objects.create(team=team, issuer="http://127.0.0.1:9", client_id="x", client_secret="x")
        domain = ClaimedDomain.objects.create(team=team, domain="people.example", challenge="x")
        removed = RemovedMember.objects.create(team=team, email="old@people.example", name="Old Oscar")
        conversation = Conversation.objects.create(team=team, inbox=inbox, number=MARIA, last_message_at=now)
        received = Message.objects.create(
            team=team, conversation=conversation, inbox=inbox, number=MARIA, outbound=False,
            status=MessageStatus.RECEIVED, body=f"Words for {team.name}", at=now,
        )  # fmt: skip
        attachment_id = stored_picture(received).id
        template = TextTemplate.objects.create(
            team=team, title=f"Words for {team.name}", body=f"Words for {team.name}",
            picture=stored_picture(received),
        )  # fmt: skip
        bulk_action = BulkActionRun.objects.create(team=team, action=BulkAction.DELETE)
        contact_list = ContactList.objects.create(team=team, name=f"List of {team.name}")
        tag = Tag.objects.create(team=team, name=f"Tag of {team.name}")
        import_run = Import.objects.create(team=team, file_name=f"Words for {team.name}.csv", size=1)
        vendor_list = VendorListImport.objects.create(
            team=team, source=f"Vendor of {team.name}", country="US", state=RunState.CHECKED
        )
        suppressed = SuppressionList.objects.create(
            team=team, name=f"Numbers of {team.name}", kind="other", dated=now.date()
        )
        suppression = SuppressionListImport.objects.create(
            team=team, suppression_list=suppressed, dated=now.date(), country="US", state=RunState.DONE
        )
        api_key = keys.create_key(
            f"Key of {team.name}", KeyKind.BEARER, [], by=Member.objects.get(role=Role.OWNER)
        ).key
        custom_field = CustomField.objects.create(
            team=team, name=f"Field of {team.name}", key=f"of_{team.id}"
        )
        endpoint = Endpoint(
            team=team,
            name=f"CRM of {team.name}",
            url="https://crm.example/hooks",
            events=[EventType.RECEIVED],
        )
        endpoint.rotate_secret()
        endpoint.save()
        event = Event(EventType.RECEIVED, MARIA, {"text": f"Words for {team.name}"})
        delivery_id = outbox.record_for_endpoint(team.id, endpoint.id, event)
        schedule = ReportSchedule(team=team, report="consent_report", created_by=f"Words for {team.name}")
        schedule.resume()
        schedule.save()
        saved_view = SavedView.objects.create(team=team, name=f"View of {team.name}", folder="open")
        broadcast = Broadcast.objects.create(
            team=team,
            name=f"Words for {team.name}",
            body=f"Words for {team.name}",
            picture=stored_picture(received),
        )
        root = LedgerRoot.objects.create(
            team=team, day=now.date(), entries=0, hash="0" * 64, made_at=now, business=team.name, signature={}
        )
        role = TeamRole.objects.create(team=team, name=f"Words for {team.name}")
        owners = Member.objects.select_related("user").filter(team=team, role=Role.OWNER)
        link_request = LinkRequest.objects.create(team=team, email=owners[0].user.email, asked_by="x")
    return UrlTargets(
        team, inbox, member, invitation, token, conversation, bulk_action, contact_list, tag, import_run, vendor_list,
        suppression,
        api_key, custom_field, endpoint, delivery_id, schedule, received.id, attachment_id, template,
        saved_view, broadcast, root, role, domain, removed, link_request,
    )  # fmt: skip


def request(browser: Client, method: str, name: str, **arguments: Any) -> Any:
    response = getattr(browser, method)(reverse(name, kwargs=arguments))
    response.body = b"".join(response)  # read to its end: a streamed response holds a connection until then
    return response


def statuses(browser: Client, name: str, **arguments: Any) -> dict[str, int]:
    return {method: request(browser, method, name, **arguments).status_code for method in METHODS}


def is_sign_in(response: Any) -> bool:
    return response.status_code == 302 and urlsplit(response.url).path == reverse(settings.LOGIN_URL)


# -- the requests ------------------------------------------------------------------------------------------------


def test_public_urls(world: UrlWorld) -> None:
    for name, (arguments, get, post) in PUBLIC.items():
        received = statuses(Client(), name, **arguments(world.northside))
        assert received == {"get": get, "post": post}, name


# Who is refused changes nothing, so the tests of refusals request all URLs of the same rows.


def test_stranger_is_asked_to_sign_in(world: UrlWorld) -> None:
    for name, arguments_of in (TEAM | SIGNED_IN).items():
        arguments = arguments_of(world.northside)
        arguments |= {"team_slug": world.northside.team.slug} if name in TEAM else {}
        responses = [request(Client(), method, name, **arguments) for method in METHODS]
        assert all(is_sign_in(response) or response.status_code == 405 for response in responses), name
        assert any(map(is_sign_in, responses)), name


def test_outsider_finds_nothing(world: UrlWorld) -> None:
    """Neither in another team, nor the rows of another team in the own team."""
    browser = Client()  # no change asks who makes it, for the person has just signed in
    browser.post(reverse("account_login"), {"login": world.cast.outsider.user.email, "password": PASSWORD})
    theirs, own = world.northside, world.harbor
    for name, arguments in TEAM.items():
        assert_not_found(browser, name, team_slug=theirs.team.slug, **arguments(theirs))
        assert_not_found(browser, name, team_slug=theirs.team.slug, **arguments(own))
        if name in ROWS:
            assert_not_found(browser, name, team_slug=own.team.slug, **arguments(theirs))


def assert_not_found(browser: Client, name: str, **arguments: Any) -> None:
    responses = [request(browser, method, name, **arguments) for method in METHODS]
    found = [response.status_code for response in responses]
    assert set(found) <= {404, 405} and 404 in found, f"{name}: {found}"
    for response in responses:
        assert_reveals_nothing(response)


def assert_reveals_nothing(response: Any) -> None:
    for secret in (b"Maria Lopez", b"Front Desk", b"Northside", b"Olivia", b"Words for Northside"):
        assert secret not in response.body


def test_member_is_refused_without_the_required_right(world: UrlWorld) -> None:
    names = [name for name in TEAM if required_rights(name) - RIGHTS[Role.MEMBER]]
    assert_refused(world, world.cast.member, names, 403)


# Conversations are in the inbox in which the member has a seat.
OF_CONVERSATIONS = [name for name in TEAM if "conversation_id" in URLS[name][0] and inbox_right(name)]


# What the rows of this file also require: their templates are shared, and the invited person is to be a member.
OF_ROWS: dict[str, frozenset[Right]] = {
    **dict.fromkeys(("invitation_email", "invitation_revocation"), RIGHTS[Role.MEMBER]),
    **dict.fromkeys(("edit_text_template", "text_template_deletion"), frozenset({Right.MANAGE_TEMPLATES})),
}


def give_rights(world: UrlWorld, rights: Iterable[Right], in_seat: Iterable[Right] | None = None) -> Client:
    """The browser of the member, who now has exactly these rights, and perhaps others at the front desk."""
    team, member = world.cast.northside, world.cast.member
    with scope(team.id):
        Member.objects.filter(team=team, id=member.id).update(
            custom_role=role_with(team, "In the team", rights)
        )
        seats = Seat.objects.filter(team=team, member_id=member.id)
        if in_seat is None:
            seats.update(role="", custom_role=None)
        else:
            seats.update(role=Role.MEMBER, custom_role=role_with(team, "At the desk", in_seat))
    return world.sign_in(member)


def role_with(team: Team, name: str, rights: Iterable[Right]) -> TeamRole:
    values = {"rights": [right.value for right in rights]}
    return TeamRole.objects.update_or_create(team=team, name=name, defaults=values)[0]


def test_a_role_that_lacks_the_required_right_is_refused(world: UrlWorld) -> None:
    """Each right in turn, of a role that has all others that a role can have; in the team, and in the inbox."""
    for right in Right:
        if names := [name for name in TEAM if right in required_rights(name)]:
            give_rights(world, COMPOSABLE - {right})
            assert_refused(world, world.cast.member, names, 403)
        if names := [name for name in OF_CONVERSATIONS if inbox_right(name) == right]:
            give_rights(world, COMPOSABLE, in_seat=COMPOSABLE - {right})
            assert_refused(world, world.cast.member, names, 403)


def test_a_role_with_exactly_the_required_rights_gets_in(new_world: Callable[[], UrlWorld]) -> None:
    """Of conversations also who has no right in the team, and the required one at their inbox."""
    world, wrong = new_world(), {}
    for name in TEAM:
        required = required_rights(name) | OF_ROWS.get(name, frozenset())
        if not required or not required <= COMPOSABLE:
            continue
        ways: list[tuple[Any, Any]] = [(required, None)]
        ways += [((), required)] if name in OF_CONVERSATIONS else []
        for rights, in_seat in ways:
            browser, arguments = give_rights(world, rights, in_seat), TEAM[name](world.northside)
            arguments |= {"team_slug": world.northside.team.slug}
            responses = [request(browser, method, name, **arguments) for method in METHODS]
            received = {response.status_code for response in responses}
            if not received <= {200, 204, 302, 404, 405, 422} or received == {404}:
                wrong[name] = received
            if accepted(responses[-1]):
                world = new_world()
    assert wrong == {}


def test_member_without_a_seat_finds_no_conversation(world: UrlWorld) -> None:
    names = [name for name, arguments in TEAM.items() if arguments in (conversation, text)]
    assert_refused(world, world.cast.second, names, 404)


def assert_refused(world: UrlWorld, member: Member, names: list[str], status: int) -> None:
    """Each URL answers the member with this status, by each method that it allows."""
    browser, targets = world.sign_in(member), world.northside
    assert names
    for name in names:
        received = set(statuses(browser, name, team_slug=targets.team.slug, **TEAM[name](targets)).values())
        assert received <= {status, 405} and status in received, f"{name}: {received}"


def test_owner_opens_all_urls_and_sees_nothing_of_another_team(new_world: Callable[[], UrlWorld]) -> None:
    """This proves that the arguments are valid, so that a 404 above has the intended reason.

    The number is the same in both teams.
    """
    world = new_world()
    for name in TEAM:
        browser, targets = world.sign_in(world.cast.outsider), world.harbor
        arguments = {"team_slug": targets.team.slug, **TEAM[name](targets)}
        responses = [request(browser, method, name, **arguments) for method in METHODS]
        received = {response.status_code for response in responses}
        assert received <= {200, 204, 302, 405, 422}, f"{name}: {received}"
        assert received != {405}, name
        for response in responses:
            if response.status_code != 302 and name not in NAMES_A_LINKED_TEAM:
                assert_reveals_nothing(response)
        if accepted(responses[-1]):
            world = new_world()


def accepted(post: Any) -> bool:
    """Whether the response is to a request that may have changed rows."""
    return post.status_code < 400


@pytest.mark.parametrize("name", SIGNED_IN)
def test_signed_in_user_opens_urls_outside_of_teams(world: UrlWorld, name: str) -> None:
    received = statuses(world.sign_in(world.cast.owner), name, **SIGNED_IN[name](world.northside))
    unknown = {"account_confirm_email": {404}, "theme": {400}}.get(name, set())  # a key, a theme
    unknown |= {404} if name in OF_OWN_ROWS else set()
    assert set(received.values()) <= {200, 302, 405, 422} | unknown, received


HOSTILE = {
    **dict.fromkeys(("inbox", "current", "of", "contact", "import", "endpoint", "limit", "page"), "9" * 5000),
    "next": "no-slash",
    **dict.fromkeys(
        ("after", "before", "since", "until", "earlier", "from", "to", "date"), "9" * 400 + "~" + "9" * 400
    ),
    **dict.fromkeys(
        ("list", "tag", "sort", "format", "folder", "number", "q", "other", "report", "kind"),
        "\x00'\"%\\",
    ),
}


REQUESTS = (HOSTILE, {"next": "//evil.example/"}, {"next": "https:evil", "inbox": "²"})


def test_hostile_parameters_fail_no_page(world: UrlWorld) -> None:
    """Pages change nothing, so all are requested of the same rows."""
    browser = world.sign_in(world.cast.owner)
    for name in TEAM:
        for fields in REQUESTS:
            assert_harmless(browser.get(address_of(world, name), fields), name)


def test_hostile_fields_fail_no_form(new_world: Callable[[], UrlWorld]) -> None:
    world = new_world()
    for name in TEAM:
        browser, address = world.sign_in(world.cast.owner), address_of(world, name)
        responses = []
        for fields in REQUESTS:
            responses.append(browser.post(address, fields))
            assert_harmless(responses[-1], name)  # reads it whole: a team makes one export at a time
        if any(map(accepted, responses)):
            world = new_world()


def address_of(world: UrlWorld, name: str) -> str:
    targets = world.northside
    return reverse(name, kwargs={"team_slug": targets.team.slug, **TEAM[name](targets)})


def assert_harmless(response: Any, name: str) -> None:
    b"".join(response)
    assert response.status_code < 500, name
    assert "evil" not in response.get("Location", ""), name
