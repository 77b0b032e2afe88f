"""Invited keywords: words that a text of ours asks people to reply, and that would act as keywords. Pure functions."""

import re

# STOP, START and HELP are not listed: a text that invites them means what they do.
_KEYWORDS = "CANCEL END QUIT REVOKE YES CANCELAR FIN ANNULER ENDE CANCELLA".split()
_VERBS = (
    "reply respond answer text send type"
    " responda responde conteste contesta envíe envía envie envia mande manda escriba escribe"
    " répondez réponds repondez envoyez envoie tapez écrivez"
    " digite escreva antworten antworte senden sende schreiben schreibe schreib schicken schicke"
    " antwoord stuur sms typ rispondi risponda invia invii scrivi"
).split()
_FILLERS = (
    "with back the word us by just sie mit dem wort con la palabra avec par le mot com a palavra met het woord parola"
).split()
_CONJUNCTIONS = "or and o u y ou et e oder und of en".split()
_PURPOSES = "to if or and for when para si o y pour se ou et oder um wenn und om als en per".split()


def _any(words: list[str]) -> str:
    return "(?:" + "|".join(words) + ")"


# The same expression runs in the browser (static/js/invited_keywords.js): it uses nothing that only Python knows. Each
# repetition is bounded, so it takes linear time. Between verb and keyword may stand another offer: "C to confirm or".
PATTERN = (
    rf"\b{_any(_VERBS)}\s+"
    rf"(?:[^.!?\n]{{1,60}}(?:\b{_any(_CONJUNCTIONS)}\s{{1,3}}|[,/]\s{{0,3}}))?"
    rf"(?:{_any(_FILLERS)}\s{{1,3}}){{0,4}}"
    rf"[\"'“‘«(]{{0,2}}({'|'.join(_KEYWORDS)})\b[\"'”’»)]{{0,2}}"
    rf"(?=\s{{0,3}}(?:$|[.,;:!?/\n]|{_any(_PURPOSES)}\b))"
    r"(?!\s{1,3}to\s{1,3}(?:opt|unsubscribe|stop))"
)
_PATTERN = re.compile(PATTERN, re.IGNORECASE)


def invited_keywords(text: str) -> list[str]:
    """The keywords that a text invites as replies, in capitals and in their order, each once."""
    found: dict[str, None] = {}
    for sentence in re.split(r"[.!?\n]", text):
        for end in _ends(sentence):
            found.setdefault(end)
    return list(found)


def _ends(sentence: str) -> list[str]:
    """The keywords of one sentence: each is searched again, since one match may stand inside another offer."""
    found: list[str] = []
    rest = sentence
    while match := _PATTERN.search(rest):
        word = match[1]
        found.append(word.upper())
        rest = rest[: match.start(1)] + "-" + rest[match.end(1) :]
    return found[::-1]


def invitation_warning(text: str) -> str:
    """A sentence about the keywords that a text invites; empty if there are none."""
    words = invited_keywords(text)
    return f"Replies with {', '.join(words)} act as keywords, whatever you ask for." if words else ""
