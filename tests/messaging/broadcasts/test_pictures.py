"""Pictures of broadcasts: sent, shown in each thread, and looked at again before each text."""

from collections.abc import Callable

import psycopg
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Inbox, Member
from contacts.lists.models import ContactList
from kernel.tenancy import scope
from messaging.broadcasts import lifecycle
from messaging.broadcasts.drafts import store_picture
from messaging.broadcasts.models import Broadcast
from messaging.media.models import Attachment, AttachmentState
from messaging.models import Conversation
from tests.cast import MARIA, TOM, Cast
from tests.messaging.broadcasts.conftest import reload
from tests.messaging.fake_twilio import OVERLOADED, FakeTwilio
from tests.messaging.media.files import picture

type MakeList = Callable[..., ContactList]
type MakeBroadcast = Callable[..., Broadcast]
type Send = Callable[[Broadcast], Broadcast]
LOST = "An attachment cannot be sent. It is gone."


def with_picture(cast: Cast, make_broadcast: MakeBroadcast, listed: ContactList) -> Broadcast:
    stored = store_picture(cast.northside.id, SimpleUploadedFile("a.jpg", picture()), None)
    return make_broadcast(listed, body="Look!", picture=stored)


def lose_picture(cast: Cast) -> None:
    with scope(cast.northside.id):
        rows = Attachment.objects.filter(team=cast.northside)
        rows.update(state=AttachmentState.GONE, reason="It is gone.")


def test_each_thread_shows_the_picture_to_whoever_sees_its_inbox(
    cast: Cast,
    carrier: FakeTwilio,
    make_list: MakeList,
    make_broadcast: MakeBroadcast,
    send: Send,
    as_client: Callable[[Member], Client],
) -> None:
    broadcast = send(with_picture(cast, make_broadcast, make_list([MARIA, TOM])))
    assert all(len(text.media) == 1 for text in carrier.sent) and len(carrier.sent) == 2
    slug, picture_id = cast.northside.slug, broadcast.picture_id
    shown = reverse("attachment_thumbnail", args=[slug, picture_id])
    with scope(cast.northside.id):
        conversations = list(Conversation.objects.filter(team=cast.northside, number__in=[MARIA, TOM]))
    for conversation in conversations:
        page = as_client(cast.member).get(reverse("conversation", args=[slug, conversation.id]))
        assert f'src="{shown}"' in page.content.decode()
    for address in (shown, reverse("attachment", args=[slug, picture_id])):
        response = as_client(cast.member).get(address)
        assert b"".join(response) and response.status_code == 200  # type: ignore[call-overload]
        response.close()
        assert as_client(cast.outsider).get(address).status_code in (403, 404)
    with scope(cast.northside.id):
        Inbox.objects.get(team=cast.northside, id=cast.front_desk.id).seats.all().delete()
    assert as_client(cast.member).get(shown).status_code == 404, "without a seat"


def test_a_lost_picture_pauses_the_broadcast_and_holds_its_retries(
    cast: Cast,
    carrier: FakeTwilio,
    make_list: MakeList,
    make_broadcast: MakeBroadcast,
    run: Callable[..., None],
    owner: psycopg.Connection,
) -> None:
    for numbers, answers, rounds in (([MARIA], [], 0), ([TOM], [OVERLOADED], 3)):
        broadcast = with_picture(cast, make_broadcast, make_list(numbers, f"List of {numbers}"))
        carrier.answers = list(answers)
        with scope(cast.northside.id):
            lifecycle.confirm(broadcast.id, broadcast.team_id, author=cast.admin)
        run(most=rounds)
        lose_picture(cast)
        owner.execute("UPDATE messaging_message SET due_at = now() WHERE status = 'queued'")
        run()
        assert reload(broadcast).pause_sentence == f"The picture cannot be sent. {LOST}"
        assert carrier.sent == [] and len(carrier.refused) == len(answers)
