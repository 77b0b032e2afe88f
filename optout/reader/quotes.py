"""Quotes: texts of ours that a person sends back, above or beside their own words."""

import re
from typing import NamedTuple

_QUOTED_LINE = re.compile(r"\s*(?:>|&gt;|\|)")
# "On Mon, 3 Aug 2026 at 10:02, Northside wrote:", in the languages of the mail programs that send it.
_INTRODUCES_QUOTE = re.compile(
    r"\s*(?:On\b.{4,120}\bwrote|El\b.{4,120}\bescribió|Le\b.{4,120}\ba écrit|Em\b.{4,120}\bescreveu"
    r"|Am\b.{4,120}\bschrieb.*"
    r"|Op\b.{4,120}\bschreef.*|Il\b.{4,120}\bha scritto) ?:\s*$"
    r"|\s*-{2,} ?(?:original message|forwarded message|mensaje original|message d'origine"
    r"|ursprüngliche nachricht|messaggio originale"
    r"|oorspronkelijk bericht|mensagem original).*",
    re.IGNORECASE,
)
_FORWARDED = re.compile(r"\s*(?:fwd?|wg|tr|rv|enc|i|doorgestuurd)\s*:\s", re.IGNORECASE)
# A quotation of at least ten characters. What is shorter is a word that a person stresses: “STOP”.
_QUOTATION = re.compile(r"“[^“”]{10,2000}”|\"[^\"]{10,2000}\"|«[^«»]{10,2000}»|„[^„“”]{10,2000}[“”]")
# What a business writes about opting out, in a text that a person copies or forwards.
_INSTRUCTION = re.compile(
    r"\b(?:(?:reply|text|txt|send|responda|responde|envie|envía|envia|répondez|envoyez|rispondi|invia"
    r"|antworten sie(?: mit)?|antworte(?: mit)?"
    r"|antwoord(?: met)?|stuur)\s+[\"“«']?(?:stop|end|cancel|quit|unsubscribe|baja|alto|parar|sair|arret"
    r"|arrêt|stopp)[\"”»']?\s+"
    r"(?:to|2|para|pour|um|om|per|al?|au|if|at)\b|\bstop\s?(?:2|to)\s?(?:end|stop|opt|quit|cancel"
    r"|unsub\w*)\b[^\n.!]{0,40}"
    r"|stop\s+au\s+\d{5}|stop=(?:end|stop|fin)|msg\s?&\s?data rates)[^\n.!]{0,60}",
    re.IGNORECASE,
)
_INSTRUCTED = "stop end cancel quit unsub baja alto parar sair arret arrêt msg".split()  # in each instruction


class OwnWords(NamedTuple):
    """The words of a text that are the person's own, and whether it quotes others."""

    text: str
    quotes: bool


def own_words(body: str) -> OwnWords:
    """The text without what it quotes or forwards."""
    if _FORWARDED.match(body):
        return OwnWords("", quotes=True)
    text = _without_quoted_lines(body)
    if '"' in text or not text.isascii():
        text = _QUOTATION.sub(" ", text)
    if any(word in text.lower() for word in _INSTRUCTED):
        text = _INSTRUCTION.sub(" ", text)
    return OwnWords(text, quotes=text != body)


def _without_quoted_lines(body: str) -> str:
    if ">" not in body and "|" not in body and "&gt;" not in body and ":" not in body and "--" not in body:
        return body
    lines = body.splitlines()
    kept = [line for line in lines if not _QUOTED_LINE.match(line) and not _INTRODUCES_QUOTE.match(line)]
    return body if len(kept) == len(lines) else "\n".join(kept)
