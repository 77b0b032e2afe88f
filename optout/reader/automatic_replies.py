"""Automatic replies of phones and offices: texts that no person wrote."""

import re

_CLUES = (
    "auto driv office ocup condu dirig volant guid fahr rijd büro buero abwesend afwezig absen ausen assente"
    " vacation urlaub sleep focus silenc disturb"
).split()
_AUTOMATIC = re.compile(
    r"i(?:['’]?m| am) driving (?:right now|and (?:will|ill|i'll|can|have|won)|with|at the moment)"
    r"|i(?:['’]?m| am) not receiving notifications"
    r"|(?:i(?:['’]?m| am) |is )?(?:currently )?out of (?:the )?office|auto(?:matic|mated|-)?[ -]?(?:reply"
    r"|response|responder)"
    r"|do not disturb (?:while driving )?(?:is )?(?:turned )?on|i have notifications silenced|(?:will"
    r"|i'll) see your message (?:when|later)"
    r"|estoy conduciendo|estoy manejando|respuesta autom[aá]tica|fuera de la oficina|mensaje autom[aá]tico"
    r"|(?<!que )je conduis(?= ?(?:[,.;!]|et |actuellement|en ce moment|$))"
    r"|je suis (?:au volant|absente?)|r[ée]ponse automatique|absente? du bureau|message automatique"
    r"|estou (?:a conduzir|dirigindo|ao volante)|resposta autom[aá]tica|fora do escrit[oó]rio"
    r"|ausente do escrit[oó]rio|mensagem autom[aá]tica"
    r"|ich (?:fahre|bin) gerade (?:auto|am steuer)|ich fahre (?:gerade|momentan)|automatische (?:antwort"
    r"|nachricht)|(?:nicht im|au(?:ß|ss)er) (?:b(?:ü|ue)ro|haus)|abwesenheits\w*"
    r"|ik (?:ben aan het rijden|rijd? nu|rijd(?= ?(?:[,.;!]|en |op dit moment|momenteel|$)))"
    r"|automatisch(?:e)? (?:antwoord|bericht)|niet op kantoor|ik ben afwezig"
    r"|sto guidando|risposta automatica|fuori (?:ufficio|sede)|messaggio automatico|sono assente",
    re.IGNORECASE,
)


def is_automatic_reply(body: str) -> bool:
    """Whether a phone or an office program wrote the text."""
    lowered = body.lower()
    return any(clue in lowered for clue in _CLUES) and _AUTOMATIC.search(body) is not None
