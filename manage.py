#!/usr/bin/env python
"""Django's command line; commands that change tables connect as their owner."""

import os
import sys

OWNER_COMMANDS = {"migrate", "distribute", "sqlmigrate", "showmigrations", "dbshell"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heymarket.settings")
    if len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS:
        os.environ.setdefault("HEYMARKET_DATABASE_ROLE", "owner")
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from environs import EnvError

    try:
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, EnvError) as error:
        if settings.configured:
            raise
        sys.exit(f"{error}")  # a setting that is missing or wrong: its sentence is enough


if __name__ == "__main__":
    main()
