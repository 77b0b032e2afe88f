"""Reports: figures about the other packages on pages, as files and by email. This package changes no other data."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        from contacts.contact import erasure
        from reports.schedules.erasure import erase_from_schedules

        erasure.PERSON_ERASERS.append(erase_from_schedules)
