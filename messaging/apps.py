"""Conversations: texts in, texts out, and the inbox that people read them in."""

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "messaging"
