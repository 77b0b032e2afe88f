"""Dutch grammar of opt-outs, as written in the Netherlands and in Flanders."""

from optout.reader.grammar import Language, rule, spellings

_TEXTS = (
    r"(?:bericht\w*|smsen|sms\w*|smsjes|appjes?|tekstbericht\w*|reclame\w*|spam|aanbieding\w*|mail\w*"
    r"|meldingen|notificaties|herinnering\w*|texten|tekstjes?|promo\w*|aandacht|advertenties|nieuwsbrie\w+"
    r"|berichtn|msgs?|uitnodiging\w*|apps|contact|marketing|gezeur|oproepen|verzending\w*|push\w*|info"
    r"|correspondentie|mededeling\w*|bereichten|berigt\w*|acties|zooi)"
)
_SEND = (
    r"(?:stur\w*|stuur\w*|smsen|sms\w*|texten|appen|app|appt|contacte\w*|schrijf\w*|schrijv\w*|bericht"
    r"|berichten|lastig\w*|zend\w*|verzend\w*|spam\w*|benader\w*|stoor|storen|stoort|mail\w*|toe ?stur\w*"
    r"|toezend\w*|verstur\w*|bestoken|bestookt|informer\w*|herinner\w*|val\w*|sturn|sture|benaderd|te vallen"
    r"|gecontacteerd|toegestuurd|ontvangen|krijgen|whatsapp\w*|bombard\w*)"
)
_NO_MORE = (
    r"(?:niet meer|nie meer|niks meer|niets meer|nooit meer|geen \w+ meer|geen|niet langer|nooit|niet|nie|niks"
    r"|niets|gene \w+ meer|gene|ni meer|nimeer|nooit nog|niet verder|nimmer|ni|nietmeer|nix meer|helemaal niet)"
)
_MY_NUMBER = (
    r"(?:(?:mijn|mn|m n|dit|deze|ons|me|het|min) (?:\w+ )?(?:nummer|nr|telefoonnummer|mobiele nummer|gsm"
    r"|gsmnummer|gegevens|naam|contact\w*|telefoon|06|nummertje|toestel|mobiel|lijn))"
)
_LISTS = (
    r"(?:lijst\w*|bestand\w*|systeem|verzendlijst\w*|database|smslijst|maillijst|mailinglijst|groep\w*"
    r"|adressenlijst|sms\w*|bellijst|contacten|administratie|mailing|smsdienst|dienst|berichten|ding|app"
    r"|adresboek)"
)

