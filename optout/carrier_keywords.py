"""Keywords of carriers: after which words each refuses texts, which end that, and to which it replies. Pure.

They are the defaults of an account. A text is one of them as a whole, in any case, with spaces around it.
docs/carriers.md has the table. A carrier that is added gets a row here.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from accounts.models import Carrier, Inbox, KeywordResponder
from accounts.number_types import NumberType

# Opt-in words of carriers that document none: those of the networks.
_NETWORK_OPT_INS = frozenset({"START", "UNSTOP"})


def _words(*words: str) -> frozenset[str]:
    return frozenset(words)


@dataclass(frozen=True)
class CarrierKeywords:
    """The words of a carrier. `always_refuses`: it does after an opt-out also where its replies are turned off."""

    opt_out: frozenset[str] = frozenset()
    opt_in: frozenset[str] = _NETWORK_OPT_INS
    replies: frozenset[str] = frozenset()
    always_refuses: bool = False


# help.twilio.com, article 223134027 "Twilio support for opt-out keywords (SMS STOP filtering)"; REVOKE and OPTOUT since
# 14 May 2025 ("Update to FCC's SMS Opt-Out Keywords", which also says that they contain no spaces).
_TWILIO_OPT_OUTS = _words("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT")
_TWILIO_OPT_INS = _words("START", "YES", "UNSTOP")
_TWILIO = CarrierKeywords(
    _TWILIO_OPT_OUTS, _TWILIO_OPT_INS, _TWILIO_OPT_OUTS | _TWILIO_OPT_INS | _words("HELP", "INFO")
)
# developers.telnyx.com/docs/messaging/messages/advanced-opt-in-out, "Default behavior"; that HELP and INFO are answered
# is in no document.
_TELNYX_OPT_OUTS = _words("STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT")
_TELNYX = CarrierKeywords(
    _TELNYX_OPT_OUTS, _NETWORK_OPT_INS, _TELNYX_OPT_OUTS | _NETWORK_OPT_INS | _words("HELP", "INFO")
)
# support.plivo.com, section 32240327630873 "DND", and docs.plivo.com/docs/messaging/concepts/dnd-service: it refuses
# texts without a confirmation of its own, and replies to HELP and INFO.
_PLIVO = CarrierKeywords(
    _words("STOP", "END", "QUIT", "CANCEL", "UNSUB", "STOP ALL"),
    _NETWORK_OPT_INS,
    replies=_words("HELP", "INFO"),
    always_refuses=True,
)
# What follows documents no keywords of its own: Bandwidth (the networks refuse), Sinch and Vonage (unless set up).
KEYWORDS: Mapping[str, CarrierKeywords] = {
    Carrier.TWILIO: _TWILIO,
    Carrier.SIMULATOR: _TWILIO,
    Carrier.TELNYX: _TELNYX,
    Carrier.PLIVO: _PLIVO,
    Carrier.BANDWIDTH: CarrierKeywords(),
    Carrier.SINCH: CarrierKeywords(),
    Carrier.VONAGE: CarrierKeywords(),
}
# The network of toll-free numbers acts on these whatever is set at the carrier, and YES lifts nothing there:
# help.twilio.com, article 360058144374 "Opt-out keyword handling for Toll-Free SMS".
NETWORK = CarrierKeywords(
    _words("STOP"), _NETWORK_OPT_INS, _words("STOP") | _NETWORK_OPT_INS, always_refuses=True
)


def replies_to(carrier: str, body: str) -> bool:
    """Whether the carrier, as an account is by default, replies to this text."""
    return _keyword(body) in KEYWORDS[carrier].replies


def network_replies(inbox: Inbox, body: str) -> bool:
    """Whether the network of toll-free numbers replies to this text, whatever the inbox says."""
    return _is_toll_free(inbox) and _keyword(body) in NETWORK.replies


def is_opt_out_at_carrier(inbox: Inbox, words: str) -> bool:
    """Whether the inbox's carrier, or the network, refuses texts to who texts this."""
    return any(_keyword(words) in lists.opt_out for lists in _lists(inbox))


def is_opt_in_at_carrier(inbox: Inbox, words: str) -> bool:
    """Whether the inbox's carrier, and the network, take texts again to who texts this."""
    return all(_keyword(words) in lists.opt_in for lists in _lists(inbox))


def refuses_after_opt_out(inbox: Inbox) -> bool:
    """Whether the carrier acts on opt-outs: it does where it replies to keywords, and some do in any case."""
    return inbox.keyword_responder == KeywordResponder.CARRIER or any(
        lists.always_refuses for lists in _lists(inbox)
    )


def _lists(inbox: Inbox) -> list[CarrierKeywords]:
    return [KEYWORDS[inbox.carrier], *([NETWORK] if _is_toll_free(inbox) else [])]


def _is_toll_free(inbox: Inbox) -> bool:
    return inbox.number_type == NumberType.TOLL_FREE


def _keyword(body: str) -> str:
    word = body.strip()
    return word.upper() if word.isascii() else ""
