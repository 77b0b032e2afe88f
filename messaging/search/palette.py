"""Palette: people, conversations, pages and actions that match what a member types, as links."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode

from accounts.access import Right, TeamRequest
from contacts.search.number_search import normalize_query
from kernel.loading import load
from messaging.models import Conversation
from messaging.recipients import Recipient, find_recipients
from messaging.search.people import PersonMatches

MAX_PAGES = 7


@dataclass(frozen=True)
class PaletteLink:
    """A page or an action."""

    label: str
    url: str
    icon: str
    key: str = ""  # the key that does the same


@dataclass(frozen=True)
class _Entry:
    label: str
    name: str  # of the address
    icon: str
    words: str = ""  # by which it is also found
    right: Right | None = None
    query: str = ""
    key: str = ""


_ENTRIES = (
    _Entry("New conversation", "new_conversation", "plus", "write text send", Right.SEND_TEXTS, key="n"),
    _Entry("Inbox", "inbox", "inbox", "conversations open"),
    _Entry("Closed conversations", "inbox", "archive", "inbox archive", query="folder=closed"),
    _Entry("Broadcasts", "broadcasts", "broadcast", "campaigns many lists", Right.SEND_BROADCASTS),
    _Entry("New broadcast", "new_broadcast", "plus", "campaign many write send", Right.SEND_BROADCASTS),
    _Entry("Contacts", "contacts", "people", "people customers"),
    _Entry("New contact", "new_contact", "plus", "add person", Right.EDIT_CONTACTS),
    _Entry("Import contacts", "imports", "upload", "csv xlsx file", Right.IMPORT_CONTACTS),
    _Entry("Do not text", "do_not_text", "stop", "opted out blocked suppression"),
    _Entry("Lists and tags", "labels", "tag", "labels"),
    _Entry("Custom fields", "custom_fields", "columns", "contacts"),
    _Entry("Reports", "reports", "reports", "volume figures", Right.SEE_REPORTS),
    _Entry("Settings", "settings", "settings", "team"),
    _Entry("Members", "members", "people", "invite seats roles"),
    _Entry("Roles", "roles", "key", "rights permissions"),
    _Entry("Inboxes", "inboxes", "phone", "numbers carrier credentials", Right.MANAGE_INBOXES),
    _Entry("Export conversations", "conversation_exports", "download", "csv xlsx json notes", Right.EXPORT),
    _Entry("Templates", "text_templates", "note", "saved texts snippets canned", Right.SEND_TEXTS),
    _Entry("API keys", "api_keys", "key", "programs developers", Right.MANAGE_API_KEYS),
    _Entry("Webhooks", "endpoints", "send", "endpoints developers", Right.MANAGE_WEBHOOKS),
    _Entry("Audit log", "audit_log", "list", "who did what sign-ins changes", Right.SEE_AUDIT_LOG),
)


@dataclass(frozen=True)
class PaletteMatches:
    """What a palette shows for a typed text: pages and actions; then conversations, people and the search for it."""

    typed: str
    links: list[PaletteLink]
    conversations: list[Conversation]
    people: list[Recipient]
    search_url: str


def find_matches(request: TeamRequest, typed: str) -> PaletteMatches:
    typed = normalize_query(typed)
    links = [
        _link(request, entry) for entry in _ENTRIES if _is_offered(request, entry) and _matches(entry, typed)
    ]
    matches = PersonMatches.of(request.member, typed)
    conversations = load(matches.conversations(request.member)) if matches else []
    known = {conversation.number for conversation in conversations}
    people = [found for found in find_recipients(request.team, typed, None) if found.number not in known]
    search_url = f"{reverse('search', args=[request.team.slug])}?{urlencode({'q': typed})}" if typed else ""
    return PaletteMatches(typed, links[:MAX_PAGES], conversations, people, search_url)


def _is_offered(request: TeamRequest, entry: _Entry) -> bool:
    return entry.right is None or entry.right in request.rights_somewhere


def _matches(entry: _Entry, typed: str) -> bool:
    """Whether each typed word begins a word of the entry."""
    words = f"{entry.label} {entry.words}".lower().split()
    return all(any(word.startswith(part) for word in words) for part in typed.lower().split())


def _link(request: TeamRequest, entry: _Entry) -> PaletteLink:
    page = reverse(entry.name, args=[request.team.slug])
    return PaletteLink(entry.label, f"{page}?{entry.query}" if entry.query else page, entry.icon, entry.key)
