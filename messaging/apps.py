"""Application "messaging": conversations, inbound and outbound texts, and the inbox pages."""

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "messaging"

    def ready(self) -> None:
        from contacts.contact import deletion
        from messaging.erasure import erase_messages

        deletion.TEXT_ERASERS.append(erase_messages)
