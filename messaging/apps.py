"""Conversations: texts in, texts out, and the inbox that people read them in."""

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "messaging"

    def ready(self) -> None:
        from contacts.contact import deletion
        from messaging import erasure

        deletion.TEXT_ERASERS.append(erasure.erase_messages)
