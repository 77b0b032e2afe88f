"""Chosen list of the inbox pages: a folder or a saved view, read from the address; and what can be chosen instead."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from accounts.access import Right, TeamRequest, may, visible_inboxes
from accounts.models import Inbox, Member, Team
from contacts.lists.models import Tag
from kernel.id_parameter import read_id
from kernel.loading import Loader, load, side_by_side
from kernel.unknown_filters import unknown_filters
from messaging.folder_counts import counts_loader
from messaging.folder_rows import MAX_COUNT, FolderRows
from messaging.folders import Folder
from messaging.hours.late_counts import late_loader
from messaging.inbox import counted_folders
from messaging.narrowing import ME, NOBODY, AskedStanding, Narrowing
from messaging.saved_views.access import MAX_VIEWS, narrowing_of, visible_views
from messaging.saved_views.models import SavedView
from messaging.to_review import read_kind, review_counts_loader

TABS = 4  # folders beside the menu with the others
COUNTED_VIEWS = 10  # whose conversations are counted
COUNTED_INBOXES = 12  # whose unread conversations the menu of inboxes shows


@dataclass(frozen=True)
class ChosenList:
    """The list beside a conversation: a folder, in one inbox or in all, and narrowed; texts to review of a kind."""

    folder: Folder
    inboxes: list[Inbox]  # that the member sees
    inbox: Inbox | None
    kind: str
    narrowing: Narrowing = field(default_factory=Narrowing)
    views: list[SavedView] = field(default_factory=list)  # that the member sees
    view: SavedView | None = None
    inbox_is_gone: bool = False  # the view's
    unknown: list[str] = field(default_factory=list)  # labels of what the address asks for, but nobody knows

    @property
    def is_to_review(self) -> bool:
        return self.folder == Folder.REVIEW

    @property
    def query(self) -> str:
        """The query of the list's address, which the pages of its conversations keep."""
        if self.view:
            return urlencode({"view": self.view.id})
        return _query(self.folder, self.inbox.id if self.inbox else None, self.kind, self.narrowing)

    def inbox_ids(self, member: Member) -> list[int] | None:
        """The inboxes to search; none if the view's inbox is gone, None for all of the team."""
        if self.inbox_is_gone:
            return []
        return [self.inbox.id] if self.inbox else self.visible_ids(member)

    def visible_ids(self, member: Member) -> list[int] | None:
        """All inboxes that the member sees. None for all of the team."""
        return None if may(member, Right.SEE_ALL_INBOXES) else [inbox.id for inbox in self.inboxes]


def chosen_list(request: TeamRequest, data: Mapping[str, Any] | None = None) -> ChosenList:
    return load(chosen_list_loader(request, data))


def chosen_list_loader(request: TeamRequest, data: Mapping[str, Any] | None = None) -> Loader[ChosenList]:
    """The list of the request's address, or of a form's data. A view that is gone is the folder Open."""
    data = request.GET if data is None else data
    inboxes, views = yield [visible_inboxes(request.member), visible_views(request.member)[:MAX_VIEWS]]
    view_id = read_id(data.get("view"))
    view = next((view for view in views if view.id == view_id), None)
    inbox_id = view.inbox_id if view else read_id(data.get("inbox"))
    chosen = next((inbox for inbox in inboxes if inbox.id == inbox_id), None)
    narrowing = narrowing_of(view) if view else Narrowing.read(data)
    return ChosenList(
        folder=Folder.named(view.folder if view else data.get("folder", "")),
        inboxes=inboxes,
        inbox=chosen,
        kind=read_kind(data.get("kind")),
        narrowing=narrowing,
        views=views,
        view=view,
        inbox_is_gone=bool(view and view.inbox_id and not chosen),
        unknown=[] if view else _unknown(data, chosen, narrowing),
    )


def _unknown(data: Mapping[str, Any], inbox: Inbox | None, narrowing: Narrowing) -> list[str]:
    """The labels of what the address asks for, but nobody knows; a view that is found asks for nothing else."""
    read = {
        "view": ("View", None),
        "folder": ("Folder", data.get("folder", "") in Folder.values),
        "inbox": ("Inbox", inbox),
        "kind": ("Kind", read_kind(data.get("kind"))),
        "assignee": ("Assigned to", narrowing.assignee),
        "tag": ("Tag", narrowing.tag_id),
        "standing": ("Status", narrowing.standing),
        "broadcast": ("Broadcast", narrowing.broadcast_id),
    }
    return unknown_filters(data, read)


def description_loader(chosen: ChosenList, team: Team) -> Loader[list[str]]:
    """What the list is narrowed to, in words: "assigned to me", "tag VIP"."""
    narrowing, words = chosen.narrowing, []
    member_id = read_id(narrowing.assignee) or 0
    members, tags = yield [
        Member.objects.filter(team_id=team.id, id=member_id).select_related("user")
        if member_id
        else Member.objects.none(),
        Tag.objects.filter(team_id=team.id, id=narrowing.tag_id) if narrowing.tag_id else Tag.objects.none(),
    ]
    if narrowing.assignee in (ME, NOBODY):
        words.append(f"assigned to {narrowing.assignee}")
    elif narrowing.assignee:
        words.append(f"assigned to {members[0] if members else 'a former member'}")
    if narrowing.tag_id:
        words.append(f"tag {tags[0] if tags else 'that was deleted'}")
    if narrowing.broadcast_id:
        words.append("replies to one broadcast")
    if narrowing.unread:
        words.append("unread")
    if narrowing.standing:
        words.append(str(AskedStanding(narrowing.standing).label).lower())
    return words


