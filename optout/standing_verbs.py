"""Verbs of a standing: the changes that its card offers to one member. Pure functions."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Verb:
    """A link to the page that asks for the reason: the name of its URL, and its words."""

    url_name: str
    label: str
    icon: str


OPT_OUT = Verb("opt_out", "Opt out…", "stop")
BLOCK = Verb("block", "Block…", "block")
UNBLOCK = Verb("unblock", "Unblock…", "back-in")
LIFT = Verb("opt_out_lifting", "Lift our opt-out…", "back-in")
FRESH_CONSENT = Verb("opt_in", "Record consent…", "note")  # lifts the opt-outs
RECORD_CONSENT = Verb("consent_records", "Record consent…", "note")  # lifts nothing


def verbs(panel: Any) -> list[Verb]:
    """All that this member may do now. A member is offered nothing that would be refused.

    `panel` is a StandingPanel.
    """
    offered = lifting_verbs(panel)
    if panel.may_opt_out_of_all:
        offered.append(OPT_OUT)
    if panel.may_block and not panel.blocked:
        offered.append(BLOCK)
    if panel.may_opt_out and panel.active and not panel.may_record_consent:
        offered.append(RECORD_CONSENT)
    return offered


def lifting_verbs(panel: Any) -> list[Verb]:
    """The verbs after which the number may be texted again, or after which the opt-outs alone are in force."""
    if panel.blocked:
        return [UNBLOCK] if panel.may_block else []
    lift = [LIFT] if panel.lift == "reason" and panel.may_lift else []
    return lift + ([FRESH_CONSENT] if panel.may_record_consent else [])
