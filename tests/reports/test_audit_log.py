"""The audit log: each action is recorded once, with who, from where, what, and the values before and after."""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core import mail
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.audit.actions import ActionGroup, ActorKind, AuditAction, TargetType
from accounts.audit.models import AuditEntry
from accounts.audit.recording import AuditActor, Target, record_action
from accounts.audit.sign_ins import describe_browser
from accounts.invitation_links import copied_link
from accounts.models import Invitation, Member, User
from accounts.roles.models import TeamRole
from accounts.single_sign_on import domains
from accounts.single_sign_on.models import RemovedMember
from api.models import ApiKey
from contacts.contact.models import Contact
from contacts.custom_fields.models import CustomField, FieldDeletion
from contacts.imports.models import Import
from contacts.imports.undo.models import ImportUndo
from contacts.runs import worker
from contacts.suppression_lists.models import SuppressionListImport
from contacts.vendor_lists.models import VendorListImport
from kernel.tenancy import scope
from messaging.models import Conversation
from messaging.retention.models import RetentionRule
from messaging.retention.operation import retain
from reports.audit_log import query as audit_query
from tests.accounts.single_sign_on.browsing import claim, save_issuer, sign_in_by_issuer
from tests.accounts.single_sign_on.fake_issuer import CLIENT_ID, CLIENT_SECRET, issuing
from tests.accounts.test_addresses import add_address, reset
from tests.accounts.test_two_factor import add_app, add_passkey
from tests.accounts.test_two_factor_requirement import offered_link
from tests.cast import MARIA, PASSWORD, STRANGER, TOM, Cast
from webhooks.models import Endpoint, EventType, WebhookEvent

type Row = tuple[AuditAction, str, str, dict[str, Any]]  # action, target, change, details

IP = "203.0.113.7"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0"
NEW_TOKEN, NEW_ACCOUNT = "0123456789abcdef0123456789abcdef", "AC" + "3" * 32


@dataclass
class Scene:
    """Northside, whose owner acts in a browser at an address; and what the actions made."""

    cast: Cast
    browser: Client
    secrets: list[str] = field(
        default_factory=lambda: [PASSWORD, "wrong password", "front-desk-token", NEW_TOKEN]
    )

    def post(self, name: str, /, *args: Any, **form: Any) -> Any:
        answer: Any = self.browser.post(reverse(name, args=[self.cast.northside.slug, *args]), form)
        body = b"".join(answer)  # read to its end
        assert answer.status_code in (200, 302), (name, errors_in(body.decode()))
        return answer

    def get(self, name: str, query: str = "", /, *args: Any) -> str:
        answer: Any = self.browser.get(f"{reverse(name, args=[self.cast.northside.slug, *args])}?{query}")
        assert answer.status_code == 200, name
        return b"".join(answer).decode("utf-8", "replace")

    def newest(self, model: Any) -> Any:
        with scope(self.cast.northside.id):
            return model.objects.filter(team=self.cast.northside).latest("id")

    def work(self, model: Any) -> Any:
        """Let the worker end the newest run."""
        worker.advance(self.cast.northside.id, self.newest(model).id, model.kind)
        return self.newest(model)

    def entries(self, after: int = 0) -> list[AuditEntry]:
        with scope(self.cast.northside.id):
            rows = AuditEntry.objects.filter(team=self.cast.northside, id__gt=after)
            return list(rows.order_by("id"))


def errors_in(page: str) -> list[str]:
    return re.findall(r"errorlist.*?</ul>", page, re.DOTALL)


# -- the actions -------------------------------------------------------------------------------------------------


def fails_to_sign_in(scene: Scene) -> None:
    scene.browser.logout()
    login = {"login": "olivia@northside.example", "password": "wrong password"}
    assert scene.browser.post(reverse("account_login"), login).status_code == 422


def signs_in(scene: Scene) -> None:
    login = {"login": "olivia@northside.example", "password": PASSWORD}
    assert scene.browser.post(reverse("account_login"), login).status_code == 302


def password_form(old: str, new: str) -> dict[str, str]:
    return {"oldpassword": old, "password1": new, "password2": new}


