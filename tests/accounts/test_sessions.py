"""Sessions of a user: the list, signing out, and the email about a sign-in from a new browser."""

from datetime import timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.sessions import activity
from accounts.tasks import delete_expired_sessions
from tests.accounts.test_addresses import is_signed_in
from tests.accounts.test_two_factor import FIREFOX, PAGE, recorded, sign_in
from tests.cast import PASSWORD, Cast

SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/604.1"


def test_list_and_signing_out(cast: Cast, monkeypatch: Any) -> None:
    renewed: list[int] = []
    monkeypatch.setattr("kernel.change_tokens.renew_on_commit", renewed.append)
    phone, _ = sign_in(cast.member, Client(HTTP_USER_AGENT=SAFARI, REMOTE_ADDR="203.0.113.7"))
    desk, _ = sign_in(cast.member)
    stranger, _ = sign_in(cast.outsider)
    page = desk.get(PAGE).content.decode()
    assert "Safari 19 on iPhone" in page and "203.0.113.7" in page and "Firefox 146 on Linux" in page
    assert page.count("This one") == 1 and page.count("/end/") == 3, "two sessions, and everywhere"

    # From elsewhere, later.
    activity._note_once.cache_clear()
    UserSession.objects.update(last_seen_at=timezone.now() - timedelta(days=3))
    phone.get(PAGE, REMOTE_ADDR="203.0.113.99")
    assert "203.0.113.99" in desk.get(PAGE).content.decode()
    assert UserSession.objects.filter(last_seen_at__gt=timezone.now() - timedelta(hours=1)).count() == 2

    of_phone = UserSession.objects.get(ip="203.0.113.99")
    end = reverse("session_end", args=[of_phone.pk])
    assert stranger.post(end).status_code == 404 and is_signed_in(phone)
    assert desk.post(end).status_code == 302
    assert not is_signed_in(phone) and is_signed_in(desk)
    assert renewed == [cast.northside.id], "open pages ask at once"
    assert recorded(cast.northside)[-1] == ("signed_out", "Maya Chen")


def test_sign_out_everywhere_ends_sessions_that_no_list_has(cast: Cast) -> None:
    here, there = sign_in(cast.member)[0], sign_in(cast.member)[0]
    UserSession.objects.all().delete()
    answer = here.post(reverse("sessions_end"), follow=True)
    assert "You were signed out everywhere" in answer.content.decode()
    assert not is_signed_in(here) and not is_signed_in(there)
    again, _ = sign_in(cast.member)
    assert is_signed_in(again) and is_signed_in(sign_in(cast.member)[0])


def test_new_password_ends_all_other_sessions(cast: Cast) -> None:
    here, there = sign_in(cast.member)[0], sign_in(cast.member)[0]
    mail.outbox.clear()
    new = {"oldpassword": PASSWORD, "password1": "another password 1", "password2": "another password 1"}
    assert here.post(reverse("account_change_password"), new).status_code == 302
    assert is_signed_in(here) and not is_signed_in(there)
    assert here.get(PAGE).content.decode().count("Signed out") == 0 and UserSession.objects.count() == 1
    assert [email.subject for email in mail.outbox] == ["Your password was changed"]
    assert recorded(cast.northside)[-1] == ("password_changed", "Maya Chen")
    here.post(reverse("account_logout"))
    delete_expired_sessions()
    assert not UserSession.objects.exists()


def test_sign_in_from_a_new_browser_is_told(cast: Cast) -> None:
    mail.outbox.clear()
    desk, _ = sign_in(cast.member)
    assert mail.outbox == [], "the first sign-in has no browser to compare with"
    desk.post(reverse("account_logout"))
    sign_in(cast.member, desk)
    assert mail.outbox == [] and is_signed_in(desk)
    phone, _ = sign_in(cast.member, Client(HTTP_USER_AGENT=SAFARI, REMOTE_ADDR="203.0.113.7"))
    (email,) = mail.outbox
    assert (email.subject, email.to) == ("New sign-in to your account", [cast.member.user.email])
    assert "Safari 19 on iPhone" in str(email.body) and "203.0.113.7" in str(email.body)
    sign_in(cast.outsider, desk)
    desk.post(reverse("account_logout"))
    sign_in(cast.member, desk)
    assert len(mail.outbox) == 1, "a browser of two accounts is known to both"
    forged = Client(HTTP_USER_AGENT=FIREFOX)
    forged.cookies["known_browser"] = phone.cookies["known_browser"].value[:-2] + "xx"
    sign_in(cast.member, forged)
    assert len(mail.outbox) == 2
