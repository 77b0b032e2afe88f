"""German grammar of opt-outs, as written in Germany, Austria and Switzerland."""

from optout.reader.grammar import Language, rule, spellings
from optout.reader.languages.german_words import DENIALS, LISTS, MY_NUMBER, NO_MORE, SEND, TEXTS

GERMAN = Language(
    code="de",
    clues=(
        "wer bist umgezogen zuglet post ziemlich "
        "stopp stoppt stoppen stop stopt aufhoren hort hor horen horts keine kein keinerlei keini nicht nich "
        "nix nichts nie niemals nimmer nimma net ned nid nod nume numme losch losche loschen loscht loesch "
        "loeschen entfern entferne entfernen entfernt streich streichen streicht nehm nehmt nehmen nimm raus "
        "austragen tragen trag tragt abmelden meld meldet melden abbestell abbestellen abbestelle bestelle "
        "deabonnier widerruf widerrufe widerspreche widerspruch einwilligung verzichte unterlassen "
        "unterlasst beenden beendet einstellen stellen stellt kundige kundigen schluss genug reicht ruhe "
        "lasst lass lassen falsche falscher falsch verwahlt interesse woher lieber storno stornieren absage "
        "zu nervt blockier blockiere melde anwalt reaktivieren anmelden fort weg verschont verschonen "
        "wunsche mochte untersage untersagt verbiete sperren sperr schreibts abstellen abschalten stellts "
        "tuats tut haut verzieht verzichten unsubscribe hiermit gebt hob hab wunscht deabon halt hdf wohnt "
        "verstorben gestorben interessiert email lond hored chont streichet nehmed lassed kenne kei "
        "verschwindet schleicht kundigung abo abzumelden abmeld auszutragen mehr texte texten zukunft sms "
        "nachrichten nachricht liste schreiben schickt handy meh nut nuet dir"
    ),
    common=(
        "ich sie mich mir und ihr euch eure ihre ihren von aus bitte mein meine danke damit dass dem der den "
        "auf mi bin is eich i des euren diese dieser mit ab nach werd werden wurde wer warum will nur wieder"
    ),
    opt_outs=(
        rule(
            "asks not to text",
            rf"(?:{SEND})(?: (?:sie|ihr|mir|uns|mich|bitte|hier|an|diese|nummer|dieser|mia|euch|eich|mer|ma"
            r"|halt|doch|einfach|jetzt|ab|sofort|auf|kunftig|in|zukunft|ja|das|so|ein|ueberhaupt|uberhaupt"
            rf"|per|sms|mehr|bloss|weitere|bidde|die|den|was))* (?:{NO_MORE}|keine? (?:\w+ )?{TEXTS}|keine "
            r"(?:einzige )?mehr|keine)(?! (?:vergess|ganz|da|so|am|vor))",
            rf"{NO_MORE} (?:\w+ ){{0,3}}?(?:{SEND})",
            r"(?:keine|keinerlei|kei|ka|koane|kane|keini|null|nie wieder|kein) (?:weitere\w? |lust auf |eure "
            rf"|ihre |solche\w? |bock (?:mehr )?auf |mehr |lust mehr auf |einzige |deine )*(?:{TEXTS})(?: "
            r"(?:mehr|meh|mea|bitte|pls|an|auf|von|schicken|senden|wunsch\w*|erhalten|bekommen|kriegen|zu"
            r"|danke|zukunftig|kunftig|nie|wieder|thx|mehr)\b|$)",
            r"(?:kein(?:e|en|erlei)?) (?:\w+ )?(?:mehr )(?:schicken|senden|schreiben|bitte|an diese|zusenden)",
            unless=r"storniere\w*|vergess\w*|bevor|wahrend|nach \d|solange|die rechnung|das foto"
            r"|nicht vergessen|schon gesehen"
            r"|keine nachricht (?:bekommen|erhalten|von)|nichts? (?:bekommen|gehort|erhalten|gekriegt"
            r"|angekommen)|konnte|kann (?:ich|grad)|schreibt nicht|mehr fahren|falsch geschrieben"
            r"|geht nicht|funktioniert|ich schreib\w*|schreibe ich|ich schick\w*|ich melde|ich sende|hat "
            r"(?:mir )?nicht|haben (?:mir )?nicht|lieber (?:eine )?(?:sms|nachricht)|anruf\w*|storen sie"
            r"|nicht storen|wunder",
        ),
        rule(
            "asks to stop texting",
            r"(?:stop|stopp|stoppt|stoppen|stoppts|schluss|genug|aufhoren|beend\w+|unterlass\w*|abstellen"
            r"|abschalten|kundige|storniere|widerspreche|kappt|sperr\w*|deaktivier\w*|lasst|lassen|stoppe"
            r"|spart euch|reicht)(?: (?:sie|jetzt|bitte|sofort|endlich|mit|den|die|der|das|diese\w?|eure\w?"
            r"|ihre\w?|dieser|von|alle|ma|mal|allen|des|zusenden|jegliche\w?|jede\w?|weitere\w?|kunftig|dem"
            r"|euren|ihren|diesen|es|umgehend|solche|mir|an|mich|zu|damit|deine|einfach|mein|meine|so|werbe"
            rf"|immer|ewigen|ganzen|uns|in|zukunft|unverzuglich|die|sms|service))* (?:{TEXTS}|{SEND}"
            r"|sms service|texterei|schreiberei|sms dienst|mit (?:sms|schreiben))",
            r"^(?:\w+ ){0,2}(?:hor|hort|horen|horts|hoeren|hoer|hoert) (?:sie |bitte |jetzt |endlich "
            r"|sofort |damit |mal )*auf(?: (?:bitte|damit|jetzt|endlich|sofort))*$",
            r"(?:gib|gebt|gebts|gebn) (?:\w+ ){0,3}(?:ruhe?|ruah|rueh|frieden)|finger weg von (?:meiner"
            r"|dieser|unserer) nummer|(?:schleicht?s?|verschwindet|weg) (?:\w+ ){0,2}mit (?:\w+ )?(?:sms"
            r"|werbung|nachrichten|spam|newsletter)",
            r"(?:hor|hort|horen|horts|hored|horet|heart|hear)(?: (?:sie|doch|bitte|jetzt|endlich|sofort|ma"
            r"|mal|mir|ihr|zu|euch|eich|gfalligst))* (?:auf|uf|mit)(?: (?:mir|damit|mich|uns|mit|zu|den"
            rf"|diesen|dem|euren|ihren|diese\w?|bitte|sofort|staendig|\w+))*? (?:{SEND}|{TEXTS}|damit)|aufh"
            rf"(?:o|oe)r\w* (?:\w+ ){{0,4}}(?:zu )?(?:{SEND}|{TEXTS}|texten)|hor\w* auf(?: (?:bitte|damit"
            r"|jetzt|endlich))*$|nicht aufhort zu",
            rf"(?:stell\w*|unterlass\w*|beend\w*)(?: \w+){{0,6}}? (?:{TEXTS})(?: (?:\w+ ){{0,3}}(?:ein|ab"
            rf"|kunftig|an)\b|$)|(?:{TEXTS})(?: \w+){{0,4}} (?:einstellen|einzustellen|abstellen|abbestellen"
            r"|abzubestellen|beenden|zu beenden|unterlassen|zu unterlassen|stoppen|zu stoppen|abschalten"
            r"|kundigen|stornieren|deaktivieren|untersag\w+|sperren|abzumelden|abmelden|sein lassen)",
            r"(?:lass\w*|lond|lasst|lossts) (?:sie )?(?:mich|mi|uns|mir|mia|me) (?:\w+ ){0,3}?(?:in ruhe"
            r"|in frieden|in rueh|ruah|rue)|verschon\w* (?:sie )?(?:mich|uns)|verschont zu|in ruhe gelassen",
            unless=r"nicht (?:stopp\w+|auf\w+|abbestell\w+|abmeld\w+|einstellen)|termin|hat aufgehort"
            r"|hort nicht"
            r"|bushaltestelle|anruf|parkplatz|strom",
        ),
        rule(
            "asks to be removed from a list",
            r"(?:losch\w*|loesch\w*|entfern\w*|streich\w*|schmeiss\w*|tilg\w*|vergess\w*|vergiss|sperr\w*"
            r"|raus mit|tut|tu|nehmt?|nehmen|nimm|haut|tragt?|schmeisst|tragen|austragen)(?: (?:sie|bitte|mal"
            r"|ma|jetzt|endlich|sofort|unverzuglich|doch|ihr|einfach|umgehend|hiermit|ihr))* (?:mich|mi|uns"
            rf"|{MY_NUMBER})\b(?! (?:frei|mit|ein|um|an|als|dran|auf die|in|fur|nicht))",
            rf"(?:mich|mi|uns|{MY_NUMBER}) (?:\w+ ){{0,6}}?(?:losch\w*|loesch\w*|entfern\w*|streich\w*"
            r"|abmeld\w*|austrag\w*|abzumelden|auszutragen|zu loschen|zu entfernen|zu streichen|raus"
            r"|rausnehm\w*|rausstreich\w*|raustrag\w*|abbestell\w*|ausm verteiler|rauszunehmen|deabonnier\w*"
            r"|rausschmeiss\w*|runter|weg|sperren|tilgen|rauslosch\w*|herausnehm\w*|herauszunehmen"
            r"|auszuschliessen|runternehm\w*)",
            r"(?:raus|aus|von|ausm|herunter|runter|us)(?: (?:aus|der|dem|ihrer|ihrem|eurer|eurem|euren|ihren"
            rf"|dieser|diesem|den|da|sms|allen|deiner|de|von))+ ?{LISTS}(?: (?:raus|nehmen|streichen|loschen"
            r"|entfernen|austragen|bitte|werden|tragen|rausnehmen|nemme|\w+))*$",
            r"(?:meld\w*|trag\w*|nehm\w*|nimm|streich\w*|hol\w*|schmeiss\w*|schmeisst|bestell\w*|nehmed|nemmed"
            r"|nemmts|dua|tua)(?: (?:sie|ihr|bitte|halt|mal|ma|jetzt|sofort|endlich|doch|einfach|umgehend"
            r"|unverzuglich))* (?:mich|mi|uns|mir|mei\w*|diese\w*)(?: \w+){0,7}? (?:ab|aus|raus|runter|weg"
            r"|heraus|us|ausse|use|aussi)(?: |$)",
            r"(?:nummer|handynummer|nr|numma|daten|kontakt) (?:sofort |bitte |endlich "
            r"|umgehend )*(?:losch\w*|loesch\w*|entfern\w*|streich\w*|raus|weg)|^(?:bitte )?(?:loschen"
            r"|loesch\w*|entfernen|streichen|raus)(?: bitte| danke| sofort)*$|(?:tuats?|tuts?|tut"
            r"|tuan) (?:\w+ ){0,3}(?:ausse|aussi|raus|weg|runter)",
            r"^(?:\w+ ){0,3}(?:abmelden|abbestellen|austragen|abmeldung|abbestellung|abbestell\w*"
            r"|deabonnier\w*|kundigung|deabo\w*|abzumelden|auszutragen)(?: (?:bitte|danke|jetzt|thx|sofort|pls"
            r"|vom|von|sms|service|den|dem|verteiler|diesem|dienst|mich|der|nummer|newsletter|aus|liste))*$|"
            r"(?:mochte|will|wurde|wollte|moecht\w*|wett|muss|hatte gern|kann ich|darf) (?:\w+ ){0,6}"
            r"(?:abmelden|austragen|abbestellen|abgemeldet (?:werden|sein)|deabonnieren|kundigen|raus)$|"
            r"(?:ich )?(?:melde|bestelle|trage) (?:\w+ ){0,6}(?:ab|aus)$|deabonnier\w*",
            unless=r"warteliste|gasteliste|einkaufsliste|rechnung|termin|gutschein|meine tochter|mein sohn"
            r"|unser sohn|tochter|sohn"
            r"|enkel\w*|kurs|fadchen|faden|faeden|zahn|gips|pflaster|aus versehen|versehentlich|kursliste"
            r"|gasteliste|teilnehmerliste|abgemeldet ist|doppelt|bestellung|position|gebuhr|artikel|strom"
            r"|fitness|mich (?:\w+ )?krank|mich wieder|mich nicht ab|beim (?:chef|arzt|training)|parkplatz"
            r"|den alten|wurde ich|bin ich|ist das|arbeit|schule|stau|bett|haus|passwort|nehme ich|mensa"
            r"|mittagessen|kita|hort",
        ),
        rule(
            "withdraws consent",
            r"(?:widerruf\w*|widerriefe|zieh\w*|entzieh\w*|nehme) (?:\w+ ){0,4}(?:einwilligung|zustimmung"
            r"|einverstandnis|erlaubnis|genehmigung|opt in)|widerspreche (?:\w+ ){0,6}|widerspruch (?:gegen"
            r"|nach|gem)|(?:einwilligung|zustimmung|erlaubnis|einverstandnis)(?: \w+){0,4} (?:widerruf\w*"
            r"|zuruck|nie|nicht|entzog\w*)|(?:nie|nicht|keine|kein) (?:\w+ ){0,3}(?:zugestimmt|eingewilligt"
            r"|einverstand\w+|zustimmung|einwilligung|erlaubnis)|(?:untersag|verbiet|verbitt|verbitte)\w* "
            r"(?:\w+ )?(?:ihnen|mir|euch|jede|jegliche|hiermit|diese|weitere|das|die)|verzichte (?:\w+ ){0,3}"
            r"(?:auf )(?:\w+ )?"
            + TEXTS
            + r"|kundig\w* (?:\w+ ){0,3}(?:sms|nachricht\w*|newsletter|benachr\w*|abo (?:fur|der))|unsubscribe"
            r"|opt out|dsgvo",
            unless=r"termin|fitness|strom|rechnung widersp",
        ),
        rule(
            "wants no texts",
            r"(?:mocht\w*|moecht\w*|wunsch\w*|wuensch\w*|will|wollen|wolln|brauch\w*|mag|benotig\w*|wollte"
            r"|wott|wett|wui|wurde|bevorzug\w*|lege|legen|verzicht\w*|interessier\w*|hatte|mog|verzichte"
            rf"|bestellt|gern|erhalte|bitte|ersuche|verlange|fordere)(?: \w+){{0,7}}? (?:nicht mehr|keine"
            r"(?:rlei|n)?|nix mehr|nichts mehr|nix|nichts|nimmer|nimma|nicht|nie wieder|nicht weiter"
            rf"|nich mehr|kei|kane|net mehr|ned mehr|nicht langer|nie mehr|nich)(?: \w+){{0,5}}? ?(?:{TEXTS}"
            r"|erhalten|bekommen|kriegen|krieg|empfangen|kontaktiert|angeschrieben|belastigt|zugesendet"
            r"|zugeschickt|lesen|beworben|geschickt|ubercho|mehr von euch|mehr von ihnen|bekomm\w*|kriang"
            r"|ubercho|beko|belaestigt)",
            rf"(?:{TEXTS}) (?:\w+ ){{0,5}}?(?:nicht mehr|nimmer|nicht|nich mehr|nix|nie|nimma|keine) "
            rf"(?:\w+ ){{0,2}}(?:erhalten|bekommen|haben|kriegen|lesen|empfangen|mehr|erwunscht|brauch\w*"
            r"|wunsch\w*|wolln|wollen|gewunscht|sehen)|(?:will|mocht\w*|wunsch\w*|mag|brauch\w*|moecht\w*) "
            r"(?:das|die|es|sowas|dies|ich das|so was|so einen \w+|euer zeug|des|de) (?:\w+ )?(?:nicht mehr"
            r"|nicht|nimmer|nich mehr|nich|nix|nimma|net mehr|ned mehr|ned)(?: (?:haben|kriegen|bekommen"
            r"|lesen|mehr|erhalten|habn|ham))*$|das nicht (?:mehr )?(?:haben|kriegen|bekommen)",
            unless=r"verpass\w*|vergess\w*|aufhoren|abbestell\w*|abmelden|storen|nicht storen|aus versehen"
            r"|rechnung|termin|kuchen|zucker|milch|brot|tabletten|medikament|warum|wieso|noch keine"
            r"|habe keine|hab keine|keine nachricht (?:von|bekommen|erhalten)",
        ),
        rule(
            "asks to stop",
            r"^(?:\w+ ){0,3}(?:stop|stopp|schluss|aufhoren|hort auf|hor auf|genug|lasst es|lass es|lasst das"
            r"|lass das|ruhe|reichts?|weg damit|raus|weg)(?: (?:bitte|jetzt|damit|endlich|sofort|danke|ma|mal"
            r"|nun|auf|mit|dem|mist|aus))*$",
            also=r"nachricht\w*|sms\w*|spam\w*|werbung|schreib\w*|schick\w*|texte\w*|nummer|textet|infos",
            unless=r"nicht stop|lol|haha|nicht auf",
        ),
    ),
    holds=(
        rule(
            "says the number is wrong",
            r"(?:falsche?\w?|verkehrte?) (?:nummer|person|adresse|mensch|kontakt|da|numma|verbunden)"
            r"|da falsche|verwahlt|(?:wohnt|lebt|arbeitet|is|ist) (?:\w+ )?(?:hier )?nicht mehr(?: hier)?|"
            r"(?:ist|im|meine? \w+ ist) (?:\w+ ){0,3}?(?:verstorben|gestorben|tot)|nicht (?:meine|seine"
            r"|ihre) nummer|(?:bin|ich bin) nicht|kenne (?:ich )?(?:sie )?(?:\w+ )?nicht|(?:neue"
            r"|andere) nummer vergeben|umgezogen|zuglet|nicht der richtige|irren sich|irrtum",
            unless=r"habe mich verwahlt|hab mich|falsche nummer gegeben|falsche nummer gespeichert",
        ),
        rule(
            "is not interested",
            r"(?:kein\w?|kei|ka|koa|nicht|nich) (?:\w+ )?(?:interess\w+|bedarf)|(?:interessiert|juckt"
            r"|brauch\w*) (?:mich |i |ich )?(?:das )?(?:nicht|nix|net|nid|nich)(?: (?:mehr|danke))*$|^(?:nein"
            r"|ne|nee|na) (?:danke|merci|dank)(?: \w+)?$|i brauch nix",
        ),
        rule(
            "asks where the number is from",
            r"(?:wer|wea) (?:\w+ )?(?:sind|ist|is|bist|seid|schreibt|spricht|hat)(?: (?:sie|da|das|du|hier|des"
            r"|ihr|ihnen|euch|mir|meine|nummer|gegeben|denn))*$|wer sind sie|woher (?:\w+ ){0,3}(?:nummer|nr"
            r"|kontakt|daten|meine)|woher (?:haben|habt|hast)|(?:warum|wieso|weshalb) (?:\w+ ){0,4}(?:schreib"
            r"|schick|nachricht|sms|text|kontakt)\w*|(?:nie|nicht) (?:angemeldet|bestellt|registriert"
            r"|angefordert|eingetragen|gebeten|abonniert)|was wollen sie|(?:ist das|das ist) (?:spam|betrug"
            r"|abzocke)",
            unless=r"wer ist (?:heute|am)|wer ist der|wer ist die",
        ),
        rule(
            "complains about the texts",
            rf"(?:zu |so |sehr |echt |wahnsinnig )?(?:viele|viel|haufig) (?:\w+ )?{TEXTS}|schreiben mir recht"
            r"|(?:genervt|satt|leid) |nerv(?:t|en|ts)|(?:es |mir |jetzt )?(?:reicht|langt)(?: \w+)?$|^genug"
            r"(?: jetzt| davon)?$|schon wieder (?:eine|ihr|sie|nachricht)|(?:blockier|melde|zeig|verklag"
            r"|block)\w* (?:ich )?(?:euch|sie|dich|die nummer|an|eich)|anwalt|verbraucherzentrale"
            r"|bundesnetzagentur|^spam$|lond das|lassts? (?:das|es)|lass das|lasst das|verpiss\w*|schleich\w*"
            r"|verschwind\w*|hdf|halt die",
        ),
        rule(
            "asks for another way or for some texts",
            r"(?:nur|lieber|besser|bitte|ausschliesslich)(?: noch)? (?:\w+ ){0,2}(?:per|via|uber|als) "
            r"(?:e ?mail|e mail|mail|post|brief|telefon)|(?:per|via) (?:mail|e mail|post|email)(?: (?:bitte"
            r"|lieber|reicht|ist|besser))*$|(?:angebote|werbung) (?:\w+ ){0,2}(?:nicht|nein)|nur (?:noch )?"
            r"(?:die )?(?:termin|erinnerung|wichtige)\w*|lieber anruf\w*|rufen sie (?:lieber|besser)"
            r"|von allem was",
            unless=r"konnen sie|konnt ihr|kann ich|ich schicke|rechnung|welche|geschickt|habe ich",
        ),
        rule(
            "asks to cancel",
            r"^(?:\w+ )?(?:storn\w*|absag\w*|kundig\w*|abbrechen|kanzell?ier\w*|cancel\w*)(?: (?:bitte|danke"
            r"|alles|und|das|merci|mog|i|nimma|ich|es|sie|mir|fur|mich|jetzt))*$|wie (?:\w+ ){0,6}(?:abmeld"
            r"|abbestell|stopp|los|austrag|kundig|nicht mehr|aufhor|deabonnier|raus)\w*|^(?:lol |haha )?"
            r"(?:stop|stopp|halt|ende|schluss)(?: (?:lol|haha|\d+|ey|alter))+$",
            unless=r"termin|bestellung|reservierung|stop am|stop an|stopp am|schild|buchung",
        ),
    ),
    denials=DENIALS,
    reservations=(
        r"aber (?:die|den|bitte|gern|gerne|termin\w*|erinnerung\w*|weiter\w*|schick\w*|nur|ruf\w*|per|das"
        r"|ich will)|ausser|(?:termin\w*|erinnerung\w*) (?:hingegen|schon|bitte|gerne|ja|dagegen)|nur "
        r"(?:noch )?(?:die|den|per|das|termin\w*|wichtige|wenn)|alte (?:nummer|handynummer)|alten nummer"
        r"|stattdessen|nachts|so fruh|vor \d|nach \d+ uhr|am wochenende|sonntags?|samstags?|bis (?:montag"
        r"|nachste|auf weiteres|zum)|vorerst|erst ab|per (?:mail|e mail|post) (?:bitte|lieber)"
        r"|^(?:\w+ ){0,2}wie (?:kann|konnte?|kriege?|bekomme?|werde|melde|komme?|bestelle|losche|stelle) "
        r"(?:ich|i|man|wir|mich) [^.]*$"
    ),
    wishes=(
        r"wieder (?:\w+ ){0,4}(?:schreib\w*|schick\w*|send\w*|sms|nachricht\w*|liste|bekommen|erhalten"
        r"|anmeld\w*|kriegen|aufnehm\w*|einschalt\w*|haben|an$|rein|eintrag\w*|schicket|anmelden|auf|dabei"
        r"|aktivier\w*|abonnier\w*|zuschick\w*|empfang\w*|angemeldet|freischalt\w*|einrichten|texten|simsen"
        r"|ein$|zukommen|starten|vo|kriagn)|(?:schreib\w*|schick\w*|send\w*|meld\w*|schalt\w*|nehm\w*|nimm"
        r"|setz\w*|trag\w*|mechat|hatt\w*|texte\w*|mochte|will|tat|tats|mach\w*|darf\w*|konn\w*|durf\w*|bitte"
        r"|kinnts|gern|aktivier\w*|nachrichten|sms) (?:\w+ ){0,6}(?<!nie )(?<!nicht )wieder"
        r"(?! (?:nicht|nix|nie|keine|mal|heraus|raus|streich\w*|gestrich\w*|losch\w*|entfern\w*|austrag\w*"
        r"|ausgetrag\w*|abmeld\w*|abgemeld\w*|abbestell\w*|so ein\w*))"
        r"|reaktivier\w*|neu anmelden|erneut (?:\w+ )?(?:anmeld\w*|aufnehm\w*|send\w*|schick\w*|erhalten)|"
        r"(?:stop|stopp|abgemeldet) (?:\w+ ){0,3}(?:aus versehen|versehentlich|ausversehen)|(?:aus versehen"
        r"|versehentlich|ausversehen|irrtumlich) (?:\w+ ){0,3}(?:stop|stopp|abgemeldet|abbestellt)|doch wieder"
        r"|fehlen mir"
    ),
    same=spellings(
        "nachrichten nachrichtn",
        "bitte pls plz bitt",
        "stopp stoop",
        "nehmt nem",
        "hort hoert",
        "hor hoer",
        "horen hoeren",
        "aufhoren aufhoern aufhorn aufhoeren",
        "mochte moechte moecht",
        "wunsche wuensche",
        "abbestellen abbestelln",
    ),
)
