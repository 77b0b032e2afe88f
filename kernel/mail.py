"""E-mail: composing a message, and sending it to a mail server that may be unavailable."""

import logging
from collections.abc import Callable, Iterable
from smtplib import SMTPException

from django.core.mail import EmailMessage

log = logging.getLogger(__name__)


def compose_email(subject: str, body: str, to: Iterable[str]) -> EmailMessage:
    """A plain text e-mail. Names in the subject may contain line breaks, which a header must not."""
    return EmailMessage(" ".join(subject.split()), body, to=list(to))


def send_email(send: Callable[[], object], description: str) -> bool:
    """Call `send`; log a failure and return False when the mail server does not accept the e-mail.

    `description` names the e-mail in the log ("invitation to ann@example.com"). Call this outside of transactions:
    a mail server may take seconds.
    """
    try:
        send()
    except (OSError, SMTPException):
        log.exception("e-mail failed: %s", description)
        return False
    return True