def changes_the_password_and_resets_it(scene: Scene) -> None:
    changed = scene.browser.post(
        reverse("account_change_password"), password_form(PASSWORD, "another password 1")
    )
    assert changed.status_code == 302
    assert reset("olivia@northside.example", PASSWORD)
    mail.outbox.clear()
    scene.browser.force_login(User.objects.get(pk=scene.cast.owner.user_id))


def changes_addresses(scene: Scene) -> None:
    page = reverse("account_email")
    scene.browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    scene.browser.post(add_address(scene.browser, "olivia@home.example"))
    scene.browser.post(page, {"email": "olivia@home.example", "action_primary": ""})
    scene.browser.post(page, {"email": "olivia@northside.example", "action_primary": ""})
    scene.browser.post(page, {"email": "olivia@home.example", "action_remove": ""})


def changes_second_factors(scene: Scene) -> None:
    """After a confirmation, since this session began without a password."""
    browser = scene.browser
    browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    scene.secrets.append(add_app(browser)[0])
    add_passkey(browser)
    browser.post(reverse("mfa_generate_recovery_codes"))
    browser.post(reverse("mfa_deactivate_totp"))
    browser.post(reverse("mfa_remove_webauthn", args=[Authenticator.objects.get(type="webauthn").pk]))


def resets_second_factors(scene: Scene) -> None:
    TOTP.activate(scene.cast.member.user, "A" * 32)
    link = offered_link(scene.cast, scene.browser, scene.cast.member)
    Client(REMOTE_ADDR=IP).post(link)


def signs_out_everywhere(scene: Scene) -> None:
    scene.browser.post(reverse("sessions_end"))
    scene.browser.force_login(User.objects.get(pk=scene.cast.owner.user_id))


def imports(scene: Scene) -> None:
    file = io.BytesIO(
        f"First Name,Phone Number,Tags\nAnn,4155550110,VIP\nBob,4155550111,\nTom,{TOM},\n,12,".encode()
    )
    file.name = "people.csv"
    scene.post("imports", file=file)
    run = scene.newest(Import)
    columns = {f"column-{n}": name for n, name in enumerate(run.columns)}
    scene.post("import", run.id, country="US", **columns)
    scene.work(Import)
    scene.post("import_confirmation", run.id)
    assert scene.work(Import).state == "done"


def undoes_the_import(scene: Scene) -> None:
    scene.post("import_undo", scene.newest(Import).id)
    scene.work(ImportUndo)


def imports_a_vendor_list(scene: Scene) -> None:
    scene.post("vendor_lists", source="Textline", country="US", text="4155550188")
    scene.post("vendor_list_confirmation", scene.work(VendorListImport).id)
    scene.work(VendorListImport)


def imports_a_suppression_list(scene: Scene) -> None:
    form = {
        "name": "DNC 415",
        "kind": "do_not_call",
        "dated": "2026-11-01",
        "country": "US",
        "text": "4155550188",
    }
    scene.post("suppression_lists", **form)
    scene.work(SuppressionListImport)


def deletes_a_field(scene: Scene) -> None:
    with scope(scene.cast.northside.id):
        CustomField.objects.create(team=scene.cast.northside, name="Plan", key="plan")
    scene.post("custom_field_deletion", "plan")
    scene.work(FieldDeletion)


def deletes_by_api(scene: Scene) -> None:
    page = scene.post(
        "new_api_key", name="CRM", kind="bearer", scopes=["read", "write"], mode="strict"
    ).content.decode()
    secret = re.search(r"hmk_[0-9a-f]+_[\w-]+", page)
    assert secret
    scene.secrets.append(secret[0])
    url = f"/v1/contact/{scene.cast.maria.id}"
    answer = Client(REMOTE_ADDR=IP).delete(url, headers={"authorization": f"Bearer {secret[0]}"})
    assert answer.status_code == 200, answer.content


def merges(scene: Scene) -> None:
    with scope(scene.cast.northside.id):
        Contact.objects.create(team=scene.cast.northside, number=STRANGER)
    scene.post("merge_contact", TOM, other=STRANGER)


def adds_an_inbox(scene: Scene) -> None:
    scene.post(
        "new_inbox", name="Sales", number="(510) 555-0123", carrier="twilio", account_id=NEW_ACCOUNT,
        auth_token=NEW_TOKEN, keyword_responder="carrier",
    )  # fmt: skip


