"""Language packs: the keywords of each language, and which languages a country's inboxes read. Data.

Words are written as optout.keywords folds them: capitals without accents, spaces and hyphens.
"""

from functools import cache, lru_cache
from typing import NamedTuple

from optout.keywords import MEANINGS, KeywordTable, fold_keyword
from optout.reader.outcome import Outcome


class Pack(NamedTuple):
    """The keywords of one language.

    `opt_outs` count in every inbox, because they mean nothing else. `everyday` words count in an inbox that reads the
    language, and hold in others. `ambiguous` words hold everywhere. `help_words` count where the language is read.
    """

    opt_outs: str = ""
    everyday: str = ""
    ambiguous: str = ""
    help_words: str = ""


PACKS: dict[str, Pack] = {
    "es": Pack(
        "DESUSCRIBIR DESUSCRIBIRME DESUSCRIBIRSE DESUSCRIBE DESUSCRIBEME DESUSCRIBANME DESUSCRIPCION "
        "DARDEBAJA DARMEDEBAJA"
        " DENMEDEBAJA DEMEDEBAJA DAMEDEBAJA CANCELARSUSCRIPCION CANCELARMENSAJES ALTOMENSAJES NOMASMENSAJES "
        "NOMASTEXTOS",
        "BAJA ALTO PARAR CANCELAR DETENER FIN PARE PAREN",
        "BASTA PARA DETENTE SALIR TERMINAR NOMAS YABASTA QUITAR BORRAR ELIMINAR",
        "AYUDA",
    ),
    "fr": Pack(
        "ARRET ARRETS STOPSMS DESABONNER DESABONNE DESABONNEMENT DESABONNEZMOI DESABONNEMOI DESINSCRIRE "
        "DESINSCRIPTION DESINSCRIVEZMOI MEDESABONNER"
        " MEDESINSCRIRE ARRETSMS ARRETERSMS",
        "ARRETER ARRETEZ ANNULER STOPPER",
        "FIN ARRETE ANNULE RESILIER SUPPRIMER CASUFFIT ASSEZ BASTA",
        "",
    ),
    "pt": Pack(
        "DESCADASTRAR DESCADASTRE DESCADASTRO DESCADASTRARSE DESCADASTREME DESINSCREVER DESINSCREVERME "
        "DESUBSCREVER DESSUBSCREVER CANCELARINSCRICAO CANCELARSUBSCRICAO"
        " CANCELARMENSAGENS",
        "PARAR SAIR PARE PAREM CANCELAR REMOVER",
        "PARA CHEGA FIM BASTA ENCERRAR ANULAR DESISTO",
        "AJUDA",
    ),
    "de": Pack(
        "ABMELDEN ABMELDUNG ABBESTELLEN ABBESTELLUNG AUSTRAGEN DEABONNIEREN ABOBEENDEN KEINESMS "
        "KEINENACHRICHTEN STOPSMS STOPPSMS STOPPALLE STOPP",
        "ENDE BEENDEN KUNDIGEN KUENDIGEN ABBRECHEN SCHLUSS LOSCHEN LOESCHEN ENTFERNEN",
        "HALT AUFHOREN AUFHOEREN GENUG BASTA RAUS STORNO STORNIEREN ABSAGEN",
        "HILFE",
    ),
    "nl": Pack(
        "AFMELDEN AFMELDING UITSCHRIJVEN UITSCHRIJVING AFMELDENAUB UITSCHRIJVENAUB GEENSMS GEENBERICHTEN",
        "STOPPEN STOPZETTEN STOPT OPZEGGEN BEEINDIGEN VERWIJDEREN",
        "EINDE ANNULEREN OPHOUDEN GENOEG BASTA HOUOP HALT KAPPEN",
        "HULP",
    ),
    "it": Pack(
        "DISISCRIVERE DISISCRIVERMI DISISCRIVIMI DISISCRIZIONE DISISCRIVETEMI DISCRIVERMI CANCELLAMI "
        "CANCELLATEMI CANCELLARMI"
        " ANNULLAISCRIZIONE CANCELLAISCRIZIONE NOSMS",
        "FERMA CANCELLA FERMARE CANCELLARE RIMUOVI INTERROMPI INTERROMPERE",
        "BASTA FERMATI FERMATEVI SMETTILA SMETTETELA ESCI ANNULLA ANNULLARE TOGLIMI",
        "AIUTO",
    ),
}  # fmt: skip

_COUNTRY_LANGUAGES = {
    "en": "", "es": "US PR MX ES AR BO CL CO CR CU DO EC GQ GT HN NI PA PE PY SV UY VE", "fr": "CA FR BE CH LU MC",
    "pt": "BR PT AO MZ CV", "de": "DE AT CH LI LU", "nl": "NL BE SR", "it": "IT CH SM VA",
}  # fmt: skip


def country_languages(country: str) -> tuple[str, ...]:
    """The languages that inboxes of a country (ISO 3166 alpha-2) read besides English, unless the team changes them."""
    return tuple(code for code, countries in _COUNTRY_LANGUAGES.items() if country in countries.split())


@lru_cache(maxsize=256)
def keyword_table(languages: tuple[str, ...]) -> KeywordTable:
    """The keywords of an inbox that reads these languages besides English."""
    meanings: dict[str, Outcome] = {}
    for outcome in (Outcome.HELP, Outcome.HOLD, Outcome.OPT_OUT):  # the strictest is written last
        for code, pack in PACKS.items():
            meanings |= dict.fromkeys(_words_with(outcome, pack, read=code in languages), outcome)
    return KeywordTable(meanings | MEANINGS)


def keyword_language(body: str, languages: tuple[str, ...]) -> str:
    """The language of the pack that has the keyword of a text; English if none has it."""
    words = {fold_keyword(body), *map(fold_keyword, body.split())}
    for code in (*languages, *PACKS):
        if code in PACKS and not words.isdisjoint(_words_of(code)):
            return code
    return "fr" if "AIDE" in words else "en"


@cache
def _words_of(code: str) -> frozenset[str]:
    return frozenset(" ".join(PACKS[code]).split())


def _words_with(outcome: Outcome, pack: Pack, *, read: bool) -> list[str]:
    match outcome:
        case Outcome.OPT_OUT:
            return (pack.opt_outs + " " + pack.everyday * read).split()
        case Outcome.HOLD:
            return (pack.ambiguous + " " + pack.everyday * (not read)).split()
        case _:
            return pack.help_words.split() * read
