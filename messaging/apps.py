"""Conversations: texts in, texts out, and the inbox that people read them in."""

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "messaging"

    def ready(self) -> None:
        from contacts import deletion
        from messaging import erasing

        deletion.ERASERS.append(erasing.erase)