def edits_the_inbox(scene: Scene) -> None:
    desk = scene.cast.front_desk
    form = {
        "name": "Reception",
        "account_id": "AC" + "1" * 32,
        "keyword_responder": "we",
    }
    scene.post("edit_inbox", desk.id, auth_token=NEW_TOKEN, **form)


def gives_a_role_in_the_inbox(scene: Scene) -> None:
    fields = {f"member_{scene.cast.member.id}": "member", f"member_{scene.cast.second.id}": "none"}
    scene.post("inbox_members", scene.cast.front_desk.id, **fields)


def joins(scene: Scene) -> None:
    scene.post("invitations", email="harriet@harbor.example", role="member", inboxes=scene.cast.billing.id)
    with scope(scene.cast.northside.id):
        link = copied_link(Invitation.objects.select_related("team").get())
    scene.secrets.append(link.rpartition("copied/")[2])
    harriet = Client(REMOTE_ADDR=IP)
    harriet.force_login(scene.cast.outsider.user)
    assert harriet.post("/" + link.partition("//")[2].partition("/")[2]).status_code == 302


def hands_keys_over(scene: Scene) -> None:
    with scope(scene.cast.northside.id):
        ApiKey.objects.update(owner_id=scene.cast.admin.user_id)
    scene.post("member_removal", scene.cast.admin.id, keys="hand_over")


def signs_on_by_an_issuer(scene: Scene) -> None:
    """The owner sets it up, signs in by it and removes it all; Amir, who was removed, may come in again."""
    team, dns = scene.cast.northside, dict[str, list[str]]()
    scene.secrets.append(CLIENT_SECRET)
    scene.browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    with pytest.MonkeyPatch.context() as patch, issuing() as issuer:
        patch.setattr(domains, "txt_records", lambda domain: dns.get(domain, []))
        assert save_issuer(scene.browser, team, issuer.url).status_code == 302
        domain = claim(scene.browser, team, dns)
        sign_in_by_issuer(team, issuer, scene.cast.owner.user.email, scene.browser)
    scene.post("member_identity_removal", scene.cast.owner.id)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(domains, "txt_records", lambda domain: [])
        scene.post("claimed_domain_check", domain.id)
    scene.post("claimed_domain_removal", domain.id)
    scene.post("single_sign_on_removal")
    scene.post("removed_member_return", scene.newest(RemovedMember).id)


def leaves(scene: Scene) -> None:
    second = Client(REMOTE_ADDR=IP)
    second.force_login(scene.cast.second.user)
    second.post(reverse("member_removal", args=[scene.cast.northside.slug, scene.cast.second.id]))


def adds_an_endpoint(scene: Scene) -> None:
    scene.post(
        "new_endpoint", name="CRM", url="http://127.0.0.1/hook-path", events=["test", "audit_recorded"][1:]
    )
    scene.secrets += ["hook-path", scene.newest(Endpoint).secrets[0]]


def edits_the_endpoint(scene: Scene) -> None:
    endpoint = scene.newest(Endpoint).id
    scene.post(
        "edit_endpoint", endpoint, name="CRM", url="http://127.0.0.1/hook-path/2", events=["audit_recorded"]
    )


def erases_a_person(scene: Scene) -> None:
    with scope(scene.cast.northside.id):
        of = {"team": scene.cast.northside, "inbox": scene.cast.front_desk}
        Conversation.objects.create(**of, number=STRANGER, last_message_at=timezone.now())
    scene.post("personal_data_erasure", STRANGER, typed="erase")


def retains(scene: Scene) -> None:
    scene.post("retention", texts_count=1, texts_unit="years", files_unit="years")
    with scope(scene.cast.northside.id):
        RetentionRule.objects.update(starts_on=timezone.localdate() - timedelta(days=1))
    assert retain(scene.cast.northside.id) is False


def at_endpoint(name: str) -> Callable[[Scene], Any]:
    return lambda scene: scene.post(name, scene.newest(Endpoint).id)


def at_desk(name: str) -> Callable[[Scene], Any]:
    return lambda scene: scene.post(name, scene.cast.front_desk.id)


