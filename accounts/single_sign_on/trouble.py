"""Trouble of single sign-on, in sentences for the person who meets it."""


class SingleSignOnTrouble(Exception):
    """A sign-in or a connection did not work. The message says why, and what to do."""
