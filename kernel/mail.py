"""Email: composing a message with a text and an HTML part, and sending it to a mail server that may be unavailable."""

import logging
import re
from collections.abc import Callable, Iterable, Mapping
from smtplib import SMTPException
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

PRODUCT = "Heymarket"

log = logging.getLogger(__name__)


def compose_email(
    subject: str, template: str, context: Mapping[str, Any], to: Iterable[str], sender: str = PRODUCT
) -> EmailMultiAlternatives:
    """An email of a template that extends `layout`: email/base.txt for one part, email/base.html for the other.

    The template has the blocks `heading`, `content` (paragraphs), `button` (the words of the link, if the context has
    a `link`) and `reason` (why the person gets the email). `sender` is the business, or the product.
    """
    subject = " ".join(subject.split())  # names in it may contain line breaks, which a header must not
    text, html = (
        render_to_string(
            template, {**context, "sender": sender, "subject": subject, "layout": f"email/base.{kind}"}
        )
        for kind in ("txt", "html")
    )
    email = EmailMultiAlternatives(subject, re.sub(r"\n{3,}", "\n\n", text).strip() + "\n", to=list(to))
    email.attach_alternative(html, "text/html")
    return email


def send_email(send: Callable[[], object], description: str) -> bool:
    """Call `send`; log a failure and return False when the mail server does not accept the email.

    `description` names the email in the log ("invitation to ann@example.com"). Call this outside of transactions:
    a mail server may take seconds.
    """
    try:
        send()
    except (OSError, SMTPException):
        log.exception("email failed: %s", description)
        return False
    return True