A = AuditAction
STEPS: list[tuple[Callable[[Scene], Any], list[Row]]] = [
    (fails_to_sign_in, [(A.SIGN_IN_FAILED, "Olivia Owens", "", {"browser": "Firefox 146 on Linux"})]),
    (signs_in, [(A.SIGNED_IN, "Olivia Owens", "", {"browser": "Firefox 146 on Linux"})]),
    (changes_the_password_and_resets_it, [
        (A.PASSWORD_CHANGED, "Olivia Owens", "", {}), (A.PASSWORD_RESET, "Olivia Owens", "", {}),
    ]),
    (changes_addresses, [
        (A.ADDRESS_CONFIRMED, "Olivia Owens", "", {"address": "olivia@home.example"}),
        (A.PRIMARY_ADDRESS_CHANGED, "Olivia Owens", "", {"to_email": "olivia@home.example"}),
        (A.PRIMARY_ADDRESS_CHANGED, "Olivia Owens", "", {"to_email": "olivia@northside.example"}),
        (A.ADDRESS_REMOVED, "Olivia Owens", "", {"deleted_email": "olivia@home.example"}),
    ]),
    (changes_second_factors, [
        (A.AUTHENTICATOR_APP_ADDED, "Olivia Owens", "", {}), (A.PASSKEY_ADDED, "Olivia Owens", "", {}),
        (A.RECOVERY_CODES_MADE, "Olivia Owens", "", {}), (A.AUTHENTICATOR_APP_REMOVED, "Olivia Owens", "", {}),
        (A.PASSKEY_REMOVED, "Olivia Owens", "", {}),
    ]),
    (resets_second_factors, [
        (A.TWO_FACTOR_RESET_OFFERED, "Maya Chen", "", {}), (A.TWO_FACTOR_RESET, "Maya Chen", "", {}),
    ]),
    (signs_out_everywhere, [(A.SIGNED_OUT, "Olivia Owens", "", {"browser": "all"})]),
    (lambda scene: scene.get("export_contacts", "q=maria&status=active&format=xlsx"), [
        (A.EXPORT_STARTED, "contacts", "",
         {"format": "xlsx", "filter": ["Status: Active", "Search: words not kept"]}),
        (A.EXPORT_ENDED, "contacts", "", {"rows": 1, "complete": True}),
    ]),
    (lambda scene: scene.get("export_do_not_text", "kind=block"), [
        (A.EXPORT_STARTED, "do-not-text", "", {"format": "csv", "filter": ["Kind: block"]}),
        (A.EXPORT_ENDED, "do-not-text", "", {"rows": 0, "complete": True}),
    ]),
    (lambda scene: scene.post("export_evidence", MARIA, format="json"),
     [(A.EVIDENCE_MADE, "", f"Evidence: {MARIA}||JSON", {})]),
    (imports, [
        (A.IMPORT_STARTED, "people.csv", "", {"rows": 3, "lift_ours": False}),
        (A.IMPORT_ENDED, "people.csv", "", {"state": "done", "created": 2, "refused": 1}),
    ]),
    (undoes_the_import, [
        (A.IMPORT_UNDO_STARTED, "people.csv", "", {"lift_opt_outs": False}),
        (A.IMPORT_UNDO_ENDED, "people.csv", "", {"state": "done", "deleted": 2}),
    ]),
    (lambda scene: scene.get("import_refused_rows", "", scene.newest(Import).id),
     [(A.EXPORT_STARTED, "refused rows", "", {"filter": ["people.csv"], "rows": 1})]),
    (imports_a_vendor_list, [
        (A.VENDOR_LIST_STARTED, "Textline", "", {}),
        (A.VENDOR_LIST_ENDED, "Textline", "", {"state": "done", "recorded": 1}),
    ]),
    (imports_a_suppression_list, [
        (A.SUPPRESSION_LIST_STARTED, "DNC 415", "", {"replaces": False}),
        (A.SUPPRESSION_LIST_ENDED, "DNC 415", "", {"state": "done", "numbers": 1}),
    ]),
    (lambda scene: scene.post("suppression_list_deletion", scene.newest(SuppressionListImport).suppression_list_id),
     [(A.SUPPRESSION_LIST_DELETED, "DNC 415", "", {"numbers": 1})]),
    (deletes_a_field, [
        (A.FIELD_DELETED, "Plan", "", {"values": 0}), (A.FIELD_EMPTIED, "Plan", "", {"state": "done"}),
    ]),
    (deletes_by_api, [
        (A.KEY_CREATED, "CRM", "", {"kind": "bearer", "scopes": ["read", "write"]}),
        (A.CONTACT_DELETED, "", "", {"texts_erased": 0}),
    ]),
    (merges, [(A.CONTACTS_MERGED, "", "", {})]),
    (lambda scene: scene.post("bulk_actions", action="delete", all="1", query="q=tom"), [
        (A.DELETION_STARTED, "", "", {"filter": ["Search: words not kept"], "contacts": 1}),
        (A.DELETION_ENDED, "", "", {"state": "done", "deleted": 1}),
    ]),
    (lambda scene: scene.post("team_settings", name="Northside", country="US", time_zone="America/New_York"),
     [(A.SETTING_CHANGED, "", "Business name|Northside Dental|Northside", {})]),
    (erases_a_person,
     [(A.PERSON_ERASED, "", "", {"contacts": 0, "texts": 0})]),
    (retains, [
        (A.SETTING_CHANGED, "", "Erase texts after|Never|1 year", {}),
        (A.RETENTION_RUN_ENDED, "", "", {"state": "done", "texts": 0, "files": 0, "private_notes": 0}),
    ]),
    (adds_an_inbox, [(A.INBOX_ADDED, "Sales", "", {"number": "+15105550123", "carrier": "Twilio"})]),
    (edits_the_inbox, [
        (A.SETTING_CHANGED, "Reception", "Reception: Name|Front Desk|Reception", {}),
        (A.CREDENTIALS_CHANGED, "Reception", "", {"credentials": ["Auth token"]}),
    ]),
    (gives_a_role_in_the_inbox,
     [(A.SEAT_CHANGED, "Maya Chen", "Role in Reception|As in the team|Member", {})]),
    (lambda scene: scene.post("new_role", name="Desk", rights="block"),
     [(A.ROLE_CREATED, "Desk", "", {"rights": ["block numbers"]})]),
    (lambda scene: scene.post("edit_role", scene.newest(TeamRole).id, name="Desk", rights="opt_out"),
     [(A.ROLE_CHANGED, "Desk", "Rights|block numbers|opt people out", {})]),
    (lambda scene: scene.post("role_deletion", scene.newest(TeamRole).id),
     [(A.ROLE_DELETED, "Desk", "", {"rights": ["opt people out"]})]),
    (at_desk("old_tokens_removal"), [(A.OLD_CREDENTIALS_REMOVED, "Reception", "", {})]),
    (at_desk("inbox_closure"), [(A.INBOX_CLOSED, "Reception", "", {})]),
    (at_desk("inbox_reopening"), [(A.INBOX_REOPENED, "Reception", "", {})]),
    (joins, [
        (A.INVITATION_SENT, "harriet@harbor.example", "", {"role": "Member", "inboxes": ["Billing"]}),
        (A.MEMBER_JOINED, "Harriet Hale", "", {"role": "Member", "invited_by": "Olivia Owens"}),
    ]),
    (lambda scene: scene.post("invitations", email="no@one.example", role="admin"),
     [(A.INVITATION_SENT, "no@one.example", "", {"role": "Admin", "inboxes": []})]),
    (lambda scene: scene.post("invitation_revocation", scene.newest(Invitation).id),
     [(A.INVITATION_WITHDRAWN, "no@one.example", "", {})]),
    (lambda scene: scene.post("member", scene.cast.member.id, role="admin"), [
        (A.MEMBER_CHANGED, "Maya Chen", "Role|Member|Admin", {}),
        (A.MEMBER_CHANGED, "Maya Chen", "Inboxes|Reception|", {}),
    ]),
    (hands_keys_over, [
        (A.MEMBER_REMOVED, "Amir Adams", "", {"role": "Admin"}),
        (A.KEY_HANDED_OVER, "CRM", "", {"owner_before": "Amir Adams"}),
    ]),
    (lambda scene: scene.post("api_key_revocation", scene.newest(ApiKey).id), [(A.KEY_REVOKED, "CRM", "", {})]),
    (signs_on_by_an_issuer, [
        (A.SETTING_CHANGED, "", "Provider|Google Workspace|Another issuer", {}),
        (A.SETTING_CHANGED, "", "Tenant ID, domain or issuer|–|http://127.0.0.1", {}),
        (A.SETTING_CHANGED, "", f"Client ID|–|{CLIENT_ID}", {}),
        (A.SETTING_CHANGED, "", "Client secret||replaced", {}),
        (A.DOMAIN_ADDED, "northside.example", "", {}), (A.DOMAIN_CLAIMED, "northside.example", "", {}),
        (A.IDENTITY_LINKED, "Olivia Owens", "", {}),
        (A.SIGNED_IN, "Olivia Owens", "", {"browser": "Firefox 146 on Linux", "way": "single sign-on"}),
        (A.IDENTITY_UNLINKED, "Olivia Owens", "", {}),
        (A.DOMAIN_LOST, "northside.example", "", {}), (A.DOMAIN_REMOVED, "northside.example", "", {}),
        (A.SINGLE_SIGN_ON_REMOVED, "Northside", "", {}), (A.REMOVED_MEMBER_ALLOWED, "Amir Adams", "", {}),
    ]),
    (leaves, [(A.MEMBER_LEFT, "Sam Silva", "", {"role": "Member"})]),
    (at_desk("inbox_deletion"), [(A.INBOX_DELETED, "Reception", "", {"number": "+15105550100"})]),
    (adds_an_endpoint, [(A.ENDPOINT_ADDED, "CRM", "", {"host": "127.0.0.1"})]),
    (edits_the_endpoint, [(A.ENDPOINT_CHANGED, "CRM", "Host|127.0.0.1|127.0.0.1, another URL", {})]),
    (at_endpoint("endpoint_secret"), [(A.SECRET_CREATED, "CRM", "", {})]),
    (at_endpoint("old_secret_removal"), [(A.OLD_SECRETS_REMOVED, "CRM", "", {})]),
    (at_endpoint("endpoint_deactivation"),
     [(A.ENDPOINT_TURNED_OFF, "CRM", "", {"reason": "Turned off by Olivia Owens."})]),
    (at_endpoint("endpoint_activation"), [(A.ENDPOINT_TURNED_ON, "CRM", "", {})]),
    (lambda scene: scene.get("export_audit_log", "what=sign-ins"), [
        (A.EXPORT_STARTED, "audit-log", "", {"filter": ["What: sign-ins"]}),
        (A.EXPORT_ENDED, "audit-log", "", {"rows": 17, "complete": True}),
    ]),
]  # fmt: skip
LAST_STEP = (at_endpoint("endpoint_deletion"), [(A.ENDPOINT_DELETED, "CRM", "", {"host": "127.0.0.1"})])
WHO = {
    A.RETENTION_RUN_ENDED: "Heymarket",
    A.SIGN_IN_FAILED: "Not signed in",
    A.MEMBER_JOINED: "Harriet Hale",
    A.MEMBER_LEFT: "Sam Silva",
    A.TWO_FACTOR_RESET: "Maya Chen",
}


