"""Italian grammar of opt-outs."""

from optout.reader.grammar import Language, rule, spellings

_SEND = (
    r"(?:mand|invi|scriv|contatt|disturb|messaggi|spamm|assill|tempest|romp|importun|spedi|inoltr|sollecit"
    r"|whatsapp|bombard|stress|manna|scoccia|tormenta|chiama)(?:i|a|o|ate|ete|ite|are|ere|ire|iate|ino|ano|arm"
    r"|erm|irm|ar|er|et|at|it|sc|ando|endo|are?|eteme|ateme|tare|eremi|tate|ti|te|ar|tar|tino|e|inoci|iamo"
    r"|iare|armi|ermi|ar?)?(?:mi|me|ci|ne|mene|celi|meli|teme|temi|mela|gli|li|teci|ela|cene|re|rmi)?"
)
_TEXTS = (
    r"(?:messagg\w*|mex|sms|msg|mess|messag\w*|promo\w*|pubblicita|offert\w*|avvis\w*|notific\w*"
    r"|comunicazion\w*|promemoria|spam|annunci|newsletter|invii|invio|testi|linvio|messagi|mesaggi|mssg"
    r"|propaganda|sconti|volantini|proposte|msgs|alert|sollecit\w*)"
)
_MY_NUMBER = (
    r"(?:(?:il |al |a |er |dal )?(?:mio|questo|nostro|mi|sto|miei|mia|nostri) (?:\w+ )?(?:numero|num|nome|cell"
    r"|cellulare|telefono|tel|contatto|recapito|nominativo|dati|utenza|nr|recapiti|n)|(?:er|el) (?:numero"
    r"|nome) mio|(?:numero|nome|dati|contatto) mi[oe]i?)"
)
_REMOVE = (
    r"(?:tog|to[lg]l|lev|cancell|elimin|rimuov|disiscriv|escludet?|esclud|disiscri|depenn|sfil|cav|rimozion"
    r"|smamm|depenna|scancell|disattiv|stacc|estromett|disinscriv|desiscriv|dissiscriv|stral)"
)
_NO = r"(?:non|nn|no|mai|ne|smettetela di|num|nun|n)"

