"""What we answer to STOP, START and HELP: sensible words without marketing, which an inbox may replace."""

import enum

from accounts.models import Inbox


class AutoReply(enum.StrEnum):
    STOP = "stop"
    START = "start"
    HELP = "help"


# CTIA Messaging Principles 5.1: name the business, say that no more texts come and how to come back, reach a person.
DEFAULTS = {
    AutoReply.STOP: "{team}: You are opted out and will get no more texts from us. Reply START to get them again.",
    AutoReply.START: "{team}: You will get texts from us again. Reply HELP for help or STOP to opt out.",
    AutoReply.HELP: "{team}: A person reads this number; just write to us here. Reply STOP to opt out.",
}


def reply_text(inbox: Inbox, answer: AutoReply) -> str:
    """The text of an answer: the inbox's own where it has one."""
    return getattr(inbox, f"{answer}_reply") or default_reply_text(inbox, answer)


def default_reply_text(inbox: Inbox, answer: AutoReply) -> str:
    return DEFAULTS[answer].format(team=inbox.team.name)