def row_of(entry: AuditEntry, expected: Row) -> Row:
    """The entry, with the details that are expected."""
    change = f"{entry.setting}|{entry.before}|{entry.after}" if entry.setting else ""
    change = re.sub(r"(127\.0\.0\.1):\d+", r"\1", change)  # the port of a fake differs
    details = {name: entry.details.get(name) for name in expected[3]}
    return AuditAction(entry.action), entry.target_name, change, details


def test_every_action_is_recorded_once(cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its page or its call. No secret is in any entry, or in any event; another team has none of them."""
    settings.WEBHOOKS_ALLOW_LOOPBACK = True
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    monkeypatch.setattr("webhooks.outbox.current_app.send_task", lambda *args, **options: None)
    scene = Scene(cast, Client(REMOTE_ADDR=IP, headers={"user-agent": FIREFOX}))
    seen: list[AuditEntry] = []
    for step, expected in [*STEPS, LAST_STEP]:
        if step is LAST_STEP[0]:
            check_events(scene)
        step(scene)
        new = scene.entries(seen[-1].id if seen else 0)
        assert [row_of(entry, row) for entry, row in zip(new, expected, strict=False)] == expected
        assert len(new) == len(expected), new
        seen += new
    # Those of a whole team have tests of their own (tests/portability).
    assert {entry.action for entry in seen} == set(AuditAction) - set(ActionGroup.TEAM.actions)
    for entry in seen:
        by_worker = entry.action.endswith("_ended") and not entry.action.startswith(("export", "deletion"))
        assert (entry.ip_address is None) == (by_worker or entry.action == A.FIELD_EMPTIED), entry
        by_key = entry.action == A.CONTACT_DELETED
        assert entry.actor_name == WHO.get(AuditAction(entry.action), "CRM" if by_key else "Olivia Owens"), (
            entry
        )
        assert by_key == (entry.actor_kind == ActorKind.API_KEY)
    written = str([vars(entry) for entry in seen])
    assert [secret for secret in scene.secrets if secret in written] == []
    assert "4155550110" not in written and "Lopez" not in written, "no person"
    with scope(cast.harbor.id):
        assert not AuditEntry.objects.exclude(action=AuditAction.SIGNED_IN).exists()


def check_events(scene: Scene) -> None:
    """The endpoint, which wants `audit_recorded`, has an event of each entry since it was added."""
    entries = [entry for entry in scene.entries() if entry.id > entry_of(scene, A.ENDPOINT_ADDED).id]
    with scope(scene.cast.northside.id):
        events = list(WebhookEvent.objects.filter(team=scene.cast.northside).order_by("id"))
    while_on = [entry for entry in entries if entry.action != A.ENDPOINT_TURNED_OFF]
    assert [event.data["audit_id"] for event in events if event.type == EventType.AUDIT_RECORDED][
        -len(while_on) :
    ] == [entry.id for entry in while_on]
    assert [secret for secret in scene.secrets if secret in str([event.data for event in events])] == []


def entry_of(scene: Scene, action: AuditAction) -> AuditEntry:
    return next(entry for entry in scene.entries() if entry.action == action)


# -- the table ---------------------------------------------------------------------------------------------------


def record(cast: Cast, count: int = 1) -> None:
    with scope(cast.northside.id):
        for n in range(count):
            target = Target(TargetType.INBOX, f"Inbox {n}", cast.front_desk.id)
            record_action(cast.northside.id, cast.owner, AuditAction.INBOX_CLOSED, target)


def test_nobody_changes_an_entry(cast: Cast, owner: psycopg.Connection) -> None:
    record(cast)
    table = "accounts_settingschange"
    for statement in (f"UPDATE {table} SET after = ''", f"DELETE FROM {table}", f"TRUNCATE {table}"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="written once"):
            owner.execute(statement)  # type: ignore[arg-type]
        with (
            scope(cast.northside.id),
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
        ):
            AuditEntry.objects.raw(statement)._fetch_all()  # type: ignore[attr-defined]


# -- the page ----------------------------------------------------------------------------------------------------


def page(browser: Client, cast: Cast, query: str = "") -> str:
    answer = browser.get(f"{reverse('audit_log', args=[cast.northside.slug])}?{query}")
    assert answer.status_code == 200
    return " ".join(re.sub(r"<option.*?</option>", "", answer.content.decode(), flags=re.DOTALL).split())


def test_the_page_filters_and_links(cast: Cast, as_client: Callable[[Member], Client]) -> None:
    record(cast)
    with scope(cast.northside.id):
        by = AuditActor(ActorKind.API_KEY, "CRM", 77)
        gone = Target(TargetType.CONTACT, "", 4711)
        record_action(cast.northside.id, by, AuditAction.CONTACT_DELETED, gone, texts_erased=1204)
    browser, today = as_client(cast.admin), timezone.now().date()
    edit = reverse("edit_inbox", args=[cast.northside.slug, cast.front_desk.id])
    shown = page(browser, cast)
    assert f'href="{edit}"' in shown and "Contact 4711" in shown and "Texts erased: <bdi>1,204</bdi>" in shown
    for query, closed, deleted in (
        ("what=inboxes", True, False), ("what=deletions", False, True), ("what=nonsense", True, True),
        (f"who=member-{cast.owner.id}", True, False), ("who=api_key-77", False, True), ("who=system", False, False),
        ("who=member-9999999999999999999", True, True), (f"last={today.year - 1}-01-01", False, False),
        (f"first={today.year - 1}-01-01", True, True), ("first=0001-01-01&after=nonsense", True, True),
    ):  # fmt: skip
        shown = page(browser, cast, query)
        assert ("Inbox closed" in shown, "Contact deleted" in shown) == (closed, deleted), query
    assert "No matches" in page(browser, cast, "who=system")
    head = f"Northside Dental. Deletions, Olivia Owens, from Jan 1, {today.year - 1}. As of "
    query = f"what=deletions&who=member-{cast.owner.id}&first={today.year - 1}-01-01"
    assert head in " ".join(page(browser, cast, query).split()), "what is printed says what it shows"
    assert browser.get(reverse("audit_log", args=[cast.harbor.slug])).status_code == 404
    assert as_client(cast.member).get(reverse("audit_log", args=[cast.northside.slug])).status_code == 403


def test_pages_follow_each_other(
    cast: Cast, as_client: Callable[[Member], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_query, "PAGE_SIZE", 2)
    record(cast, 5)
    browser, found, query = as_client(cast.owner), [], ""
    while True:
        shown = page(browser, cast, query)
        found += re.findall(r"<bdi>(Inbox \d)</bdi>", shown)
        following = re.search(r'href="\?[^"]*?(after=[^"]+)" rel="next"', shown)
        if following is None:
            break
        query = following[1]
    assert found == [f"Inbox {n}" for n in reversed(range(5))]


def test_the_file_has_what_the_page_has(cast: Cast, as_client: Callable[[Member], Client]) -> None:
    record(cast)
    export = reverse("export_audit_log", args=[cast.northside.slug])
    lines = b"".join(as_client(cast.owner).get(export)).decode().splitlines()  # type: ignore[arg-type]
    assert lines[0].startswith("\ufeffID,Time,Action,Who")
    assert "Export started" in lines[1] and "Inbox closed,Olivia Owens,Member" in lines[2] and len(lines) == 3


@pytest.mark.parametrize(("query", "field", "sentence"), [
    ("what=nonsense", "What", "This choice no longer exists. Choose another."),
    ("what=%00", "What", "This choice no longer exists. Choose another."),
    ("who=member-999999", "Who", "This choice no longer exists. Choose another."),
    ("who=member-9999999999999999999", "Who", "This choice no longer exists. Choose another."),
    ("first=31.12.2026", "From", "Enter a valid date, such as 2026-03-31."),
    ("last=2026-13-45", "Until", "Enter a valid date, such as 2026-03-31."),
    ("first=0001-01-01", "From", "Enter a date between 2000 and 2999."),
    ("first=2026-12-01&last=2026-01-01", "Until", "The end date must not be before the start date."),
])  # fmt: skip
def test_a_filter_that_cannot_be_read_is_named(
    cast: Cast, as_client: Callable[[Member], Client], query: str, field: str, sentence: str
) -> None:
    """Beside its field, which a phone unfolds; a file is refused, which would have more than was asked for."""
    browser = as_client(cast.owner)
    shown = page(browser, cast, query)
    assert sentence in shown and '<details class="folded-filters" open>' in shown
    export = browser.get(reverse("export_audit_log", args=[cast.northside.slug]) + f"?{query}")
    assert export.status_code == 400 and f"{field}: {sentence}" in export.content.decode()


def test_groups_have_each_action_once() -> None:
    assert [action for group in ActionGroup for action in group.actions] == list(AuditAction)


@pytest.mark.parametrize(("user_agent", "shown"), [
    (FIREFOX, "Firefox 146 on Linux"),
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36",
     "Chrome 143 on Windows"),
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36 "
     "Edg/143.0.0.0", "Edge 143 on Windows"),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 "
     "Mobile/15E148 Safari/604.1", "Safari 26 on iPhone"),
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 "
     "Safari/605.1.15", "Safari 26 on macOS"),
    ("curl/8.5.0", "curl/8.5.0"), ("\0é\x7fx", "x"), ("", ""), ("x" * 500, "x" * 80),
])  # fmt: skip
def test_a_browser_in_words(user_agent: str, shown: str) -> None:
    assert describe_browser(user_agent) == shown
