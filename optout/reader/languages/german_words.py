"""Words of the German grammar, as alternatives of patterns."""

TEXTS = (
    r"(?:nachricht\w*|nachrichtn|sms\w*|textnachricht\w*|werbung|werbe\w*|wahlwerbung|texte|mitteilung\w*|spam"
    r"|infos?|erinnerung\w*|benachrichtigung\w*|angebote?|newsletter|reklame|msgs?|zusendung\w*|zuschrift\w*"
    r"|kontaktaufnahme\w*|meldung\w*|versand|kontakt|anschreiben|textn|nachrichte|nochricht\w*|promos?"
    r"|whatsapp\w*|zeug|gutschein\w*|rundschreiben|post|kurznachricht\w*|smsn|smsen|werbenachricht\w*"
    r"|belaestig\w*|belastig\w*|anfrag\w*)"
)
SEND = (
    r"(?:schreib\w*|schick\w*|texten|textet|kontaktier\w*|simsen?|senden|sendet|sendest|sende|zusend\w*"
    r"|zuschick\w*|anschreib\w*|melden|meldet|nerv\w*|belastig\w*|belaestig\w*|benachrichtig\w*|spam\w*"
    r"|zuspam\w*|zuspamm\w*|zumull\w*|schriib\w*|schrib\w*|stor\w*|zuschreib\w*|uebermittel\w*|ubermittel\w*"
    r"|zukommen|schreim|schreibts|schickts|schicken|bekommen|kriegen|behellig\w*|zutext\w*|anruf\w*|schicked"
    r"|schicket|schribed|schribet|anzuschreiben|bombardier\w*|informier\w*)"
)
NO_MORE = (
    r"(?:nicht mehr|nich mehr|net mehr|nimmer|nimma|nie mehr|nie wieder|nix mehr|nichts mehr|nichts weiter\w*"
    r"|nimmermehr|niemals|nie|nid meh|nod meh|nume|numme|nuemme|nuet meh|nix|nichts|nit mehr|ned mehr|nemma"
    r"|ned|kein\w* \w+ mehr|kein\w* mehr|nicht weiter|nicht laenger|nicht langer|nicht|nich|nix mea|nimme"
    r"|noed meh|kei \w+ me\w*|nuemm|numma|nuet me|nut meh?|nod me|nume me)"
)
MY_NUMBER = (
    r"(?:(?:mein\w*|diese\w?|dies|die|unsere\w?|der|mei|mini|meine r) (?:\w+ )?(?:nummer|nr|handynummer"
    r"|telefonnummer|mobilnummer|rufnummer|kontakt\w*|daten|name\w*|namen|handynr|numma|nummere|handy"
    r"|anschluss|kontaktdaten|telnr|nummero|mobilfunknummer|adresse))"
)
LISTS = (
    r"(?:liste\w*|verteiler\w*|system|datenbank|kartei|datei|smsliste|listn|gruppe|mailingliste|adressbuch"
    r"|verzeichnis|datenbestand|sms|bestand|kundenkartei|werbeliste|dem|der|rundsms|newsletter)"
)
# Words that say that somebody else stops, or that the person asks not to stop.
DENIALS = (
    r"(?:nicht|nich|nie|niemals|ned|net|bloss nicht|ja nicht) (?:\w+ )?(?:aufhor\w*|stopp\w*|abmelden"
    r"|abbestell\w*|austrag\w*|losch\w*|loesch\w*|streichen|entfernen|einstellen|kundigen|beenden)|(?:hort"
    r"|horen sie|hor) (?:bitte )?(?:ja |bloss )?nicht auf(?! zu)(?<!wenn ihr nicht auf)|(?:hat|habe|hab"
    r"|haben|ist|wurde|wurden|bin|wird) (?:\w+ ){0,4}(?:aufgehort|gestoppt|abgemeldet|geloscht|ausgetragen"
    r"|beendet|abbestellt|gekundigt|eingestellt)(?! (?:werden|sein))|aus versehen|versehentlich"
    r"|ausversehen|irrtumlich|wenn ich (?:\w+ )?(?:stop|mich abmelde|abbestelle)|(?:antworten|antworte"
    r"|senden|schreiben|sende|schreib) (?:sie )?(?:mit )?(?:stop|stopp)\b|warum (?:habt|haben|bekomme"
    r"|kriege|kommt|krieg)|(?:noch|bisher) (?:keine|nicht|nichts) |keine (?:nachricht|sms|antwort|mail) "
    r"(?:\w+ ){0,3}(?:bekommen|erhalten|gekriegt|gekommen)|nie (?:eine )?(?:sms|nachricht)|(?:sms"
    r"|nachrichten) bekomm\w* ich|ruf\w* (?:\w+ ){0,2}nicht an(?! und)"
    r"|nicht telefonisch|(?:nehmt?|nehmen|losch\w*|streich\w*|entfern\w*) (?:\w+ ){1,3}nicht (?!mehr)"
    r"|in ruhe (?:\w+ ){0,2}(?:nachdenk|uberleg|anschau)\w*|storen (?:mich|uns) nicht|muss ich"
    r"|schluss(?: heute| machen|verkauf)|(?:wann"
    r"|um wie viel|wann is) (?:\w+ )?schluss|hort (?:das|es|der|die|mein\w*|er|sie|nicht)"
)