def kept_query(data: Mapping[str, Any]) -> str:
    """The query of the list that an address names, as ChosenList has it; whether its view exists is not checked."""
    if view_id := read_id(data.get("view")):
        return urlencode({"view": view_id})
    folder = Folder.named(data.get("folder", ""))
    return _query(folder, read_id(data.get("inbox")), read_kind(data.get("kind")), Narrowing.read(data))


def _query(folder: Folder, inbox_id: int | None, kind: str, narrowing: Narrowing) -> str:
    is_to_review = folder == Folder.REVIEW
    parameters = {
        "folder": folder.value if folder != Folder.OPEN else "",
        "inbox": inbox_id or "",
        "kind": kind if is_to_review else "",
        **({} if is_to_review else narrowing.parameters),
    }
    return urlencode({name: value for name, value in parameters.items() if value})


@dataclass(frozen=True)
class ListChoice:
    """A folder or a view with its address, and the number of conversations that want to be looked at."""

    name: str
    label: str
    url: str
    count: int
    is_chosen: bool
    late: int = 0  # those whose person has waited past the goal
    of_team: bool = False

    @property
    def is_review(self) -> bool:
        return self.name == Folder.REVIEW

    @property
    def shown_count(self) -> str:
        return _shown_count(self.count)

    @property
    def shown_late(self) -> str:
        return _shown_count(self.late)


def _shown_count(count: int) -> str:
    return f"{MAX_COUNT - 1}+" if count >= MAX_COUNT else str(count)


def list_choices_loader(request: TeamRequest, chosen: ChosenList) -> Loader[dict[str, Any]]:
    """The folders that are tabs, those in the menu beside them, the views, and the label of what is chosen there.

    Also the counts of texts to review.
    """
    visible = chosen.visible_ids(request.member)
    inbox_ids = [chosen.inbox.id] if chosen.inbox else visible
    rows = counted_folders(request.member, inbox_ids)
    for view in chosen.views[:COUNTED_VIEWS]:
        rows[f"view-{view.id}"] = _rows_of(view, request.member, chosen.inboxes, visible)
    for own in chosen.inboxes[:COUNTED_INBOXES] if len(chosen.inboxes) > 1 else ():
        rows[f"inbox-{own.id}"] = FolderRows(request.member, Folder.UNREAD, [own.id])
    counts, late, reviews = yield from side_by_side(
        counts_loader(request.member, rows),
        late_loader(request.team, [chosen.inbox] if chosen.inbox else chosen.inboxes, MAX_COUNT),
        review_counts_loader(request.member, chosen.inbox),
    )
    counts[Folder.REVIEW.value] = reviews.total
    base = reverse("inbox", args=[request.team.slug])
    inbox = f"&inbox={chosen.inbox.id}" if chosen.inbox and not chosen.view else ""
    folders = [
        ListChoice(
            name=folder.value,
            label=str(folder.label),
            url=f"{base}?folder={folder.value}{inbox}",
            count=counts.get(folder.value, 0),
            is_chosen=folder == chosen.folder and not chosen.view,
            late=late if folder == Folder.WAITING else 0,
        )
        for folder in Folder
    ]
    views = list(_view_choices(base, chosen, counts))
    in_menu = [choice.label for choice in [*folders[TABS:], *views] if choice.is_chosen]
    return {
        "folder_tabs": folders[:TABS],
        "folder_menu": folders[TABS:],
        "view_menu": views,
        "inbox_menu": list(_inbox_choices(base, chosen, counts)),
        "chosen_in_menu": in_menu[0] if in_menu else "",
        "review_counts": reviews,
    }


def _inbox_choices(base: str, chosen: ChosenList, counts: Mapping[str, int]) -> Iterable[ListChoice]:
    """All inboxes, and each with its unread conversations; nothing if there is only one."""
    if len(chosen.inboxes) < 2:
        return
    folder = f"{base}?folder={chosen.folder.value}"
    yield ListChoice("all", "All inboxes", folder, 0, is_chosen=not chosen.inbox)
    for inbox in chosen.inboxes:
        name = f"inbox-{inbox.id}"
        yield ListChoice(
            name=name,
            label=inbox.name,
            url=f"{folder}&inbox={inbox.id}",
            count=counts.get(name, 0),
            is_chosen=inbox == chosen.inbox,
        )


def _view_choices(base: str, chosen: ChosenList, counts: Mapping[str, int]) -> Iterable[ListChoice]:
    for view in chosen.views:
        yield ListChoice(
            name=f"view-{view.id}",
            label=view.name,
            url=f"{base}?view={view.id}",
            count=counts.get(f"view-{view.id}", 0),
            is_chosen=view == chosen.view,
            of_team=view.member_id is None,
        )


def _rows_of(view: SavedView, member: Member, inboxes: list[Inbox], visible: list[int] | None) -> FolderRows:
    """The conversations of a view; none if the member does not see its inbox."""
    chosen = [inbox.id for inbox in inboxes if inbox.id == view.inbox_id]
    inbox_ids = chosen if view.inbox_id else visible
    return FolderRows(member, Folder.named(view.folder), inbox_ids, narrowing_of(view))
