"""Scope of an opt-out: all inboxes of the team, or the one inbox that received it, as the team chose.

In doubt an opt-out applies to all inboxes. Functions that return an inbox return None for all inboxes.
"""

from collections.abc import Iterable
from itertools import pairwise

from accounts.models import Inbox, Team
from optout.keywords import fold_keyword
from optout.models import Origin, Suppression
from optout.reader.quotes import own_words

# Words by which a person means the whole business, as optout.keywords folds them, in the languages of the packs.
_ALL_WORDS = frozenset(
    "ALL EVERY EVERYTHING EVERYONE EVERYBODY EVERYWHERE ANY ANYTHING ANYONE ANYBODY ANYWHERE EACH BOTH ENTIRE ENTIRELY"
    " COMPLETELY WHOLE WHATSOEVER NONE NOBODY OTHER OTHERS COMPANY BUSINESS LISTS NUMBERS INBOXES DEPARTMENTS"
    " TODO TODA TODOS TODAS CUALQUIER CUALQUIERA NINGUN NINGUNO NINGUNA NADIE EMPRESA LISTAS NUMEROS"
    " TOUT TOUTE TOUS TOUTES AUCUN AUCUNE CHAQUE ENTREPRISE LISTES"
    " TUDO QUALQUER NENHUM NENHUMA NINGUEM"
    " ALLE ALLEN ALLER ALLES JEDE JEDER JEDEN JEGLICHE SAMTLICHE KEINERLEI FIRMA LISTEN NUMMERN"
    " ALLEMAAL ELKE IEDER IEDEREEN BEDRIJF LIJSTEN NUMMERS"
    " TUTTO TUTTA TUTTI TUTTE QUALSIASI OGNI NESSUN NESSUNO NESSUNA AZIENDA LISTE NUMERI".split()
)
_ALL_KEYWORDS = ("STOPALL", "STOPPALLE")


def means_all_inboxes(body: str) -> bool:
    """Whether an opt-out in these words is from all inboxes: STOP ALL, "remove me from all your lists". Pure."""
    words = [fold_keyword(word) for word in own_words(body).text.split()]
    if any(keyword in "".join(words) for keyword in _ALL_KEYWORDS):
        return True
    pairs = pairwise([*words, ""])
    return any(word in _ALL_WORDS and (word, following) != ("ANY", "MORE") for word, following in pairs)


def only_inbox(inbox: Inbox, words: str) -> Inbox | None:
    """The only inbox that an opt-out in these words, to this inbox, applies to."""
    return None if not inbox.team.each_inbox_since or means_all_inboxes(words) else inbox


def considered_inbox_id(inbox: Inbox) -> int | None:
    """The inbox whose ledger entries count for a text to it, besides those about all inboxes. None: all entries do."""
    return inbox.id if inbox.team.each_inbox_since else None


def lifted_by_text(inbox: Inbox, opt_outs: Iterable[Suppression]) -> list[Suppression]:
    """The opt-outs that an opt-in to this inbox lifts: its own, and those from all inboxes.

    Another inbox's opt-out stays, also after the team chose another scope. Where a STOP applies to all inboxes, so does
    a START to what carriers reported about one inbox.
    """
    return [row for row in opt_outs if row.inbox_id in (None, inbox.id) or _is_carriers(row, inbox.team)]


def _is_carriers(row: Suppression, team: Team) -> bool:
    return row.origin == Origin.CARRIER and not team.each_inbox_since
