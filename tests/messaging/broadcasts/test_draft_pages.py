"""Pages of a draft: written, saved while it is written, previewed for each person, tested, reviewed and confirmed."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member
from contacts.contact.models import Contact
from contacts.lists.models import ContactList, Tag, Tagging
from kernel.tenancy import scope
from messaging.broadcasts.models import Broadcast, BroadcastStatus
from messaging.media.models import Attachment, AttachmentState
from messaging.models import Message
from messaging.text_templates.templates import make_template
from optout import consent
from optout.consent_types import Actor
from tests.cast import MARIA, TOM, Cast
from tests.html import flat
from tests.messaging.fake_twilio import FakeTwilio
from tests.messaging.media.files import PDF, picture

type ClientOf = Callable[[Member], Client]
type MakeList = Callable[..., ContactList]
PHONE = "+14155550777"


def url(name: str, *args: Any) -> str:
    return reverse(name, args=["northside-dental", *args])


def drafts(cast: Cast) -> list[Broadcast]:
    with scope(cast.northside.id):
        return list(Broadcast.objects.filter(team=cast.northside).order_by("id"))


def form(listed: ContactList, **changes: Any) -> dict[str, Any]:
    return {
        "name": "Recall",
        "category": "marketing",
        "inbox": "",
        "body": "Hi {{ first_name }}, time for a cleaning?",
        "append_words": "on",
        "opt_out_words": "Reply STOP to opt out.",
        "when": "now",
        "to-lists": [listed.id],
        "next": "save",
        **changes,
    }


def test_a_draft_is_saved_while_it_is_written(cast: Cast, as_client: ClientOf, make_list: MakeList) -> None:
    listed, admin = make_list([MARIA, TOM]), as_client(cast.admin)
    begun = timezone.now().isoformat()
    typed = form(listed, begun=begun, draft="", body="Hi", name="", send_at="no time", when="later")
    saved = admin.post(url("broadcast_draft"), typed, headers={"HX-Request": "true"})
    (draft,) = drafts(cast)
    assert saved["HX-Replace-Url"] == url("edit_broadcast", draft.id)
    assert 'id="broadcast-preview"' in saved.content.decode() and "Maria Lopez" in saved.content.decode()
    typed = form(listed, begun=begun, draft="", body="Hi all")
    admin.post(url("broadcast_draft"), typed, headers={"HX-Request": "true"})
    assert admin.post(url("new_broadcast"), typed)["Location"] == url("edit_broadcast", draft.id)
    (draft,) = drafts(cast)
    assert (draft.body, draft.name, draft.author_name) == ("Hi all", "Recall", str(cast.admin))
    editor = admin.get(url("edit_broadcast", draft.id))
    assert "Hi all" in flat(editor) and [one.chosen for one in editor.context["audience"][0].lists] == [True]
    assert "Recall" in flat(admin.get(url("broadcasts")))
    assert as_client(cast.member).get(url("broadcasts")).status_code == 403
    assert as_client(cast.outsider).get(url("edit_broadcast", draft.id)).status_code == 404


def test_two_people_write_one_draft(cast: Cast, as_client: ClientOf, make_list: MakeList) -> None:
    listed, other = make_list([MARIA]), make_list([TOM], "Staff")
    admin, owner = as_client(cast.admin), as_client(cast.owner)
    admin.post(url("new_broadcast"), form(listed))
    (draft,) = drafts(cast)
    edit, autosave = url("edit_broadcast", draft.id), url("broadcast_draft")
    shown = {"revision": _revision(admin.get(edit)), "draft": draft.id}
    owner.post(edit, form(other, **shown, name="Recall in June", body="Hi, it is time."))

    # The admin's page, which shows nothing of that, saves what it has while its own text is written.
    saved = admin.post(
        autosave, form(listed, **shown, body="Hi, please call us.", opt_out_words="STOP ends this.")
    )
    (draft,) = drafts(cast)
    assert (draft.name, draft.body, draft.opt_out_words) == (
        "Recall in June",
        "Hi, it is time.",
        "STOP ends this.",
    )
    assert draft.audience["lists"] == [other.id]
    assert "Not saved: text." in flat(saved) and "Somebody else changed the audience, name." in flat(saved)
    shown["revision"] = _revision(saved)
    again = admin.post(
        autosave, form(listed, **shown, body="Hi, please call us.", opt_out_words="STOP ends it.")
    )
    assert "Not saved: text." in flat(again) and drafts(cast)[0].name == "Recall in June"
    assert drafts(cast)[0].opt_out_words == "STOP ends it."

    # The whole form asks, with both values of the text, and keeps everything else of the other.
    shown["revision"] = _revision(again)
    asked = admin.post(edit, form(listed, **shown, body="Hi, please call us.", opt_out_words="STOP ends it."))
    assert asked.status_code == 422 and "Now: <bdi>Hi, it is time.</bdi>" in flat(asked)
    choice = asked.context["form"].fields["body"].conflict
    kept = form(
        other, **shown, name="Recall in June", body="Hi, please call us.", opt_out_words="STOP ends it."
    )
    kept |= {"revision": _revision(asked), choice.name: f"yours-{choice.version}"}
    assert admin.post(edit, kept).status_code == 302 and drafts(cast)[0].body == "Hi, please call us."
    assert (drafts(cast)[0].name, drafts(cast)[0].audience["lists"]) == ("Recall in June", [other.id])


def test_two_people_choose_the_audience(cast: Cast, as_client: ClientOf, make_list: MakeList) -> None:
    lists = [make_list([number], name) for number, name in ((MARIA, "A"), (TOM, "B"), (PHONE, "C"))]
    admin, owner = as_client(cast.admin), as_client(cast.owner)
    admin.post(url("new_broadcast"), form(lists[0]))
    (draft,) = drafts(cast)
    edit = url("edit_broadcast", draft.id)
    shown = {"revision": _revision(admin.get(edit)), "draft": draft.id}
    owner.post(edit, form(lists[1], **shown))
    saved = admin.post(url("broadcast_draft"), form(lists[2], **shown))
    assert "Not saved: audience." in flat(saved) and drafts(cast)[0].audience["lists"] == [lists[1].id]
    asked = admin.post(edit, form(lists[2], **shown))
    assert asked.status_code == 422
    assert "Yours: <bdi>C</bdi>" in flat(asked) and "Now: <bdi>B</bdi>" in flat(asked)
    choice = asked.context["form"].fields["audience"].conflict
    for side, kept in (("now", lists[1]), ("yours", lists[2])):
        answer = form(
            lists[2], draft=draft.id, revision=_revision(asked), **{choice.name: f"{side}-{choice.version}"}
        )
        assert admin.post(edit, answer).status_code == 302, side
        assert drafts(cast)[0].audience["lists"] == [kept.id], side


def test_a_template_on_a_draft_is_a_change(cast: Cast, as_client: ClientOf, make_list: MakeList) -> None:
    listed, admin = make_list([MARIA]), as_client(cast.admin)
    admin.post(url("new_broadcast"), form(listed))
    with scope(cast.northside.id):
        template = make_template(
            cast.northside.id, title="Sale", body="All chairs at half price.", owner=None
        )
    edit = url("edit_broadcast", drafts(cast)[0].id)
    page = admin.get(f"{edit}?template={template.id}")
    words = form(listed, revision=_revision(page), body="All chairs at half price.", template=template.id)
    assert admin.post(edit, words).status_code == 302
    (draft,) = drafts(cast)
    assert (draft.body, draft.template_title) == ("All chairs at half price.", "Sale")


def _revision(page: Any) -> str:
    (revision,) = re.findall(r'name="revision" value="([^"]+)"', page.content.decode())
    return str(revision)


def test_what_is_missing_is_said_at_its_field(cast: Cast, as_client: ClientOf, make_list: MakeList) -> None:
    listed, admin = make_list([MARIA]), as_client(cast.admin)
    wrong = {
        "name": "", "category": "", "body": "Hi {{ frist_name }}", "to-lists": [], "opt_out_words": " ",
        "when": "later", "next": "review",
    }  # fmt: skip
    shown = admin.post(url("new_broadcast"), form(listed, **wrong))
    page = flat(shown)
    assert shown.status_code == 422 and not drafts(cast)
    for words in (
        "Give it a name.",
        "Say which of the two it is.",
        "There is no field {{ frist_name }}. Did you mean {{ first_name }}?",
        "Choose at least one list, or add people by a filter.",
        "Write the words, or untick the box above.",
        "Choose a day and time.",
    ):
        assert words in page, words
    admin.post(url("new_broadcast"), form(listed))
    without = admin.post(
        url("edit_broadcast", drafts(cast)[0].id), form(listed, **{"to-lists": [], "next": "review"})
    )
    assert without.status_code == 422 and not without.context["audience"][0].lists[0].chosen, "as it was sent"
    past = form(listed, when="later", send_at="2020-01-01T10:00", next="review")
    assert "This time has passed." in flat(admin.post(url("new_broadcast"), past))
    gone = form(listed, **{"to-lists": [listed.id + 99]})
    admin.post(url("edit_broadcast", drafts(cast)[0].id), gone)
    review = flat(admin.get(url("broadcast_review", drafts(cast)[0].id)))
    assert "A list that this audience names was deleted." in review and "Send to" not in review


def test_filters_are_added_and_taken_out(cast: Cast, as_client: ClientOf, make_list: MakeList) -> None:
    listed, admin = make_list([MARIA, TOM]), as_client(cast.admin)
    with scope(cast.northside.id):
        tag = Tag.objects.create(team=cast.northside, name="VIP")
        Tagging.objects.create(team=cast.northside, tag=tag, contact=cast.tom)
    added = form(listed, **{"without-tag": str(tag.id), "next": "add-without"})
    answer = admin.post(url("new_broadcast"), added)
    (draft,) = drafts(cast)
    assert answer["Location"] == f"{url('edit_broadcast', draft.id)}#without"
    assert draft.audience["without_filters"] == [f"tag={tag.id}"]
    page = flat(admin.get(url("edit_broadcast", draft.id)))
    assert "Tag: VIP" in page and '<strong class="number">1</strong> contact in the audience' in page
    nothing = flat(admin.post(url("edit_broadcast", draft.id), form(listed, next="add-to")))
    assert "Choose at least one filter." in nothing
    admin.post(url("edit_broadcast", draft.id), form(listed))  # without the ticked filter
    assert drafts(cast)[0].audience["without_filters"] == []
    to, without = admin.get(url("new_broadcast") + f"?filter=tag%3D{tag.id}&list={listed.id}").context[
        "audience"
    ]
    assert [one.words for one in to.filters] == ["Tag: VIP"] and not without.filters
    assert [one.chosen for one in to.lists] == [True]


def test_each_person_is_previewed(
    cast: Cast, carrier: FakeTwilio, as_client: ClientOf, make_list: MakeList, work: Callable[[], None]
) -> None:
    listed, admin = make_list([MARIA, TOM, PHONE]), as_client(cast.admin)
    with scope(cast.northside.id):
        Contact.objects.filter(team=cast.northside, number=PHONE).update(first_name="")
        consent.opt_out(cast.northside.id, TOM, Actor.of(cast.owner), reason="")
        maria, tom, _ = Contact.objects.filter(team=cast.northside).order_by("id")
    admin.post(url("new_broadcast"), form(listed, inbox=cast.front_desk.id))
    (draft,) = drafts(cast)
    first = flat(admin.get(url("edit_broadcast", draft.id)))
    assert "Hi Maria, time for a cleaning?" in first and "Reply STOP to opt out.</p>" in first
    second = flat(admin.get(url("broadcast_preview", draft.id) + f"?after={maria.id}"))
    assert "Tom Becker" in second and "Gets no text: Opted out." in second
    third = flat(admin.get(url("broadcast_preview", draft.id) + f"?after={tom.id}"))
    assert "{{ first_name }} is empty for this person." in third and "This person would be left out." in third
    review = flat(admin.get(url("broadcast_review", draft.id)))
    assert '<span class="figure">1</span>' in review and "A field of the text is empty for" in review
    for reason, words in (("opted_out", "Tom Becker"), ("unfilled", "No name")):
        assert words in flat(admin.get(url("broadcast_left_out", draft.id, reason))), reason
        export = admin.get(url("export_broadcast_left_out", draft.id, reason))
        assert len(b"".join(export.streaming_content).decode().splitlines()) == 2  # type: ignore[attr-defined]
    assert admin.get(url("broadcast_left_out", draft.id, "nonsense")).status_code == 404

    test = {"number": PHONE, "as": str(maria.id)}
    assert "Sent to" in flat(
        admin.post(url("broadcast_test_text", draft.id), test, headers={"HX-Request": "true"})
    )
    refused = admin.post(
        url("broadcast_test_text", draft.id), {"number": TOM}, headers={"HX-Request": "true"}
    )
    assert refused.status_code == 422 and "This number has opted out." in flat(refused)
    work()
    assert carrier.bodies(PHONE) == ["Hi Maria, time for a cleaning?\nReply STOP to opt out."]
    with scope(cast.northside.id):
        assert not Message.objects.exclude(broadcast_id=None).exists(), "a test is no text of the broadcast"


def test_a_picture_of_its_own_or_of_the_template(
    cast: Cast, as_client: ClientOf, make_list: MakeList
) -> None:
    listed, admin = make_list([MARIA]), as_client(cast.admin)
    refused = admin.post(url("new_broadcast"), form(listed, picture_file=SimpleUploadedFile("a.pdf", PDF)))
    assert refused.status_code == 422 and "Choose a picture" in flat(refused)
    with scope(cast.northside.id):
        template = make_template(cast.northside.id, title="Recall", body="{{ first_name }}!", owner=None)
    admin.post(
        url("new_broadcast"),
        form(listed, picture_file=SimpleUploadedFile("a.jpg", picture()), template=template.id),
    )
    (draft,) = drafts(cast)
    assert draft.picture_id and (draft.template_id, draft.template_title) == (template.id, "Recall")
    shown = admin.get(url("broadcast_picture", draft.id))
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/webp")
    shown.close()
    admin.post(url("edit_broadcast", draft.id), form(listed, without_picture="on"))
    assert drafts(cast)[0].picture_id is None
    chosen = flat(admin.get(url("broadcast_templates") + f"?draft={draft.id}"))
    assert f'href="{url("edit_broadcast", draft.id)}?draft={draft.id}&amp;template={template.id}"' in chosen
    page = flat(admin.get(url("edit_broadcast", draft.id) + f"?template={template.id}"))
    assert "{{ first_name }}!" in page
    with scope(cast.northside.id):
        assert Attachment.objects.get(id=draft.picture_id).state == AttachmentState.ERASED


def test_a_draft_is_confirmed_as_it_was_reviewed(
    cast: Cast, as_client: ClientOf, make_list: MakeList
) -> None:
    listed, admin = make_list([MARIA, TOM]), as_client(cast.admin)
    at = (timezone.now() + timedelta(days=2)).strftime("%Y-%m-%dT10:00")
    answer = admin.post(
        url("new_broadcast"), form(listed, inbox=cast.front_desk.id, when="later", send_at=at, next="review")
    )
    (draft,) = drafts(cast)
    assert answer["Location"] == url("broadcast_review", draft.id)
    review = admin.get(url("broadcast_review", draft.id))
    seen = review.context["seen"]
    assert "Schedule for 2 people" in flat(review) and "60 segments a minute" in flat(review)
    admin.post(url("edit_broadcast", draft.id), form(listed, body="Changed", when="later", send_at=at))
    stale = admin.post(url("broadcast_confirmation", draft.id), {"seen": seen})
    assert stale["Location"] == url("broadcast_review", draft.id)
    assert drafts(cast)[0].status == BroadcastStatus.DRAFT
    seen = admin.get(url("broadcast_review", draft.id)).context["seen"]
    confirmed = admin.post(url("broadcast_confirmation", draft.id), {"seen": seen})
    assert confirmed["Location"] == url("broadcast", draft.id)
    assert drafts(cast)[0].status == BroadcastStatus.SCHEDULED
    assert "Will be sent on" in flat(admin.get(url("broadcast", draft.id)))

    late = admin.post(url("edit_broadcast", draft.id), form(listed, body="Too late"))
    assert late["Location"] == url("broadcast", draft.id) and drafts(cast)[0].body == "Changed"
    assert admin.post(url("broadcast_deletion", draft.id))["Location"] == url("broadcast", draft.id)
    auto = admin.post(url("broadcast_draft"), form(listed, draft=draft.id), headers={"HX-Request": "true"})
    assert auto["HX-Redirect"] == url("broadcast", draft.id)
    admin.post(url("broadcast_confirmation_deletion", draft.id))
    assert drafts(cast)[0].status == BroadcastStatus.DRAFT
    admin.post(url("broadcast_copy", draft.id))
    assert [draft.name for draft in drafts(cast)] == ["Recall", "Recall (copy)"]
    admin.post(url("broadcast_deletion", draft.id))
    assert [draft.name for draft in drafts(cast)] == ["Recall (copy)"]
