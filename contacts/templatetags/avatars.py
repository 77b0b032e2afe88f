"""Template filters for the initials of a person, and their colour."""

from django import template

register = template.Library()

TINTS = 6  # colours of initials


@register.filter
def initials(name: str) -> str:
    """The first letters of the first and the last word: ML. Empty if there are none."""
    words = [word for word in str(name).split() if word[0].isalpha()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


@register.filter
def tint(number: str) -> int:
    """The colour of a number's initials, always the same."""
    return sum(str(number).encode()) % TINTS