ITALIAN = Language(
    code="it",
    clues=(
        "ritiro contattare disturbare chiamare "
        "chi palle solo meglio "
        "nun no mai basta smettetela smettete smetterla smetti smetta smettere smettila smetteste finitela "
        "finiscila finite finirla fatela piantatela piantala cessate cessare cessi ferma fermate fermatevi "
        "interrompere interrompete interrompa sospendete sospendere sospenda togliete toglietemi toglimi "
        "togliermi togliere tolga toglieteme levatemi levateme levami leva levarmi levate cancellatemi "
        "cancellateme cancellami cancellarmi cancellate cancella cancellare eliminate eliminatemi eliminare "
        "elimina eliminarmi rimuovete rimuovetemi rimuovere rimuovi rimuova rimuovermi disiscrivermi "
        "disiscrivetemi disiscrivere disiscrivo disiscrivimi disiscri escludetemi depennatemi depennare "
        "scordatevi scordateve dimenticate niente nessun nessuna lasciatemi lasciami lasciateme lasciame "
        "stop revoco oppongo opposizione numero sbagliato sbagliata sbagliando sbagliate interessa "
        "interessato interessata perche troppi annulla annullare annulli annullate annullo disdico disdire "
        "disdetta preferisco preferirei desidero intendo blocco bloccare segnalo unsubscribe rimettetemi "
        "rimettere riscrivere riprendere ricominciare riattivare chiedo chiede chiediamo prego invito "
        "potreste stufa stufo rotto scrivetemi mandatemi mandate scrivete evitate evitare astenervi "
        "astenetevi toglie tolgo uscire fuori gradisco piu iscrivetemi reinserirmi pls ricevere lista elenco "
        "disattivare disattivate cessino smettano diffido escludere trasferita cambiato conosco abita "
        "mancato ki messaggi messaggio scrivere sms smetete smetter"
    ),
    common=(
        "il di mi che per la vi da questo questi vostri me sti grazie favore io voi della dalla ho sono gli "
        "i non nn chi come cosa vorrei voglio meglio solo puo potete nuovo"
    ),
    opt_outs=(
        rule(
            "asks not to text",
            rf"{_NO} (?:voglio che |desidero che |autorizzo a |serve |occorre |dovete |potete |provate "
            r"|e il caso di |azzard\w+ |oste?\w+ )?(?:mi |me |ci |vi |ce |piu |deve |continu\w+ a |stat?e? a "
            rf"|sta a |star |stia a |mai |state |provare |permett\w+ )*{_SEND} (?:\w+ ){{0,3}}?(?:piu|niente"
            rf"|nulla|mai|nient|{_TEXTS}|in futuro|a questo|a sto|qui|\+|altro|manco|cose)",
            rf"{_NO} (?:piu )?(?:mi |me |ci )?(?:scriv(?:ete|a|ere|i|etemi|ermi|iate|er|eteme)|contatt(?:ate|i"
            r"|are|atemi|armi|iate)|disturb(?:ate|i|are|atemi|armi|iate)|importun\w+|mandat?e? ?(?:mi"
            r"|me)? piu)(?: (?:piu|grazie|per|mai|a|su|qui|ancora|nuovamente|oltre|ulteriormente)\b|$)",
            r"(?:chied\w+|preferi\w+|vorrei|prego|preg\w+|grat\w|invit\w+|pregherei|vorremmo|gradirei"
            r"|desider\w+|richied\w+|favore|cortesia|evit\w+|potreste|potete|gentilmente|intend\w+|diffid\w+"
            r"|voluto) (?:\w+ )?(?:di |a |caldamente di |che )?(?:non|nn) (?:essere piu |essere |mi |piu "
            rf"|vogli\w+ |venga |volere )*(?:piu )?(?:{_SEND}|ricev\w+|contattat\w|disturbat\w)",
            rf"(?:{_SEND}) (?:piu|mai piu)(?: niente| nulla|$)|mai piu {_TEXTS}|(?:evit|asten|asteng"
            rf"|astener)\w+ (?:\w+ ){{0,2}}(?:dal |di |da )?(?:mandar|inviar|scriver|contattar|invio"
            r"|ulteriori)\w*",
            unless=r"ancora (?:non|ricevuto)|prima delle|finche|fino a|durante|fattura|foto|non mi avete"
            r"|non ha mandato|mentre|se non mi|perche non|non mi disturba|ricevuta",
        ),
        rule(
            "asks to stop texting",
            r"(?:smett|finit|finis|piant|cess|ferm|interromp|sospend|bast|fini|fat|termin|blocc|disattiv"
            r"|annull|cancell|sospens|fini|disdi|disdico|tron|stop|elimin|taglia|ritir|chiud)\w* "
            r"(?:immediatamente |subito |per favore |x favore |ora |adesso |pls |definitivamente |tutt\w "
            r"|finita |gli |li |grazie |pure |con |cosi |la )*(?:di |con |co |a |da |i |le |gli |lo |la |l"
            r"|il |ogni |questi |queste |questa |sti |sta |ste |sto |tutti |tutte |i vostri |le vostre "
            r"|vostri |vostre |quest\w+ |dell |dei |delle |qualsiasi |qualunque |voi |tutt\w |mess )*"
            rf"(?:{_SEND}|{_TEXTS}|ricevere|quest\w (?:messaggi|roba|cose))",
            r"(?:smett\w+|smetter\w+|smetteste|finir\w+|piant\w+) (?:\w+ )?(?:di |a )(?:scriver|mandar|inviar"
            r"|contattar|disturbar|messaggi|romper|spammar|stressar|assillar|sms)\w*",
            r"(?:niente|nessun\w?|no|stop|basta|ne|mai|nemmeno|senza|zero) (?:piu |altr\w |ulterior\w |a "
            rf"|con |con gli |ai |agli |i |sti |questi |gli |co sti |con i |cogli )*{_TEXTS}(?! (?:da|di"
            rf"|ricevut\w) (?:ieri|parte))|(?:{_TEXTS}) (?:no|basta)$|niente (?:piu )?{_TEXTS}",
            r"(?:lasci|lassa|lass)\w*(?:mi|me|ci|ce)? (?:in pace|stare|perdere?|tranquill\w)|(?:fuori"
            r"|via) dalle (?:scatole|palle)|^(?:ma )?(?:sparite|sparisci|smammate|fuori)$"
            r"|dett\w (?:\w+ )?di smettere|via (?:il mio|questo) (?:numero|contatto)|vorrei smettere"
            r"|fatela finita|(?:toglie|leva)\w* "
            r"(?:il disturbo|dalle (?:scatole|palle))|tolgo il disturbo",
            unless=r"arrivat\w|ricevut\w|non smett\w+|non (?:cancell|annull|elimin|interromp|sospend)\w+"
            r"|la pubblicita in tv|ricevo|mi arriva|ho smesso|ha smesso|perche (?:nessun|non)"
            r"|nessun messaggio da|trovato",
        ),
        rule(
            "asks to be removed from a list",
            rf"(?:{_REMOVE})\w{{0,6}}(?:mi|ci|me|ce|temi|teci|teme|rmi|rci)\b(?! (?:l|il|la|lo|un|una|i|le|gli"
            r"|quel\w*|el|er) (?!num|nome))",
            r"(?:mi cancello|mi togliete|mi levate|mi disiscrivo|mi tolgo)(?: (?:pls|per favore|grazie|ora"
            r"|subito|da \w+))*$|(?:mi|me|ci) (?:pot\w+ |puo\w* |vuo\w+ |dovete |volete |fareste |fate |puoi )?"
            rf"(?:{_REMOVE})\w{{0,6}} (?:\w+ ){{0,2}}(?:da|dal|dalla|dallelenco|dagli|dalle|da sta|per favore"
            r"|grazie|da quest\w|dai|$)",
            rf"(?:{_REMOVE}|scord|dimentic|perd)\w{{0,6}} (?:per favore |subito |pure |definitivamente |via "
            rf"|x favore |immediatamente )*{_MY_NUMBER}|scordatev\w|dimenticat\w+ (?:di me|il mio)",
            r"(?:tog|lev|cancell|elimin|rimuov|esclud|depenn|uscir|rimozion|fuori|via|disiscri)\w* "
            r"(?:\w+ ){0,3}(?:dal|dalla|dai|dalle|dallelenco|dell|della|da|dagli|d\w) ?(?:\w+ )?(?:list\w"
            r"|elenc\w|rubric\w|sistema|archivi\w?|database|indirizzari\w|mailing|messaggistica|invii|sms"
            r"|messaggi|contatti|banca|destinatari|registr\w|gruppo|roba)",
            r"(?:essere|venire|esser) (?:\w+ )?(?:cancellat|eliminat|rimoss|tolt|esclus|depennat|disiscritt"
            r"|levat)\w|dis?s?iscri\w*|disinscri\w*|de?siscri\w*|cancellazione (?:dalla|del|dal|da|dei"
            r"|immediata)|(?:fatemi|famme|fateme|fammi) (?:uscire|usci)|(?:voglio|vorrei) (?:uscire"
            r"|essere fuori) (?:da|dal|dalla)|scrivetemi fuori",
            unless=r"partita|squadra|turno|corso|cena|lezione|come fa|lista d ?attesa|lista dattesa"
            r"|elenco (?:della|dei) (?:mensa|soci)|appuntamento|visita"
            r"|prenotazione|punti|dente|gesso|per (?:errore|sbaglio)|sono stat\w disiscritt|m hanno"
            r"|mi hanno|mhanno|ordine|carrello|volo|foto|scusate|mia (?:nipote|figlia)|mio figlio"
            r"|mi e stat\w|mi si e|non (?:cancell|elimin|togli)\w+",
        ),
        rule(
            "withdraws consent",
            r"(?:revoc|ritir|tolgo|annull|nego)\w* (?:\w+ )?(?:il |la |ogni |mio |l |qualsiasi )*(?:consenso"
            r"|autorizzazione|lautorizzazione|permesso|adesione|iscrizione)|(?:mi )?oppongo|opposizione al|"
            r"(?:non|mai|nessun) (?:ho (?:mai )?)?(?:dato |do |autorizz\w+ |presto |acconsent\w+ |concess\w+ "
            r"|concedo )(?:\w+ ){0,2}(?:consenso|autorizzazione|permesso|invio|linvio|ricev\w+|contatt\w+"
            r"|messaggi|sms)|non acconsento|non autorizzo|(?:disdico|disdire|disdett\w|recedo|recedere"
            r"|annull\w+|cancell\w+|disattiv\w+) (?:\w+ ){0,2}(?:iscrizione|liscrizione|servizio (?:sms"
            r"|di messagg\w+|messaggi)|messaggistica|abbonamento (?:sms|ai messaggi)|sottoscrizione|ladesione)"
            r"|unsubscribe|opt out|(?:cancell|elimin)\w+ i miei dati",
            unless=r"palestra|luce|gas|per errore|per sbaglio",
        ),
        rule(
            "wants no texts",
            r"(?:non|nn|nun|n|piu|mica) (?:vogl\w+|voj\w*|desider\w+|intend\w+|gradis\w+|accett\w+|vorrei"
            r"|mi va|mi interessa|mi serv\w+|ho bisogno|ho richiesto|ho chiesto|ho (?:mai )?sottoscritto"
            r"|me va|me servono|voio|tollero|sopporto|necessit\w+|mi occorr\w+) (?:di |ricev\w+ |riceve "
            r"|ricevere |esser\w* |avere |legger\w* |veder\w* |piu |altr\w |ulterior\w |ave |de |i |le |gli "
            rf"|sti |ste |mai |a )*(?:\w+ ){{0,2}}?(?:{_TEXTS}|contattat\w|disturbat\w|nulla da voi"
            r"|niente da voi|altro da voi|nulla (?:piu|di piu)|vostr\w|da voi|ricev\w+)",
            r"(?:non|nn|nun) (?:vogl\w+|desider\w+|intend\w+|vojo|vorrei|gradisco) (?:piu |assolutamente "
            r"|mai )*(?:ricev\w+|esser\w* (?:contattat|disturbat|importunat)\w|sentir\w+|i vostri|le vostre"
            r"|avere vostr\w)|(?:non|nn) (?:li|le) (?:vogl|desider|gradis|vojo)\w* ?(?:piu)?|(?:preferi\w+"
            r"|vorrei|piacere) (?:\w+ )?(?:non|nn) (?:ricev\w+|essere)|(?:per )?non ricever\w* piu"
            r"|come .* non ricever\w*",
            unless=r"perder\w+|smetter|non voglio disturbar\w+|disturbo|che smett|interromper|cancellar\w+"
            r"|cipolla|zucchero|pane|la fattura|non vorrei disturbare|perche non|rinunciar\w+|ho ricevuto",
        ),
        rule(
            "asks to stop",
            r"^(?:\w+ ){0,3}(?:basta|bast|smettetela|smettete|stop|fermatevi|finitela|piantatela|smettila"
            r"|finiamola)(?: (?:per favore|grazie|pero|x favore|ora|cosi|subito|vi|prego|con|sta|storia|una"
            r"|buona|volta|per|favore|davvero|pls|con questa|roba|ok|veramente))*$",
            also=r"messagg\w*|sms|mess|spam|pubblicita|scriv\w+|mandat\w+|invi\w+|promo\w*|numero",
            unless=r"basta (?:la|una|un|che|il)|non basta|ahah|lol|ok basta cosi|mi basta",
        ),
    ),
    holds=(
        rule(
            "says the number is wrong",
            r"(?:numero|persona|contatto|destinatari\w) (?:e |era |proprio )?(?:sbagliat|errat)\w|(?:ha|hai"
            r"|avete|sta|state|avra) sbagli\w+|sbagliat\w (?:numero|persona)|non (?:sono|e) (?:io|la persona"
            r"|di|il numero)|questo numero non e|non (?:abita|vive|sta|lavora) piu|(?:e|venut\w a|mia"
            r"|mio \w+) (?:mancat|decedut|mort)\w|(?:mancat|decedut)[oa] |non (?:la|lo|vi|ti) conosco"
            r"|mi sono trasferit\w|(?:ho|abbiamo) cambiato (?:casa|numero|citta)",
            unless=r"conto|ho sbagliato|mi sono sbagliat|mero sbagliat",
        ),
        rule(
            "is not interested",
            r"(?:non|nn|nessun|mica) (?:mi |sono |ci |so |me |ho |piu )*(?:interess\w+|interesse)|(?:non|nn) "
            r"(?:mi|me) serv\w+ (?:niente|nulla|piu)|^no grazie(?: \w+)?$|(?:non|nn) (?:fa|fanno) per me"
            r"|non mi serve$",
        ),
        rule(
            "asks where the number is from",
            r"(?:ma )?(?:chi|ki|kie) (?:e|siete|sei|6|parla|scrive|sarebbe|vi ha|ti ha)(?: (?:scusi|lei|voi"
            r"|questo|dato|tu|scusa))*$|con chi (?:parlo|ho)|(?:come|dove|da chi) (?:\w+ ){0,2}(?:avuto|avete"
            r"|preso|ottenuto|hai|trovato) (?:il |er )?(?:mio|questo)|perche (?:mi |continuat\w |ricevo "
            r"|state |me )+(?:\w+ )?(?:scriv|mand|invi|messagg|ricev|a)\w*|(?:e|questo e) (?:spam|una truffa)|"
            r"(?:mai|non) (?:mi sono )?(?:iscritt|registrat|chiest|sottoscritt|dat)\w (?:\w+ )?",
            unless=r"chi e il|chi e la",
        ),
        rule(
            "complains about the texts",
            rf"(?:tropp|tant|numeros)\w (?:\w+ )?{_TEXTS}|{_TEXTS} (?:\w+ )?(?:davvero |troppo )?(?:tropp"
            r"|numeros|eccessiv)\w+|(?:stuf|stanc)\w (?:di|de|dei)|(?:avete|hai|hanno|me avete) rotto|^"
            r"(?:ora |adesso )?basta(?: cosi| ora| adesso| dai| davvero| pero)*$|(?:vi|ti|lo|la) (?:blocc"
            r"|segnal|denunci)\w+|garante|^spam$|che palle|ancora voi|un altro messaggio|andate a|che rottura"
            r"|smettetela|finitela|sempre (?:sti|questi)",
        ),
        rule(
            "asks for another way or for some texts",
            r"(?:meglio|solo|preferi\w+|soltanto|piuttosto|unicamente) (?:\w+ ){0,4}(?:mail|e mail|email"
            r"|telefon\w+|chiamat\w+|lettera|posta|chiamare)|(?:per|via) (?:e ?mail|mail|posta)(?: grazie"
            r"| per favore| per cortesia| va bene| e meglio)*$|(?:le|gli) (?:offert|promo|annunc)\w+ (?:non"
            r"|no)|(?:offerte|promo|vendita) no$|solo (?:gli|le|i) (?:avvisi|promemoria|comunicazioni)",
            unless=r"quale|posso|potete mandarm|potrebbe mandarm|ho mandato|vi ho|mandi la fattura",
        ),
        rule(
            "asks to cancel",
            r"^(?:\w+ )?(?:annull|cancell|disdi)(?:i|a|o|ate|are|ino|ca|co|te|re)(?: (?:tutto|pure|grazie"
            r"|per favore|per|cortesia|favore|ogni|cosa|quello|questo|di|domani|e|pure|il|resto))*$|come "
            r"(?:\w+ ){0,4}(?:cancell|disiscri|smett|togli|leva|elimin|disatt|ferm|blocc|uscir|annull)\w*|^"
            r"(?:stop|basta|ferma|fine)(?: (?:ahah|lol|\d+|ahaha|dai|xd))+$",
            unless=r"appuntament|ordine|prenotaz|visita",
        ),
    ),
    denials=(
        r"(?:non|nn|mai) (?:voglio |vorrei |volevo |dovete |mi |ci |smettere di )*(?:smett(?:ete|ere|etela|a)"
        r"|ferm(?:ate|atevi|are)|cancell(?:ate|atemi|are|armi|arci)|togli\w+|elimin(?:ate|atemi|are"
        r"|armi)|disattiv\w+"
        r"|interromp(?:ete|ere)|disiscriv\w+|sospend(?:ete|ere)|levat\w+)(?! (?:non|in pace|di scriver"
        r"|di mandar|di inviar|mai di))|(?:ho|ha|hanno|hai|abbiamo) (?:\w+ )?(?:smesso|finito|cancellato"
        r"|eliminato|annullato|interrotto|tolto)(?! (?:di|il) consenso)|se (?:mi (?:cancell|disiscri)\w+"
        r"|scrivo|rispondo stop)|per (?:errore|sbaglio)|(?:rispondi|rispondere|scrivi|invia|risponda) (?:stop"
        r"|basta|cancella|ferma)|non (?:mi )?(?:e arrivat\w|arriva|arrivano|ho ricevuto|ricevo|avete mandato"
        r"|hanno mandato)|(?:ancora|purtroppo) non|(?:basta|fermata) (?:la|il|una|un|che|l)\b|si ferma"
        r"|n(?:o|u)n m ?arriva\w* piu"
        r"|no?n chiam\w+(?! (?:e|o|ne|piu))"
        r"|mi fermo|(?<!mi )cancello\b"
    ),
    reservations=(
        r"(?:ma|pero) (?:vorrei|tenete|mandat\w+|le|gli|i|il|la|continu\w+|voglio|mantenet\w+|i promemoria"
        r"|lasciat\w+|non (?:le|gli|i)|si)\b|tranne|eccetto|solo (?:gli|le|i|quell\w+|per|mandat\w+|se)"
        r"|soltanto|unicamente|salvo|vecchio (?:numero|cell)|al posto|invece|di notte|cosi presto|dopo le"
        r"|prima delle|per ora|fino a|(?:gli|le|i|quelli) .* (?:invece )?si$|domenica|nel weekend"
        r"|^(?:\w+ ){0,2}come (?:si fa|faccio|posso|devo|mi (?:cancell|tolg|disiscriv)\w+|disattivo|fare) [^.]*$"
    ),
    wishes=(
        r"(?:di nuovo|nuovamente|unaltra volta|un altra volta|ancora una volta|daccapo) (?:\w+ ){0,3}"
        r"(?:messagg\w*|sms|lista|ricev\w+|iscri\w+)|(?:scriv|mand|invi|ricev|iscriv|mett|aggiung|contatt"
        r"|inser|attiv|messagg|vorrei|voglio)\w* (?:\w+ ){0,6}(?:di nuovo|nuovamente|ancora una volta"
        r"|unaltra volta|un altra volta|daccapo|come prima)|(?:torn|ricominci|riprend|ripres|ricomincia)\w* "
        r"(?:a |pure a |l|la |i )*(?:ricev|mand|scriv|invi|messagg|contatt|sms|riceve)\w*"
        r"|(?:rimett|reinser|riattiv|riscriv|reiscriv|riaggiung|rimand|riabilit|reinscriv|reimposta"
        r"|rinserir)\w*|potete (?:pure )?(?:scrivermi|mandarmi|riscriver\w+)|(?:mancano|mi manca\w+) (?:\w+ )?"
        r"(?:messagg|avvis|promo|offert|sms)\w*|(?:stop|cancellat\w|disiscritt\w|basta) (?:\w+ ){0,3}per "
        r"(?:errore|sbaglio)|per (?:errore|sbaglio) (?:\w+ ){0,3}(?:stop|cancellat\w|disiscritt\w)"
    ),
    same=spellings(
        "non nn",
        "perche xke",
        "per x",
        "messaggi msg mex",
        "grazie grz",
        "comunque cmq",
        "piu + pi",
    ),
)
