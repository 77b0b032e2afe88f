"""Whole texts that may ask to stop, in all languages: patterns over all words of a short text. Data."""

from collections.abc import Mapping

from optout.reader.languages import english_whole_texts, germanic_whole_texts, romance_whole_texts

# Small words before and after a text, which change nothing.
COURTESIES = (
    "hi|hello|hey|yo|ok|okay|well|um|uh|sorry|please|pls|plz|kindly|sir|maam|madam|dude|bro|man|lol|ugh|omg"
    "|damn|bruh|yes|yeah|no|nope|just|look|listen|dear|thanks|thank you|thx|ty|again|already|now|i think"
    "|i believe|im afraid|hola|oiga|oye|perdon|disculpe|por favor|porfa|gracias|senor|senora|bonjour|salut"
    "|desole|pardon|svp|s il vous plait|sil vous plait|merci|non|monsieur|madame|je crois|je pense|oi|ola"
    "|desculpe|desculpa|obrigado|obrigada|nao|hallo|entschuldigung|bitte|danke|nein|leider|guten tag|hoi"
    "|alstublieft|aub|bedankt|nee|ciao|salve|buongiorno|scusi|scusa|scusate|per favore|grazie|mi dispiace"
)

# By language, and by the rule that stands on the page as the reason.
HOLDS: Mapping[str, Mapping[str, str]] = {
    "en": english_whole_texts.HOLDS,
    **romance_whole_texts.HOLDS,
    **germanic_whole_texts.HOLDS,
}
