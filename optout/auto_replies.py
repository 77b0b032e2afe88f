"""Automatic replies to STOP, START and HELP: default texts without marketing, which an inbox may replace."""

import enum

from accounts.models import Inbox


class AutoReply(enum.StrEnum):
    STOP = "stop"
    START = "start"
    HELP = "help"


# CTIA Messaging Principles 5.1: name the business, say that no more texts come and how to opt in, reach a person.
_DEFAULTS = {
    AutoReply.STOP: "{team}: You are opted out and will get no more texts from us. Reply START to get them again.",
    AutoReply.START: "{team}: You will get texts from us again. Reply HELP for help or STOP to opt out.",
    AutoReply.HELP: "{team}: A person answers this number. Just text us here. Reply STOP to opt out.",
}


def reply_text(inbox: Inbox, reply: AutoReply) -> str:
    """The inbox's own text of a reply, or the default."""
    return getattr(inbox, f"{reply}_reply") or default_reply_text(inbox, reply)


def default_reply_text(inbox: Inbox, reply: AutoReply) -> str:
    return _DEFAULTS[reply].format(team=inbox.team.name)