DUTCH = Language(
    code="nl",
    clues=(
        "afgemeld opzouten ontvangen graag "
        "wie hoe "
        "stop stopt stoppen stopzetten hou houd houdt houden ophouden opgehouden kap kappen kapt geen niet "
        "nie niks niets nooit nimmer haal haalt halen verwijder verwijdert verwijderen wis wissen wist "
        "schrap schrappen schrapt schrijf schrijft uitschrijven uitschrijving afmelden afmelding meld meldt "
        "melden delete deleten gooi zet laat verlos rust genoeg intrekken trek toestemming bezwaar verzoek "
        "liever staken staak beeindig beeindigen zie afzien opzeggen zeg fout verkeerd verkeerde interesse "
        "interesseerd geinteresseerd belangstelling waarom via annuleren annuleer cancel teveel blok "
        "blokkeer blokkeren terug opnieuw heraanmelden wens hoef unsub unsubscribe uit af optyfen flikker "
        "rot rotten gelieve verhuisd overleden klaar ongevraagd doe doen voorkeur mag mogen pff donder tief "
        "oprotten email haha geef gaarne alsjeblieft bespaar spaar verschoond verbied verbiedt gestopt "
        "abonneren aanmelden schrijven beeindigt contacteer neem nemen hoeft sluit berichten bericht sms "
        "smsen sturen stuur lijst nummer meer reclame"
    ),
    common=(
        "ik u je jij jullie mij het een van uw dit deze die dat mijn mn graag aub alstublieft met nog maar "
        "ook op naar voor toch moet eens al zijn ben heb bij kunt kun kan wil weer hoe wie veel alleen"
    ),
    opt_outs=(
        rule(
            "asks not to text",
            rf"(?:{_SEND})(?: (?:u|je|jullie|mij|me|ons|haar|hem|ge|mijn|aub|alsjeblieft|alstublieft|maar"
            rf"|dus|dan|gewoon"
            r"|hier|naar|dit|deze|nummer|mn|voortaan|vanaf|nu|nog|eens|ff|pls|meer|svp|op|toch|hem|s v p|jou"
            rf"|in|het|vervolg))* {_NO_MORE}(?! (?:vergeten|te laat|zo|naar|voor))(?: meer| sturen| te| naar"
            r"| berichten| smsen| aub|$)",
            rf"{_NO_MORE} (?:\w+ ){{0,4}}?(?:{_SEND})(?! (?:zie|gezien|gehad))",
            r"(?:geen|nooit|stop met|genoeg|nul|niks van|geen enkele?|zonder|niet nog een) (?:verdere |enkel "
            rf"|enkele |van die |die |jullie |uw |deze |andere |verdere |meer |dat soort )*{_TEXTS}(?: (?:meer"
            r"|aub|pls|alstublieft|alsjeblieft|naar|op|voor|van u|van jullie|sturen|te|graag|nodig|svp|mij"
            r"|ontvangen|krijgen|graag|dank|hoeven|willen)\b|$)",
            unless=r"vergeten|voordat|tijdens|na \d|zolang|factuur|foto|nog (?:geen|niet|niks)|geen (?:bericht"
            r"|sms|mail|appje) (?:gehad|gekregen|ontvangen|van)|niet (?:ontvangen|gekregen|binnen"
            r"|doorgekomen)|(?:ik|kon|kan) (?:\w+ )?niet (?:bellen|appen|sturen|mailen)|ik (?:stuur|app"
            r"|bericht)|waarom|bel\w* (?:niet|liever)|niks gehoord|niets gehoord|niets (?:\w+ )?ontvangen",
        ),
        rule(
            "asks to stop texting",
            r"(?:stop|stopt|stoppen|hou|houd|houdt|houden|ophouden|op te houden|kap|kappen|kapt|optyfen"
            r"|opzouten|opdonderen|oprotten|flikker op|rot op|staak|staken|genoeg|klaar|gedaan|basta"
            r"|beeindig\w*|sluit|stopzetten|zet|annuleer|annuleren|opzeggen|zeg|weg|cancel|stopte|tief op"
            r"|donder op|blokkeer|blok)(?: (?:u|je|jullie|nu|ff|eens|is|aub|maar|gewoon|direct|onmiddellijk"
            r"|op|mee|alstublieft|alsjeblieft|toch|het|de|die|deze|met|al|mij|me|dat|dit|nou|svp|pls|uw|alle"
            r"|van|ermee|hier|per|in|uit|meteen|mn|mijn|steeds|te|elke|dag|dagelijkse|continu|stuk))* "
            rf"(?:{_TEXTS}|{_SEND}|smsdienst|sms dienst|smsservice)",
            rf"(?:{_TEXTS}|verzending|verzenden van (?:\w+ )?berichten|toezending) (?:\w+ ){{0,5}}?"
            r"(?:te beeindigen|beeindigen|stoppen|te stoppen|staken|te staken|stopzetten|stop te zetten"
            r"|stop zetten|afzetten|uitzetten|opzeggen|op te zeggen|annuleren|uit)(?: aub| alstublieft| graag"
            r"|$)",
            r"(?:laat|laten|laten jullie|wil je|wilt u|kun je|laat u|laat je) (?:\w+ ){0,3}?(?:mij|me|ons|mn) "
            r"(?:\w+ ){0,3}?(?:met rust|gerust|met vrede)|met rust (?:te )?laten|^(?:\w+ ){0,4}(?:stop|hou"
            r"|houd|houdt u|kap|kappen|stoppen) (?:ermee|er mee|op|hiermee|daarmee|nu mee)(?: (?:aub"
            r"|alsjeblieft|alstublieft|nu|pls|mee|ermee|met|dit|die|graag|dat))*$|(?:wil|wens|zou|graag) "
            r"(?:\w+ )?(?:ermee|hiermee|er mee) (?:stoppen|ophouden)|bespaar (?:me|mij)",
            unless=r"niet (?:stop\w*|ophoud\w*|op)|bushalte|afspraak|bel\w+|wil maar niet|is gestopt|niet mee"
            r"|stop met (?:roken|eten|groeien)|halte|antwoord met|ik ben gestopt",
        ),
        rule(
            "asks to be removed from a list",
            r"(?:haal|haalt|verwijder\w*|wis|wist|schrap\w*|schrijf|schrijft|meld|meldt|delete|zet|gooi|neem"
            r"|doe|doet|knikker|donder|flikker|streep|trek|halen|vergeet|wissen|deleten|schrappen"
            r"|uitschrijven|afmelden|schrijven|blokkeer)(?: (?:u|je|jullie|aub|alsjeblieft|alstublieft|maar"
            r"|gewoon|dan|nu|ff|eens|is|svp|direct|dus|pls|hierbij|onmiddellijk|dit))* (?:mij|me|ons|m"
            rf"|{_MY_NUMBER})(?! (?:op|aan|dan|maar op|er|even|terug|klaar|in|weer)\b)(?: |$)",
            rf"(?:mij|me|ons|mn|hem|{_MY_NUMBER}) (?:\w+ ){{0,6}}?(?:uitschrijven|uit te schrijven|afmelden"
            r"|af te melden|verwijderen|te verwijderen|schrappen|te schrappen|wissen|te wissen|halen|te halen"
            r"|deleten|verwijderd|weghalen|uitschrijf\w*|wegdoen|eraf|eruit|weg|af aub|uitgeschreven worden"
            r"|afhalen|afschrijven|te halen)(?: |$)",
            rf"(?:van|uit|vanaf) (?:\w+ )?(?:{_LISTS}) (?:\w+ )?(?:af|halen|uit|verwijder\w*|schrapp?\w*"
            r"|gehaald|eraf|weg|uitschrijven|te halen|staan)?(?: (?:halen|worden|aub|alstublieft|graag|pls"
            r"|man))*$|(?:niet langer|niet meer|niet|nie meer) (?:op|in) (?:uw|jullie|de|die|deze) (?:lijst"
            r"|bestand|verzendlijst|systeem)\w*",
            r"^(?:\w+ ){0,3}(?:uitschrijven|afmelden|uitschrijving|afmelding|unsub|unsubscribe|afmeldn"
            r"|uitschrijvn|verwijderen|deregister|uitgeschreven worden)(?: (?:aub|graag|alstublieft"
            r"|alsjeblieft|pls|svp|voor|van|deze|dit|sms|smsdienst|de|uw|berichten|nu|lol|dank|dienst|bedankt"
            r"|mij|direct|lijst|die|jullie|smsen|ding))*$|(?:wil|wens|zou|graag|kan|wou|kunt u|moet|verzoek)"
            r"(?: \w+){0,6} (?:afmelden|uitschrijven|af te melden|uit te schrijven|uitgeschreven (?:worden"
            r"|te worden)|afgemeld (?:worden|te worden))|(?:ik )?(?:meld|schrijf) (?:me|mij|mn) (?:\w+ ){0,4}"
            r"(?:af|uit)$|(?:schrijft?|meldt?) (?:u |je )?(?:mij|me|ons) (?:\w+ ){0,4}(?:af|uit)\b|unsub me",
            unless=r"wachtlijst|afspraak|factuur|mijn (?:dochter|zoon)|kleindochter|kleinzoon|dochter|zoon"
            r"|per ongeluk|gastenlijst|presentielijst|hechting\w*|gips|kies|tand|bestelling|kosten"
            r"|uitschrijven bij|cursus|les\b|zwemles|school|overblijf|voor de (?:vergadering|les|training"
            r"|bijeenkomst)|bij de voorzitter|training|lunch|boodschappenlijst|van de lijst (?:staan|ben)"
            r"|weer|foto|pakket|ben ik|tatoeage|verlanglijst|parkeer\w*|kledinglijst|wachtende",
        ),
        rule(
            "withdraws consent",
            r"(?:trek|intrek|intrekken|herroep\w*|trekken) (?:\w+ ){0,4}(?:toestemming|instemming|akkoord"
            r"|aanmelding)|toestemming(?: \w+){0,4} (?:in te trekken|intrekken|ingetrokken|in\b)|(?:geen|nooit"
            r"|niet) (?:\w+ ){0,2}(?:toestemming|akkoord|ingestemd)|(?:maak|teken|aantekenen) (?:\w+ )?bezwaar"
            r"|bezwaar (?:tegen|maken)|zie (?:\w+ )?af van|verbied (?:u|jullie)|opt out|unsubscribe|\bavg\b|"
            r"(?:opzeggen|zeg|annuleer|beeindig)(?: \w+){0,4} (?:smsdienst|sms|berichtendienst|smsservice"
            r"|sms dienst)(?: \w+)?",
            unless=r"foto|school|afspraak|bezwaar tegen de (?:aanslag|boete|rekening)",
        ),
        rule(
            "wants no texts",
            r"(?:wil|wens|wenst|hoef|hoeven|willen|wensen|wou|zou|verlang|behoef|heb|stel|wilt|verkies|krijg"
            r"|ontvang|wordt|word|hou|hoeft|zit|vind|stellen|vraag|verzoek|voorkeur|prijs|verzoeke|hecht"
            rf"|vroeg|zat)(?: \w+){{0,7}}? (?:geen|niet meer|niks meer|niets meer|niet langer|niet|nie meer"
            rf"|nooit meer|niks|nooit|liever niet|helemaal niet|nie)(?: \w+){{0,6}}? ?(?:{_TEXTS}|ontvangen"
            r"|krijgen|benaderd|gecontacteerd|gestoord|op prijs|gestuurd|te ontvangen|te krijgen|hebben"
            r"|lastiggevallen|lezen|smst|gebeld en ge\w+|bericht|contacteert|stuurt|smst|zenden|berichten"
            r"|schrijven)",
            r"(?:wil|wens|hoef|willen) (?:dit|die|deze|dat|ze|het|jullie|uw|ik|da) (?:\w+ )?(?:niet meer|niet"
            r"|nie meer|niet langer|nie)(?: (?:hebben|krijgen|ontvangen|meer|te ontvangen|langer|aub|weer"
            rf"|zo))*$|(?:{_TEXTS}) (?:hoef|hoeven|wil|wens|zijn|zit)(?: \w+){{0,3}} (?:niet|niet meer"
            r"|niet gewenst|ongewenst|niet op|nie)(?: (?:meer|hoor|op|te|ontvangen|gewenst|te wachten|wachten"
            r"|hebben))*$|zit (?:\w+ )?niet (?:\w+ )?te wachten op|(?:word|wordt) (?:\w+ )?(?:niet meer"
            r"|liever niet|niet langer)",
            unless=r"missen|mislopen|vergeten|ophouden|uitschrijven|afmelden|storen|per ongeluk|factuur|suiker"
            r"|melk|brood|medicijn\w*|waarom|nog geen|nog niet|niet gekregen|niks ontvangen|heb (?:\w+ )?"
            r"(?:geen|niets|niks) (?:\w+ )?(?:ontvangen|gekregen|gehad|gehoord)|niet op tijd|storen|hebt u"
            r"|herinneringen wel",
        ),
        rule(
            "asks to stop",
            r"^(?:\w+ ){0,3}(?:stop|stopt|kappen|basta|genoeg|hou op|houd op|ophouden|wegwezen|klaar nu|kap"
            r"|stoppen)(?: (?:aub|alsjeblieft|alstublieft|nu|nou|pls|ermee|mee|hiermee|direct|graag|ff|eens"
            r"|man|met|dit|maar|u))*$",
            also=r"bericht\w*|sms\w*|spam\w*|reclame|stur\w*|stuur\w*|app\w*|nummer|texte\w*|mail",
            unless=r"niet stop|haha|lol|wil maar niet",
        ),
    ),
    holds=(
        rule(
            "says the number is wrong",
            r"(?:verkeerd\w?|fout\w?|onjuist\w?) (?:nummer|persoon|nr|iemand|verbonden)|(?:woont|werkt) "
            r"(?:hier )?niet meer|(?:is|man is|vrouw is) (?:\w+ )?(?:overleden|dood)|overleden|niet (?:mijn"
            r"|zijn|haar|de) (?:nummer|juiste)|ik ben (?:\w+ )?niet|ken (?:ik )?(?:u |die |jullie )?niet"
            r"|verhuisd|vergist\b|bent (?:u )?(?:vast )?verkeerd",
            unless=r"ik heb me vergist|verkeerd nummer gegeven|verkeerde maat",
        ),
        rule(
            "is not interested",
            r"(?:geen|niet|nie) (?:\w+ )?(?:interess\w+|geinteress\w+|belangstelling|behoefte|trek in)|^(?:nee"
            r"|neen) (?:dank|bedankt|merci|hoor)(?: \w+)?$|hoef (?:ik )?niet(?: hoor)?$|niks voor mij"
            r"|niet voor mij|hoeft niet$",
            unless="hoeft niet te|zakje|tas",
        ),
        rule(
            "asks where the number is from",
            r"(?:met )?wie (?:\w+ )?(?:is|ben|bent|zijn|heb|dis|da|zijt|spreek)(?: (?:dit|dat|je|u|jij|jullie"
            r"|ik|van|doen|da|gij|er))*$|wie (?:da|dis|is da)$|met wie heb ik|hoe (?:\w+ ){0,3}(?:komt|kom"
            r"|komen) (?:\w+ )?aan (?:mijn|mn|dit)|waar (?:\w+ ){0,3}(?:nummer|gegevens) (?:vandaan)?|waarom "
            r"(?:\w+ ){0,4}(?:bericht|sms|stuur|stur|app|krijg|ontvang)\w*|nooit (?:\w+ )?(?:aangemeld"
            r"|gevraagd|ingeschreven|opgegeven)|(?:is dit|dit is) (?:spam|oplichting)",
            unless=r"wie is er|waarom (?:is|krijg ik) (?:de|het|mijn)",
        ),
        rule(
            "complains about the texts",
            rf"(?:te |zo |erg |teveel |heel |wel )?(?:veel|teveel) (?:\w+ )?{_TEXTS}|{_TEXTS} (?:te veel"
            r"|teveel)|wel (?:erg )?veel|(?:zat|beu|moe|gek) (?:van|die|al)|(?:blok|blokkeer|meld|rapporteer"
            r"|aangifte)\w* (?:ik )?(?:jullie|u|je|dit|dit nummer|bij)|alweer(?: (?:een|jullie|u))?$"
            r"|elke dag prijs|^(?:nou |zo )?genoeg(?: man| nu| hoor| zo)?$|^spam$|\bacm\b|hou (?:nou |nu )?op"
            r"|laat maar|rot op|flikker|tief|oprotten|donder op|irritant",
        ),
        rule(
            "asks for another way or for some texts",
            r"(?:alleen|liever|graag|beter|enkel) (?:\w+ ){0,3}(?:e ?mail|mail|e mail|post|brief|bellen"
            r"|telefonisch)|(?:via|per) (?:de )?(?:mail|e ?mail|post|e mail)(?: (?:is|graag|beter|goed|aub"
            r"|svp))*$|(?:mail|e ?mail) is (?:beter|prima|goed)|aanbieding\w* (?:\w+ )?niet|alleen (?:de )?"
            r"(?:herinnering|wedstrijd|belangrijk|afspraak)\w*|herinneringen wel|niet die",
            unless=r"kunt u|kun je|kan ik|ik stuur|factuur|welk|gestuurd",
        ),
        rule(
            "asks to cancel",
            r"^(?:\w+ )?(?:annul\w*|cancel\w*|afzeggen|opzeggen|afgelasten)(?: (?:aub|alles|dat|het|dank|u|svp"
            r"|die|van|morgen|en|eigenlijk|maar|alsjeblieft|alstublieft|te|graag))*$|(?:wilt u|gelieve|kunt u"
            r"|wil je) (?:\w+ )?(?:te )?annuleren|hoe (?:\w+ ){0,6}(?:afmeld|stop|uitschrij|af te|uit te"
            r"|kom ik|van af|niet meer)\w*|^(?:lol |haha )?(?:stop|halt|einde|hou op)(?: (?:lol|haha|\d+|joh"
            r"|nou|zeg))*$|^(?:hmm |nou )?hou op",
            unless=r"afspraak|bestelling|reservering|tafel|boeking",
        ),
    ),
    denials=(
        r"(?:niet|nooit|nie) (?:\w+ )?(?:stoppen|ophouden|afmelden|uitschrijven|verwijderen|wissen|stopzetten"
        r"|te stoppen|schrappen)\b|stopt? (?:u |je |jullie )?(?:vooral |alsjeblieft |aub |nooit )*(?:niet"
        r"|nooit)\b|(?:heb|heeft|is|ben|zijn|was|werd|hebben) (?:\w+ ){0,5}(?:gestopt|afgemeld|uitgeschreven"
        r"|verwijderd|gewist|opgehouden)|per ongeluk|abusievelijk|als ik (?:\w+ )?(?:stop|me afmeld)|"
        r"(?:antwoord|stuur|reageer|sms) (?:met )?(?:stop)\b|waarom|nog (?:geen|niet|niks|niets)|(?:bericht"
        r"|sms|mail|(?<!wil )(?<!hoef )ni(?:ks|ets)) (?:\w+ )?(?:gehad|gekregen|ontvangen|binnengekregen)"
        r"|^moet ik|krijgt? (?:\w+ ){0,4}geen"
        r"|krijgt? (?:\w+ ){0,3}niet? meer|(?<!of )bel(?:t|len)? (?:\w+ )?niet(?! (?:en|of|meer))"
        r"|liever geen telefon\w+"
        r"|(?:haal|verwijder|schrap|wis|zet) (?:\w+ ){1,4}niet\b(?! meer)|hierover|er rustig over"
        r"|de stop|stop "
        rf"(?:(?:ff|even) (?!met|ermee)|er (?!(?:\w+ ){{0,2}}mee)|de (?!{_TEXTS})|in|slaat|bij|aan|op)"
        r"|(?:wil|blijft?) maar niet"
    ),
    reservations=(
        r"maar (?:wel|de|graag|herinnering\w*|stuur|houd|bel|mail|alleen|die|niet de|ik wil wel)|behalve|"
        r"(?:herinnering\w*|afspra\w+) (?:wel|graag|mag|mogen)|alleen (?:de|nog|per|als|via|het|herinner\w*"
        r"|belangrijke) |oude nummer|in plaats daarvan|in plaats van|s nachts|zo vroeg|voor \d|na \d+ uur"
        r"|in het weekend|zondag|tot (?:maandag|nader|na)|voorlopig"
        r"|^(?:\w+ ){0,2}(?:hoe (?:kan|kom|meld|moet|krijg|zeg|stop|schrijf|zet) (?:ik|je|men|ge)"
        r"|op welke (?:wijze|manier)) [^.]*$"
    ),
    wishes=(
        r"(?:weer|opnieuw|terug|wederom) (?:\w+ ){0,4}(?:berich\w*|sms\w*|stur\w*|aanmeld\w*|lijst|krijgen"
        r"|ontvangen|inschrijv\w*|in te schrijven|toesturen|texten|app\w*|aan|op|toevoegen|aanzetten|schrijven"
        r"|abonneren|hebben|sturen)|(?:stuur|zet|schrijf\w*|meld\w*|mag|mogen|moogt|wil|graag|kan|kunt|kun"
        r"|start|berichten|smsen|schrijft|plaats|voeg|zou|activeer|begin|hervat) (?:\w+ ){0,7}(?:weer|opnieuw"
        r"|terug)(?! (?:niet|geen|eens)\b)(?:$| )|heractive\w*|hervat\w*|(?:stop|afgemeld|uitgeschreven) "
        r"(?:\w+ ){0,3}(?:per ongeluk|abusievelijk)|(?:per ongeluk|abusievelijk) (?:\w+ ){0,3}(?:stop|afgemeld"
        r"|uitgeschreven)|ik mis (?:de|jullie|uw)|toch weer"
    ),
    same=spellings(
        "aub svp pls gvd",
        "stop stopp",
        "meer meerr",
        "berichten berichtjes",
    ),
)
