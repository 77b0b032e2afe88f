"""Counts of a member's folders, as the inbox shows them beside their names."""

from accounts.models import Inbox, Member
from kernel.loading import load
from messaging.folder_counts import counts_loader
from messaging.inbox import counted_folders, inbox_ids_of


def count_folders(member: Member, inbox: Inbox | None) -> dict[str, int]:
    return load(counts_loader(member, counted_folders(member, inbox_ids_of(member, inbox))))
