"""What to do about the state of a 10DLC registration. Pure."""

from messaging.numbers.models import Registration, RegistrationState

_ADVICE = {
    RegistrationState.NONE: "Register the {0} at the carrier. Until it is approved, US networks refuse the texts.",
    RegistrationState.PENDING: "The {0} is in review, which may take weeks. Until then US networks refuse the texts.",
    RegistrationState.REJECTED: "The {0} was rejected. Correct what the carrier says, and submit it again there.",
    RegistrationState.SUSPENDED: "The {0} is suspended, and its texts are refused. The carrier’s email says what to "
    "correct; do not send the same texts under another campaign.",
}


def advice_on(registration: Registration) -> list[str]:
    """A sentence for brand and campaign each, where something is to be done."""
    states = (("brand", registration.brand_state), ("campaign", registration.campaign_state))
    return [
        _ADVICE[state].format(thing) for thing, raw in states if (state := RegistrationState(raw)) in _ADVICE
    ]
