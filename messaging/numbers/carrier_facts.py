"""Reading of what an inbox's carrier says about its number, kept on the inbox and in its registration."""

from django.utils import timezone

from accounts.models import Inbox
from accounts.number_types import NumberTypeSource
from kernel.phone_numbers import is_number
from kernel.tenancy import scope
from messaging.carriers.base import Rejected
from messaging.carriers.number_facts import NumberFacts, TellsNumberFacts
from messaging.carriers.registry import adapter_for
from messaging.numbers.models import Registration


def carrier_tells(inbox: Inbox) -> bool:
    """Whether the inbox's carrier can be asked about its number. It knows nothing about a sender's name."""
    return isinstance(adapter_for(inbox), TellsNumberFacts) and is_number(inbox.number)


def read_from_carrier(inbox: Inbox) -> NumberFacts:
    """Ask the carrier, and keep what it says. Raises SendError. Outside any transaction."""
    adapter = adapter_for(inbox)
    if not isinstance(adapter, TellsNumberFacts) or not is_number(inbox.number):
        raise Rejected("It does not tell what it knows about this number.")
    facts = adapter.number_facts(inbox)
    with scope(inbox.team_id):
        _keep(inbox, facts)
    return facts


def _keep(inbox: Inbox, facts: NumberFacts) -> None:
    inbox.state_number_type(facts.number_type, NumberTypeSource.CARRIER)
    if facts.service not in inbox.further_addresses:
        inbox.unlisted_address = facts.service
    inbox.save(update_fields=["stated_number_type", "number_type_source", "unlisted_address"])
    if registration := facts.registration:
        Registration.objects.update_or_create(
            team_id=inbox.team_id,
            inbox=inbox,
            defaults={**vars(registration), "read_at": timezone.now()},
        )
