"""A person's return from the issuer: the attempt, the exchange, the admission, and the session that follows."""

from collections.abc import Mapping
from typing import Any

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.account.stages import LoginStage
from allauth.mfa.internal.constants import LoginStageKey
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.audit.actions import ActorKind, AuditAction, TargetType
from accounts.audit.recording import AuditActor, Target, record_action
from accounts.audit.sign_ins import details_of_sign_in
from accounts.models import Member
from accounts.single_sign_on.admission import admit
from accounts.single_sign_on.attempts import SignInAttempt, take
from accounts.single_sign_on.exchange import error_sentence, fetch_person
from accounts.single_sign_on.locks import lock_key
from accounts.single_sign_on.marks import bind, mark_vouched
from accounts.single_sign_on.models import SingleSignOn
from accounts.single_sign_on.trouble import SingleSignOnTrouble
from kernel.tenancy import scope

WAY = "single sign-on"


def arrive(request: Any, sign_on: SingleSignOn, returned: Mapping[str, str]) -> HttpResponse:
    """Sign the person in who comes back from the issuer. Raises SingleSignOnTrouble; not for a transaction."""
    attempt = take(request.session, sign_on.team_id, returned.get("state", ""))
    if error := returned.get("error"):
        raise SingleSignOnTrouble(error_sentence(error))
    if returned.get("iss", sign_on.configuration["issuer"]) != sign_on.configuration["issuer"]:  # RFC 9207
        raise SingleSignOnTrouble("The answer is from another issuer than the team's.")
    try:
        member = _admitted(sign_on, attempt, returned.get("code", ""))
        _require_same_user(request, member)
    except SingleSignOnTrouble as trouble:
        _record_failure(request, sign_on, str(trouble))
        raise
    return _sign_in(request, sign_on, member, attempt.page)


def _admitted(sign_on: SingleSignOn, attempt: SignInAttempt, code: str) -> Member:
    person = fetch_person(sign_on, attempt, sign_on.team.slug, code)
    with scope(sign_on.team_id, lock=lock_key("person", person.email)):
        member = admit(sign_on, person)
        if sign_on.proved_at is None:
            SingleSignOn.objects.filter(team_id=sign_on.team_id, id=sign_on.id).update(
                proved_at=timezone.now()
            )
    return member


def _require_same_user(request: Any, member: Member) -> None:
    if request.user.is_authenticated and request.user.pk != member.user_id:
        raise SingleSignOnTrouble(
            f"Your company's sign-in says that you are {member.user.email}, but here you are signed in as "
            f"{request.user.email}. Sign out first, then begin again."
        )


def _record_failure(request: HttpRequest, sign_on: SingleSignOn, reason: str) -> None:
    nobody = AuditActor(ActorKind.NOBODY, str(ActorKind.NOBODY.label))
    details = {**details_of_sign_in(request), "way": WAY, "reason": reason[:300]}
    with scope(sign_on.team_id):
        record_action(sign_on.team_id, nobody, AuditAction.SIGN_IN_FAILED, **details)


def _sign_in(request: Any, sign_on: SingleSignOn, member: Member, page: str) -> HttpResponse:
    """Mark a session that was signed in already; otherwise the person's own second factor may follow."""
    if request.user.is_authenticated:
        note_arrival(request, sign_on.team_id)
        return redirect(page)
    state: dict[str, Any] = {SingleSignOnStage.key: sign_on.team_id}
    if sign_on.team.issuer_asks_second_factor:
        state["stages"] = {LoginStageKey.MFA_AUTHENTICATE.value: {"handled": True}}
    response: HttpResponse = perform_login(request, Login(user=member.user, redirect_url=page, state=state))
    return response


class SingleSignOnStage(LoginStage):
    """The last stage of allauth's sign-in: tells our adapter that an issuer vouched for the person."""

    key = "single_sign_on"

    def handle(self) -> tuple[None, bool]:
        self.request.vouched_for_team = self.login.state.get(self.key)
        return None, True


def begin_bound_session(request: Any, team_id: int) -> None:
    """For a session that has just begun at the issuer of this team."""
    bind(request.session)
    note_arrival(request, team_id)


def note_arrival(request: Any, team_id: int) -> None:
    """Mark the session, and record the sign-in in this team alone: it opens no other."""
    mark_vouched(request.session, team_id)
    with scope(team_id):
        member = Member.objects.select_related("user").get(team_id=team_id, user_id=request.user.pk)
        target = Target(TargetType.MEMBER, str(member), member.id)
        record_action(team_id, member, AuditAction.SIGNED_IN, target, **details_of_sign_in(request), way=WAY)
