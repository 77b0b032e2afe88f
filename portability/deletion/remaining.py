"""What remains of a deleted team, because the law asks for proof of consent, and what is deleted in which order."""

from functools import cache
from graphlib import TopologicalSorter
from typing import Any

from django.apps import apps

from accounts.audit.models import AuditEntry
from accounts.models import Inbox
from kernel.tenancy import TenantModel
from optout.carrier_opt_outs.models import CarrierOptOut
from optout.consent_records.models import ConsentRecord
from optout.linked_teams.models import TeamLink
from optout.models import ConsentEvent, FeedEntry, Suppression
from optout.roots.models import LedgerBlock, LedgerRoot
from portability.contents import references

REMAINING: dict[type[TenantModel], str] = {
    ConsentEvent: "the ledger",
    FeedEntry: "the order of the ledger",
    LedgerBlock: "what proves the ledger",
    LedgerRoot: "what proves the ledger",
    Suppression: "who must not be texted",
    CarrierOptOut: "who must not be texted, as carriers said",
    ConsentRecord: "who consented",
    AuditEntry: "the audit log",
    Inbox: "the names and numbers that the ledger refers to, without credentials",
}

# Its rows end with the links, when the deletion begins: only a function of the database may delete them.
UNLINKED = TeamLink


@cache
def deleted_models() -> tuple[Any, ...]:
    """The tables that are emptied, each before those that its rows refer to."""
    tenant = {model for model in apps.get_models() if issubclass(model, TenantModel)}
    order = TopologicalSorter({model: references(model) for model in tenant}).static_order()
    return tuple(model for model in reversed([*order]) if model not in {*REMAINING, UNLINKED})
