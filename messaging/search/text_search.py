"""Text search: the texts of a member's inboxes that contain all typed words and pass the filters, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import OperationalError
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from psycopg.errors import QueryCanceled

from accounts.access import Right, may
from accounts.models import Inbox, Member
from kernel.keyset import Cursor
from kernel.loading import Loader
from kernel.sql import time_limit
from kernel.visible_text import has_visible_characters, without_invisible
from messaging.message_content import stored_content
from messaging.models import Message
from messaging.scope_lookups import TextFilters, find_texts
from messaging.search.forms import SearchForm, Sender
from messaging.search.hits import TextPart, excerpt, typed_words
from messaging.search.people import PersonMatches

PAGE_SIZE = 30
MAX_QUERY_LENGTH = 200  # characters that are read
LONGEST = 4_000  # milliseconds that a search may take


class SearchTookTooLong(Exception):
    """The search was ended after LONGEST."""


@dataclass(frozen=True)
class FoundText:
    """A text of the results."""

    message: Message
    parts: Sequence[TextPart]

    @property
    def marked(self) -> SafeString:
        """The words around the first hit, with all hits marked, as HTML."""
        marks = (("<mark>{}</mark>" if part.is_hit else "{}", part.words) for part in self.parts)
        return mark_safe("".join(format_html(mark, words) for mark, words in marks))  # noqa: S308  each is escaped

    @property
    def by(self) -> str:
        """Who wrote an outbound text. The page shows the person's name beside an inbound one."""
        return self.message.author_name or "Your team"


@dataclass(frozen=True)
class TextPage:
    """A page of texts, newest first."""

    texts: list[FoundText]
    last: Cursor | None = None
    more: bool = False


def texts_loader(
    form: SearchForm, member: Member, inboxes: Sequence[Inbox], before: Cursor | None
) -> Loader[TextPage]:
    """The page behind `before`, or the first page. Raises SearchTookTooLong."""
    typed = read_query(form.cleaned_data["q"])
    filters, upper = _filters(form, member, inboxes)
    if not inboxes or filters.conversation_ids == []:
        return TextPage([])
    ids = _find(typed, filters, before or upper)
    found = yield from _texts_loader(member, ids[:PAGE_SIZE], typed)
    last = Cursor(found[-1].message.id, found[-1].message.at) if found else None
    return TextPage(found, last, len(ids) > PAGE_SIZE)


def read_query(typed: str) -> str:
    """The typed text as it is searched."""
    return without_invisible(typed.replace("\0", ""))[:MAX_QUERY_LENGTH].strip()


def _find(typed: str, filters: TextFilters, before: Cursor | None) -> list[int]:
    try:
        with time_limit(LONGEST):
            return find_texts(typed, filters, before, PAGE_SIZE + 1)
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise SearchTookTooLong from error
        raise


def _filters(form: SearchForm, member: Member, inboxes: Sequence[Inbox]) -> tuple[TextFilters, Cursor | None]:
    """The filters, and a cursor at the end of the last day."""
    data, zone = form.cleaned_data, member.team.clock.zone
    until = Cursor(0, _midnight(data["until"] + timedelta(days=1), zone)) if data["until"] else None
    filters = TextFilters(
        inbox_ids=[data["inbox"].id] if data["inbox"] else _inbox_ids(member, inboxes),
        outbound={Sender.US: True, Sender.THEM: False}.get(data["by"]),
        with_picture=data["picture"] or None,
        conversation_ids=_conversation_ids(member, data["person"]),
        since=_midnight(data["since"], zone) if data["since"] else None,
    )
    return filters, until


def _inbox_ids(member: Member, inboxes: Sequence[Inbox]) -> list[int] | None:
    return None if may(member, Right.SEE_ALL_INBOXES) else [inbox.id for inbox in inboxes]


def _conversation_ids(member: Member, person: str) -> list[int] | None:
    if not has_visible_characters(person):
        return None
    matches = PersonMatches.of(member, person)
    return matches.conversation_ids(member) if matches else []


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _texts_loader(member: Member, ids: list[int], typed: str) -> Loader[list[FoundText]]:
    rows = Message.objects.filter(team_id=member.team_id, id__in=ids).exclude(number="")
    (found,) = yield [rows.select_related("conversation__contact", "conversation__inbox")]
    by_id, words = {row.id: row for row in found}, typed_words(typed)
    return [_found(by_id[id], words) for id in ids if id in by_id]


def _found(message: Message, words: list[str]) -> FoundText:
    content = (
        message.body if has_visible_characters(message.body) else stored_content("", message.media, kept=True)
    )
    return FoundText(message, excerpt(" ".join(content.split()), words))
