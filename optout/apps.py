"""Django app of consent: who may be texted, and the ledger that proves it."""

from django.apps import AppConfig


class OptoutConfig(AppConfig):
    name = "optout"

    def ready(self) -> None:
        from optout.old_webhook_format import RENDERERS
        from optout.webhook_events import EVENT_TYPES, feed_fields
        from webhooks.completion import COMPLETIONS
        from webhooks.formats import OLD_DATA

        COMPLETIONS.update(dict.fromkeys(EVENT_TYPES.values(), feed_fields))
        OLD_DATA.update(RENDERERS)
