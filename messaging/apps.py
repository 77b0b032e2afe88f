"""Application "messaging": conversations, inbound and outbound texts, and the inbox pages."""

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "messaging"

    def ready(self) -> None:
        from accounts import new_teams
        from contacts.contact import deletion
        from messaging.erasure import erase_messages
        from messaging.first_steps.sample import add_sample
        from messaging.old_webhook_format import RENDERERS
        from webhooks.formats import OLD_DATA

        deletion.TEXT_ERASERS.append(erase_messages)
        new_teams.BEGINNINGS.append(add_sample)
        OLD_DATA.update(RENDERERS)
