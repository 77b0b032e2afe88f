"""Names of domains, as DNS and addresses have them. Pure."""

import re

_LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
_DOMAIN = re.compile(rf"({_LABEL}\.)+(?!\d+$){_LABEL}")


def domain_name(entered: str) -> str:
    """The domain that somebody entered, in lower case and ASCII. Raises ValueError with a sentence."""
    text = entered.strip().lower().rpartition("@")[2].removeprefix("https://").removeprefix("http://")
    try:
        name = text.strip("/").rstrip(".").encode("idna").decode()
    except UnicodeError:
        name = ""
    if len(name) > 253 or not _DOMAIN.fullmatch(name):
        raise ValueError("Enter a domain such as example.com: what stands after the @ in your addresses.")
    return name


def domain_of(email: str) -> str:
    """The domain of an address, as `domain_name` writes it; empty if it is none."""
    try:
        return domain_name(email.rpartition("@")[2])
    except ValueError:
        return ""
