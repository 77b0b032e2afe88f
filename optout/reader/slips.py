"""Slips of the thumb: keywords with one letter swapped, doubled, missing or hit next to its key."""

_ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
# Rows and columns from a key to those that touch it: each row is half a key to the right of the row above.
_BESIDE = {(0, -1), (0, 1), (-1, 0), (-1, 1), (1, 0), (1, -1)}


def _neighbours() -> dict[str, str]:
    """The keys beside, above and below each key."""
    places = [(key, row, column) for row, keys in enumerate(_ROWS) for column, key in enumerate(keys)]
    return {
        key: "".join(other for other, r, c in places if (r - row, c - column) in _BESIDE)
        for key, row, column in places
    }


# Words of the seven languages that one slip would turn into a keyword, but that people mean as they are.
REAL_WORDS = frozenset(
    # beside STOP
    "shop step spot stoop strop atop top sop sto stops stow stob slop stomp"
    # beside QUIT and END, whose slips are not read at all, and CANCEL
    " quite quiet suit quid quits send ended ending ends and ens ned canal cancer cancels canceled"
    " cancela cancelo cancele cance chancel"
    # beside UNSUBSCRIBE, REVOKE, OPTOUT and the packs
    " unsubscribed unsubscribes subscribe revoked revokes evoke provoke revole opt out"
    " abmeldet anmelden vermelden melden afmeldt aanmelden opmelden arrete arreter arreta arrets arre arret".split()
)
# Words that are long enough for one slip to leave them plain. Each slip of STOP keeps its first or its last letters.
_WORDS = (
    "stop", "cancel", "unsubscribe", "revoke", "optout", "stopall", "abmelden", "abbestellen", "afmelden",
    "uitschrijven", "desabonner", "desinscrire", "desuscribir", "descadastrar", "disiscrivere",
)  # fmt: skip


def _slips_of(word: str, neighbours: dict[str, str]) -> set[str]:
    spellings = set()
    for at, letter in enumerate(word):
        before, after = word[:at], word[at + 1 :]
        spellings.add(before + letter * 2 + after)
        spellings |= {before + near + after for near in neighbours[letter]}
        spellings |= {before + near + letter + after for near in neighbours[letter]}
        spellings |= {before + letter + near + after for near in neighbours[letter]}
        if after:
            spellings.add(before + after[0] + letter + after[1:])
        if (
            len(word) > _SHORT or at == 2
        ):  # without its o, "stop" is "stp"; without another letter it is another word
            spellings.add(before + after)
    return {spelling for spelling in spellings if len(spelling) >= len(word) - 1} - REAL_WORDS - {word}


_SHORT = 4
SLIPS: dict[str, str] = {
    spelling: word for word in reversed(_WORDS) for spelling in _slips_of(word, _neighbours())
} | dict.fromkeys(("unsub", "unsubs", "unscribe"), "unsubscribe")
