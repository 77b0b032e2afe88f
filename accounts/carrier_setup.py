"""What an admin sets up for an inbox at each carrier: its credentials, its address, and who replies to keywords."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from accounts.models import Carrier, KeywordResponder

_UUID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


@dataclass(frozen=True)
class CredentialField:
    """A credential: its label, where an admin finds it, and the form of the whole value as a pattern.

    Secret ones are never shown again. One with choices is chosen; the first is the default.
    """

    name: str
    label: str
    where: str = ""
    pattern: str = r"[!-~]{16,200}"
    secret: bool = True
    choices: tuple[tuple[str, str], ...] = ()
    mistake: str = "This does not look right. Copy it from the carrier's console again."

    def accepts(self, value: str) -> bool:
        return bool(re.fullmatch(self.pattern, value))

    @property
    def noun(self) -> str:
        """The label within a sentence: "auth token", but "API key"."""
        return self.label if self.label[1:] != self.label[1:].lower() else self.label.lower()


@dataclass(frozen=True)
class CarrierSetup:
    """The credentials sign our calls to the carrier and its webhooks: an account, a token, and for some more.

    `replies` says what the carrier does with keywords, `silence` how to turn its replies off.
    """

    account: CredentialField  # Inbox.account_id; a part of the address of webhooks, except at Twilio
    token: CredentialField  # Inbox.auth_tokens
    more: tuple[CredentialField, ...] = ()  # Inbox.credentials
    who_replies: str = ""
    responder: str = KeywordResponder.CARRIER  # who replies unless the account was set up otherwise
    replies: str = ""
    silence: str = ""
    sets_address: str = ""  # what one press of Connect sets; empty where the address is copied by hand
    lists_texts: bool = True  # whether texts whose webhook did not arrive are fetched

    @property
    def fields(self) -> tuple[CredentialField, ...]:
        return (self.account, self.token, *self.more)


def _account(label: str, where: str, pattern: str, mistake: str = CredentialField.mistake) -> CredentialField:
    return CredentialField("account_id", label, where, pattern, secret=False, mistake=mistake)


_TWILIO = CarrierSetup(
    account=_account(
        "Account SID", "", r"AC[0-9A-Za-z]{32}", "A Twilio Account SID starts with AC and has 34 characters."
    ),
    token=CredentialField(
        "auth_token",
        "Auth token",
        mistake="This is not an auth token. Copy it from the carrier's console again.",
    ),
    who_replies="Twilio sends its own replies unless you turned them off at Twilio.",
    replies=(
        "Twilio replies to its own keywords (STOP, STOPALL, UNSUBSCRIBE, CANCEL, END, QUIT, REVOKE, OPTOUT; START, "
        "YES, UNSTOP; HELP, INFO), and Heymarket replies to requests that Twilio ignores, such as “OPT OUT” or “Stop, "
        "thank you”. Advanced Opt-Out in a Messaging Service is fine: its custom keywords count too."
    ),
    silence=(
        "Twilio replies too by default, so turn that off or people get two replies: in a Messaging Service under "
        "Opt-Out Management, otherwise through Twilio support. Twilio then no longer refuses texts to people who opted "
        "out, but Heymarket does."
    ),
    sets_address=(
        "Heymarket tests the saved credentials and has Twilio post the texts of this number here: at the number, or "
        "at the Messaging Service that it is in. It asks before it replaces another address."
    ),
)

_TELNYX = CarrierSetup(
    account=_account(
        "Messaging profile ID",
        "In the Telnyx portal under Messaging, of the profile that the number is in.",
        _UUID,
    ),
    token=CredentialField(
        "auth_token", "API key", "Under API Keys. It starts with KEY.", r"KEY[0-9A-Za-z_-]{20,150}"
    ),
    more=(
        CredentialField(
            "public_key",
            "Public key",
            "Under API Keys, Public Key. Telnyx signs webhooks with its counterpart.",
            r"[A-Za-z0-9+/]{43}=",
            secret=False,
        ),
    ),
    who_replies="Telnyx sends its own replies unless they were turned off for the messaging profile.",
    replies=(
        "Telnyx replies to its own keywords (STOP, STOPALL, STOP ALL, UNSUBSCRIBE, CANCEL, END, QUIT; START, UNSTOP; "
        "HELP, INFO) and then blocks texts from every number of the messaging profile. Heymarket replies to requests "
        "that Telnyx ignores, such as “OPT OUT”. YES is no keyword at Telnyx: it goes on refusing texts until START."
    ),
    silence=(
        "Telnyx replies too by default. Ask its support to turn the automatic replies of the messaging profile off, or "
        "people get two."
    ),
    sets_address=(
        "Heymarket tests the saved credentials and has Telnyx post the texts of the messaging profile here, those to "
        "all its numbers. It asks before it replaces another address."
    ),
    lists_texts=False,
)

_BANDWIDTH = CarrierSetup(
    account=_account(
        "Application ID",
        "In the Bandwidth dashboard under Applications, of the messaging application that the number's location uses.",
        _UUID,
    ),
    token=CredentialField("auth_token", "API password", "Of the API user below.", r"[!-~]{8,200}"),
    more=(
        CredentialField(
            "bandwidth_account",
            "Account ID",
            "Beside your name in the dashboard.",
            r"[0-9]{4,12}",
            secret=False,
        ),
        CredentialField(
            "api_user", "API user", "A user with the role Messaging API.", r"[!-9;-~]{1,100}", secret=False
        ),
        CredentialField(
            "webhook_user",
            "Callback user name",
            "Make up a name, and enter it with the password below as callback credentials of the application.",
            r"[!-9;-~]{1,100}",
            secret=False,
        ),
        CredentialField(
            "webhook_password",
            "Callback password",
            "Make up a long one, of at least 16 characters. Bandwidth sends it with each webhook.",
        ),
    ),
    who_replies="Bandwidth replies to nothing; the network replies to STOP and UNSTOP at toll-free numbers.",
    responder=KeywordResponder.WE,
    replies=(
        "Bandwidth itself replies to no keyword. At toll-free numbers the network replies to STOP and UNSTOP; choose "
        "that Heymarket replies for other numbers. Heymarket replies to all requests here."
    ),
    silence="Bandwidth does not. At toll-free numbers the network replies to STOP and UNSTOP as well.",
    lists_texts=False,
)

_PLIVO = CarrierSetup(
    account=_account(
        "Auth ID",
        "On the overview page of the Plivo console, of the account or subaccount that has the number.",
        r"(MA|SA)[0-9A-Z]{18}",
        "A Plivo Auth ID starts with MA or SA and has 20 characters.",
    ),
    token=CredentialField("auth_token", "Auth token", "Beside the Auth ID."),
    who_replies="Plivo replies to HELP and INFO. After a STOP it refuses texts and lets Heymarket confirm.",
    replies=(
        "Plivo replies to HELP and INFO, and Heymarket to all other requests. After STOP, STOP ALL, END, QUIT, CANCEL "
        "or UNSUB, Plivo refuses texts to the person: it lets one confirmation pass within five minutes, and refuses "
        "the others until START or UNSTOP."
    ),
    silence=(
        "Plivo replies to HELP and INFO too, so people get two replies to these. After a STOP it lets one confirmation "
        "pass within five minutes, and refuses other texts until START or UNSTOP."
    ),
    sets_address=(
        "Heymarket tests the saved credentials and has Plivo post the texts here, by the application that the number "
        "is assigned to. All numbers of that application then post here. It asks before it replaces another address."
    ),
    lists_texts=False,
)

_SINCH_REGIONS = (
    ("us", "United States"),
    ("eu", "European Union"),
    ("au", "Australia"),
    ("br", "Brazil"),
    ("ca", "Canada"),
)
_SINCH = CarrierSetup(
    account=_account(
        "Service plan ID", "In the Sinch dashboard under SMS, Service APIs.", r"[0-9A-Za-z_-]{16,64}"
    ),
    token=CredentialField("auth_token", "API token", "Of that service plan."),
    more=(
        CredentialField(
            "webhook_secret",
            "Callback secret",
            "The secret with which Sinch signs callbacks (HMAC). Have your Sinch account manager set it up for the "
            "service plan; without it no text is received.",
            r"[!-~]{8,200}",
        ),
        CredentialField(
            "region", "Region", "Of the service plan.", r"[a-z]{2}", secret=False, choices=_SINCH_REGIONS
        ),
    ),
    who_replies="Sinch sends no reply of its own unless it was set up to; the network does at toll-free numbers.",
    responder=KeywordResponder.WE,
    replies="Sinch sends no reply to a keyword unless it was set up to, so Heymarket replies to all requests.",
    silence="Sinch does not, unless it was set up to. At toll-free numbers the network replies to STOP and UNSTOP.",
)

_VONAGE = CarrierSetup(
    account=_account(
        "API key",
        "In the Vonage dashboard under API settings.",
        r"[0-9A-Za-z]{8}",
        "A Vonage API key has 8 characters.",
    ),
    token=CredentialField("auth_token", "API secret", "Beside the API key.", r"[!-~]{8,200}"),
    more=(
        CredentialField(
            "signature_secret",
            "Signature secret",
            "Under API settings, with the method SHA-256 HMAC or SHA-512 HMAC. Have Vonage support turn on signed "
            "webhooks; without them no text is received.",
            r"[!-~]{8,200}",
        ),
    ),
    who_replies="Vonage sends no reply of its own unless Opt-Out Assist was set up.",
    responder=KeywordResponder.WE,
    replies="Vonage sends no reply unless Opt-Out Assist was set up, so Heymarket replies to all requests.",
    silence="Vonage does not, unless Opt-Out Assist was set up: turn its replies off then, or people get two.",
    lists_texts=False,
)

SETUPS: Mapping[str, CarrierSetup] = {
    Carrier.TWILIO: _TWILIO,
    Carrier.TELNYX: _TELNYX,
    Carrier.BANDWIDTH: _BANDWIDTH,
    Carrier.VONAGE: _VONAGE,
    Carrier.PLIVO: _PLIVO,
    Carrier.SINCH: _SINCH,
    Carrier.SIMULATOR: CarrierSetup(
        account=_account("Account SID", "", r".*"),
        token=_TWILIO.token,
        who_replies="The simulator replies like Twilio.",
    ),
}
