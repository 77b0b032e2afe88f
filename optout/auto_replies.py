"""Automatic replies to keywords, and the prompt of a double opt-in: default texts, which an inbox may replace."""

import enum

from accounts.models import Inbox
from optout.reply_wordings import ReplyWording


class AutoReply(enum.StrEnum):
    STOP = "stop"
    START = "start"
    HELP = "help"
    PROMPT = "prompt"  # of a double opt-in; it replies to no keyword


# CTIA Messaging Principles 5.1: name the business, say that no more texts come and how to opt in, reach a person.
# The keywords stay English in all languages: START is the word that carriers know.
_DEFAULTS = {
    "en": {
        AutoReply.STOP: "{team}: You are opted out and will get no more texts from us. Reply START to get them again.",
        AutoReply.START: "{team}: You will get texts from us again. Reply HELP for help or STOP to opt out.",
        AutoReply.HELP: "{team}: A person answers this number. Just text us here. Reply STOP to opt out.",
    },
    "es": {
        AutoReply.STOP: "{team}: Ha cancelado: no le enviaremos más mensajes. Responda START para recibirlos de nuevo.",
        AutoReply.START: "{team}: Volverá a recibir nuestros mensajes. Responda HELP para ayuda o STOP para cancelar.",
        AutoReply.HELP: "{team}: Una persona atiende este número. Escríbanos aquí. Responda STOP para cancelar.",
    },
    "fr": {
        AutoReply.STOP: "{team} : Vous ne recevrez plus nos messages. Répondez START pour les recevoir de nouveau.",
        AutoReply.START: "{team} : Vous recevrez de nouveau nos messages. AIDE pour l'aide, STOP pour arrêter.",
        AutoReply.HELP: "{team} : Une personne répond à ce numéro. Écrivez-nous ici. Répondez STOP pour arrêter.",
    },
    "pt": {
        AutoReply.STOP: "{team}: Você não receberá mais mensagens nossas. Responda START para receber de novo.",
        AutoReply.START: "{team}: Você voltará a receber nossas mensagens. Responda HELP para ajuda ou STOP para sair.",
        AutoReply.HELP: "{team}: Uma pessoa atende este número. Escreva aqui. Responda STOP para sair.",
    },
    "de": {
        AutoReply.STOP: "{team}: Sie sind abgemeldet und erhalten keine SMS mehr von uns. START meldet Sie wieder an.",
        AutoReply.START: "{team}: Sie erhalten wieder SMS von uns. Antworten Sie HELP für Hilfe, STOP zum Abmelden.",
        AutoReply.HELP: "{team}: Hier antwortet ein Mensch. Schreiben Sie uns einfach. STOP meldet Sie ab.",
    },
    "nl": {
        AutoReply.STOP: "{team}: U bent afgemeld en krijgt geen berichten meer. START meldt u weer aan.",
        AutoReply.START: "{team}: U krijgt weer berichten van ons. Antwoord HELP voor hulp of STOP om u af te melden.",
        AutoReply.HELP: "{team}: Een medewerker beantwoordt dit nummer. Stuur ons hier een bericht. STOP meldt u af.",
    },
    "it": {
        AutoReply.STOP: "{team}: Non riceverai più nostri messaggi. Rispondi START per riceverli di nuovo.",
        AutoReply.START: "{team}: Riceverai di nuovo i nostri messaggi. Rispondi HELP per aiuto o STOP per annullare.",
        AutoReply.HELP: "{team}: A questo numero risponde una persona. Scrivici qui. Rispondi STOP per annullare.",
    },
}


# The confirmation of an opt-out from one inbox alone.
_STOP_OF_ONE_INBOX = {
    "en": "{team}: You will get no more texts from {inbox}. START: get them again. STOP ALL: get none of our texts.",
    "es": "{team}: No recibirá más mensajes de {inbox}. START: recibirlos de nuevo. STOP ALL: no recibir ninguno.",
    "fr": "{team} : Vous ne recevrez plus de messages de {inbox}. START pour les recevoir. STOP ALL pour tout arrêter.",
    "pt": "{team}: Você não receberá mais mensagens de {inbox}. START: receber de novo. STOP ALL: parar todas.",
    "de": "{team}: Sie erhalten keine SMS mehr von {inbox}. START meldet Sie wieder an, STOP ALL überall ab.",
    "nl": "{team}: U krijgt geen berichten meer van {inbox}. START meldt u weer aan, STOP ALL overal af.",
    "it": "{team}: Non riceverai più messaggi da {inbox}. START: riceverli di nuovo. STOP ALL: fermare tutti.",
}


# By language: what a yes agrees to, the same for marketing, and how to get help and out. STOP and HELP are required by
# CTIA Messaging Principles 5.1.1; that no purchase depends on it, by 47 CFR 64.1200(f)(9)(i)(B).
_PROMPTS = {
    "en": (
        "Reply YES to agree to get texts from us.",
        "Reply YES to agree to get marketing texts from us. No purchase needed.",
        "Reply HELP for help, STOP to opt out.",
    ),
    "es": (
        "Responda YES para aceptar nuestros mensajes.",
        "Responda YES para aceptar nuestra publicidad por SMS, sin obligación de compra.",
        "HELP para ayuda, STOP para cancelar.",
    ),
    "fr": (
        "Répondez YES pour accepter nos messages.",
        "Répondez YES pour accepter nos messages publicitaires, sans obligation d'achat.",
        "AIDE pour l'aide, STOP pour arrêter.",
    ),
    "pt": (
        "Responda YES para aceitar nossas mensagens.",
        "Responda YES para aceitar nossas mensagens de publicidade, sem obrigação de compra.",
        "HELP para ajuda, STOP para sair.",
    ),
    "de": (
        "Antworten Sie YES, um SMS von uns zuzustimmen.",
        "Antworten Sie YES, um Werbung von uns per SMS zuzustimmen; ein Kauf ist nicht nötig.",
        "HELP für Hilfe, STOP zum Abmelden.",
    ),
    "nl": (
        "Antwoord YES om berichten van ons te krijgen.",
        "Antwoord YES om reclame van ons te krijgen; een aankoop is niet nodig.",
        "HELP voor hulp, STOP om u af te melden.",
    ),
    "it": (
        "Rispondi YES per ricevere i nostri messaggi.",
        "Rispondi YES per ricevere la nostra pubblicità, senza obbligo di acquisto.",
        "HELP per aiuto, STOP per annullare.",
    ),
}


def reply_text(inbox: Inbox, reply: AutoReply, language: str = "", *, only_here: bool = False) -> str:
    """The inbox's own text of a reply, or the default, in the language that the person used. Unknown is English.

    The confirmation of an opt-out from this inbox alone (`only_here`) names the inbox.
    """
    only_here = only_here and reply is AutoReply.STOP
    if language in ("", "en") or language not in _DEFAULTS:
        language, own = "en", getattr(inbox, f"{reply}_reply")
    else:
        own = own_wordings(inbox, language).get(reply)
    if own:
        return f"{own} ({inbox.name})" if only_here and inbox.name not in own else own
    return default_reply_text(inbox, reply, language, only_here=only_here)


def default_reply_text(
    inbox: Inbox, reply: AutoReply, language: str = "en", *, only_here: bool = False
) -> str:
    if only_here:
        return _STOP_OF_ONE_INBOX[language].format(team=inbox.team.name, inbox=inbox.name)
    if reply is AutoReply.PROMPT:
        plain, marketing, ending = _PROMPTS[language]
        return f"{inbox.team.name}: {marketing if inbox.double_opt_in_marketing else plain} {ending}"
    return _DEFAULTS[language][reply].format(team=inbox.team.name)


def own_wordings(inbox: Inbox, language: str) -> dict[str, str]:
    """The inbox's own texts in a language other than English, by reply."""
    rows = ReplyWording.objects.filter(team_id=inbox.team_id, inbox_id=inbox.id, language=language)
    return dict(rows.values_list("reply", "text"))
