"""Concepts of opt-outs: the words of all languages that mean to stop, to remove, a text, me and so on. Data.

The score reads them beside the words, so that what it learnt of one verb or language holds for others.
"""

from functools import lru_cache

# Words in small letters without accents and apostrophes; "*" stands for any ending. A French word behind "+" also
# counts with a shortened word before it (menvoyez, darreter). A word may belong to several concepts.
_WORDS = {
    "stop": "stop stops stopping stopped stopp* stahp stap stp quit quits quitting ceas* discontinu* halt*"
        " desist*"
    " refrain* knock cut shut kill end ending terminat* suspend* paus* disabl* deactiv* desactiv* desativ*"
    " cancel*"
    " annul* anul* mute silenc* enough plenty done hush turn turned"
    " dejen* deje dejes dejar* dejad* deja dejame dejeme dejemos paren parenle pare parad parar cesen cesar"
    " cese"
    " detener* detengan* basta corten* corta cortala cortenla alto termin* acaben acabem aflojen"
    " +arret* cess* suffit marre lache lachez lacher lachemoi foutez fichez interromp*"
    " parem para parei chega deixem deixe deixar deixa encerr* largu* larga larguem sossega*"
    " aufhor* aufhoer* hort hor horen horts horet hored hoert schluss genug unterlass* beend* verschon*"
    " schleich* abseh* einstell* ufhor* ein abstell*"
    " reicht lasst lass lassen lasset lond"
    " hou houd houdt ophoud* kap kappen kapt genoeg staak staken beeindig* rot donder flikker ermee"
    " smett* smetet* finite finitela finiscila finirla piant* ferm* sospend* lasci* lassate*"
    " over finish finished finito wrap ditch skip spare sever block blocking nix axe hold lay ease"
    " back suspension finaliz* finalic* frenen frena basto calle callense larguense +stopez stope stopez"
    " clore cloturer fini finissez epargnez abregez cancell* resili* finalizem finaliza pausa pausem"
    " sosseguem aufgehort stellt einzustellen abschalten abdrehen beendet verzieht haut abbrechen ophouwe"
    " stopzetten stopt schei oprotten opzouten weg falla fatela piantatela chiud* blocc* tronc* dacci*"
    " unterbleib* abzuseh* absehen stoper stawp interromp* interrompre interrompere finisse finire"
    " finiscano smetta enden endet schluss akaben acabe chao chau parate uitzetten uitschakel* schakel*"
    " afblijven ausschalt* gesperrt sperr* spegn* cessar cessem cessate cessaz* cesser desist* silencio"
    " silence stilte stumm schweig* 🛑 🚫 ⛔ ✋ detenerse quittez vervallen volstaan voldoende whoa zip"
    " finie finies alt verzicht* conclud* nuff"
    " halte stopzet* eindig* einde termine terminez puntofinal vazem"
    " piantatel* smettetel* descontinu* cessazione weglassen weglaten disattiv*",
    "remove": "remov* rmeov* remoev* delte detele delet* eras* scrub* drop dropped strike scratch lose"
        " unsub* unenrol* unlist* purg* nuke wipe"
    " take taken pull get exclud* opt opting optout unregist* dereg* scratch off out"
    " quiten* quita quitar* quitad* quitame quiteme quitenlo kiten* saque saquen* sacar* saca sacame sacala"
    " sacalo"
    " sacad* borr* elimin* retir* remuev* desuscri* baja bajame excluy* suprim* tach* olvid* fuera salir*"
    " supprim* +effac* rayez rayer radi* sortez sortir sors otez oter ote +desinscri* +desabon* virez"
    " virer debarqu* degag* +oubli* retrait opposition"
    " tire tirem tira tirar remo* exclu* apag* descadastr* desinscr* sair saia saiam remocao esque*"
    " losch* loesch* entfern* streich* austrag* abmeld* meldet meldets trag tragt nimm nehmen nehmt nehmts raus"
    " abbestell* widerruf* vergesst vergiss ausse use austrogn abmald* abmeld* kundig* deabonn* tilg*"
    " schmeiss* weg wag"
    " haal* verwijder* wis wist wissen schrap* uitschrij* schrijf afmeld* eraf eruit smijt gooi gooit"
    " vergeet weg"
    " togli* tolg* leva levate* levami levarmi cancell* rimuov* rimozion* disiscri* esclud* depenn* scord*"
    " dimentic* via fuori"
    " unfollow uninvite leave leaving withdraw* revok* rescind* forget expunge bump kick boot free release"
    " yank strip detach disconnect cross tke removal deactiv* close bye goodbye descarten despeguen"
    " desapunt* desanot* anulen depur* desvincul* deslig* renunci* revoc* baj* bajen bajenme salgo salirme"
    " saqueme +eras* biffez biffer jetez gommez decrochez decroch* flush* liberez lachez retracte revoque"
    " risqu* limpem limpa tirada exclusao remocoes anulem descad* dessubscrev* larguem rausnehm*"
    " rausstreich* runter rausschmeiss* rauslosch* herausnehm* ausschliess* abmeldung kundigung austritt"
    " haut kiepert verbann* doorhal* afhalen uitgeschreven afgemeld weghalen weggooien knikker donder"
    " deleten flikker opzeggen cancella* disdi* disdett* cav* stacc* recedo recesso ritir* smamm* spari*"
    " rimoss* tolt* elimina*"
    " unlink omit exempt suppress* supres* rm rmv remoov* dleete trash discard disregard desconsider*"
    " desagreg* disparait* disparaitre verschwind* verabschied* verabschiede uittrek* uitgetrokken los"
    " afscheid stracci* esca risparmi* arranc* revog* desengag* debarrass* desab* unsign unscr* unsus*"
    " usub* unsib* dnd tkae austrag* austragen absetz* depart depose dump chuck flick toss pop ditch unadd"
    " untag remover retirar retirez sperren losch sortie desinstal* esclu* estromett* 🗑 ❌ uitvink*"
    " spared exempted fuhged* esoner* esent* poup* poupem salgan salganse sai uit livat* zuruckgezogen"
    " zurueckgezogen verpisst smijten +enlev*"
    " schrappt ausgetragen verlasse verlassen stap uitstap* quitter cancele"
    " meld muten unmatch comot sumam suma vaza desfac* vacate scancell* abmaud* abmalde revoked desagreg*",
    "send": "text texting texted messag* contact* send* bother* bugging spam* harass* disturb* write"
        " writing hit"
    " hitting ping* reaching solicit* follow market* advertis* using use blast* blowing"
    " mand* envi* escrib* molest* avis* textee* texteen hostig* joder joda"
    " +envo* +ecri* textez texter derang* harcel* sollicit* relanc* +utilis*"
    " escrev* incomod* perturb* chamar chamem chate* contat*"
    " schreib* schriib* schrib* schick* schik* send* zusend* kontakt* belastig* belaestig* nervt nerven storen"
    " stur* stuur* schrij* app appen appt smsen lastig* benader* mail mailen toestur*"
    " invi* scriv* contatt* disturb* romper* rompete importun*"
    " dm dms hmu holla nag nagging pester* annoy* hound* buzz* chime blow contacting push pushing email"
    " emailing market marketing robo solicitation outreach hablen llamen llamar llamarme comuniqu* notifi*"
    " publicit* satur* spame* spamee* bombarde* fastidi* embet* achal* spamm* bombard* inond* prevenir"
    " prevenu* informer lembr* encham encher amol* aporrinh* import* ligar divulg* anschreib* behellig*"
    " zumull* zuspam* bombardier* informier* benachrichtig* zukommen bestok* bestook* toezend* verzend*"
    " sturen whatsapp* informer* assill* tormenta* tempest* stress* scocc* inoltr* spedi* chiam* notific*"
    " contatta*"
    " anfunk* anpiep* piep* pester beepe notifier notificar notificare contactar contacter contactez"
    " kontaktier* hinschreib* schriibe zuzuschick* zuzusend* recontact* insist* reach",
    "text": "text texts texte texto textos textes messag* msg* sms* txt* spam* alert* notif* promo* offer*"
        " ad ads"
    " blast* newsletter* remind* updat* notice* bulletin* flyer* coupon* ping pings campaign* survey*"
    " mensaj* mensag* publicidad propaganda ofert* aviso* avisos anunci* msj* recordator*"
    " pub pubs publicite* offres rappel* textos courriel* demarchage"
    " lembrete*"
    " nachricht* werbung* werbe* mitteilung* benachrichtig* infos angebot*"
    " bericht* reclame* aanbieding* melding*"
    " messagg* mess mex avvis* pubblicita offert* notific* comunicazion*"
    " smss snaps thread chat chats blurb deal deals sale sales special specials junk pitch* solicitation*"
    " adverts comms communication* correspond* robotext* spams mensajito* sms cadena cupon* envio envios"
    " noticias boletin* difusion campan* sollicitation* envoi envois infolettre annonces niaiseries"
    " cochonneries recadinho* zap mensagenzinha* torpedo* aviso campanh* divulgac* novidades meldung*"
    " zusendung* zuschrift* newsletter texterei mist muell mull rundschreiben reklame kram zeug post appjes"
    " app apps smsjes spam nieuwsbrie* oproep* mededeling* push* rommel zooi messaggin* invii invio"
    " proposte volantin* sollecit* roba"
    " recado* kurznachricht* kurzmitteil* rundsend* smsen tekstbericht* circolari promemoria appelli"
    " avvertiment* uitnodiging* verkoopactie* campagne* campagna* comunicat* communique* bombard* pitches"
    " briefing outbound cadence relance* rappels textings texteo* novedades novita piepjes pings dings"
    " buzzing ringing beeping gebimmel gebiep matches nudges cobranza* torpedos listings auction sondagg*"
    " umfrage* enquete* encuesta* pesquisa*",
    "these": "these those them this it everything all thing esto estos estas eso esos ca ces cela isso isto"
        " esses"
    " essas essa esse das diese* dies dit deze dat ermee quest* sti ste",
    "not": "no not dont never neither nor nothing none without cant wont isnt aint nomore nope"
    " nunca jamas ni nada sin ne pas plus jamais rien aucun* nao n nem sem naum"
    " nicht nich kein* nie niemals nix nichts net ned nid niet geen nooit niks niets nimma nimmer nume num"
    " nuem nuet nix kane koane kei keini keinerlei gene neen nooit non mai niente nulla nessun*"
    " nun nn"
    " nah naw nill zero hardly longer tampoco ningun* nadie nul nulle pu nenhum* ninguem sequer keinesf*"
    " niemand null geenszins nessuno affatto manco neanche nemmeno mica"
    " plu evenmin weder declin* refus* reject* object* oppos* oppong* rechaz* recus* rifiut* weiger*"
    " ablehn* lehne zonder ohne senza dispens* renounc* rather cero null zeros",
    "more": "more anymore again further longer ever else another nomore mas otra vuelv* plus encore pu pus mais"
    " novamente volt* mehr wieder weiter* meh meer weer nog langer piu ancora altr*"
    " additional extra henceforth forever forward future anymor adelante futuro nuevamente otro davantage"
    " desormais avenir dorenavant autre autres adiante novo outra outro kunftig zukunft nochmal weitere"
    " voortaan toekomst opnieuw verder nuovamente ulterior*",
    "me": "me my us our mine myself mi mis nos moi mon ma nous meu minha mim mich mir mein* uns mij mijn mn"
        " ons mio"
    " mia ci"
    " im ive id minnes ours household nosotros nostro nostra onze we wir unser* ich je j yo eu io ik",
    "number": "number num phone cell line mobile numero* telefon* celular movil cel tel portable gsm"
        " nummer* handy*"
    " nr telefoon cellulare"
    " numbr nmbr nubmer digits device landline cellphone smartphone natel fone fono numerito contatto"
    " contact contacto contato kontakt* rufnummer mobilnummer toestel mobiel utenza recapito",
    "list": "list lists database system lista* liste* sistema base fichier* cadastro verteiler* datenbank"
        " lijst* lischt* listn"
    " bestand* systeem elenco rubrica contacts"
    " roster mailing distribution crm records file grupo agenda registro* directorio repertoire diffusion"
    " groupe registre* kartei datei gruppe adressbuch administratie groep* adresboek archivio gruppo"
    " archiv* anagrafica",
    "want": "want wanna wish like need care prefer rather appreciat* quiero quier* dese* necesit* prefier*"
        " interes*"
    " veux souhait* desir* besoin voudr* aimer* envie quero desej* precis* gostaria pretendo mocht* moecht*"
    " wunsch* brauch* mog wil wens* hoef* vogl* vorrei desider*"
    " wants wanted desire wishes intend would id prefiero gustaria quisiera queria solicito pido ruego"
    " exijo agradec* voudrais veut souhaiterais prie demande exige aimerais tiens peco agradeco dispenso"
    " wollen will bitten ersuche fordere verlange hatte wollte verzoek verlang vraag gaarne liever chiedo"
    " prego gradisco richiedo preferi* voglio vojo intendo",
    "receive": "receiv* get getting got hear hearing recib* llegu* llegan +recev* +recoi* receb* bekomm*"
        " erhalt*"
    " krieg* empfang* ontvang* krijg* ricev*"
    " caigan caer caen lleguen llegar llegue arriv* arriver arrivino ontvangst erreichen bereiken chegu*"
    " chegar mehrbekomm* kriegn zugeh* zugehen delivered",
    "consent": "consent* permission* authori* sign* subscri* enroll* register* autoriz* permis* suscri*"
        " autoris*"
    " accord +abonn* +inscri* oppos* opongo einwillig* zustimm* verzicht* widerspr* widerruf* einverstand*"
    " untersag* verbiet* bezwar* dsgvo rgpd lopd gdpr toestemming akkoord bezwaar"
    " tcpa optin legal lawyer attorney fcc stopwords derecho* derechos denunci* demand* cnil droit droits"
    " lgpd procon direito direitos anwalt abmahn* datenschutz* avg klacht* recht diritt* garante avvocat*"
    " privacy"
    " erlaub* widerspruch* object* objection oppositions autorizo dnc tcpa ftc rgpd consens*",
    "leave": "leave alone peace paz paix tranquill* ruhe ruah rueh frieden rust vrede pace",
    "please": "please pls plz kindly favor porfa svp bitte aub graag favore cortesia",
    "wrong": "wrong equivoc* mauvais tromp* erreur errad* engano falsch* verkeerd* sbagliat*"
    " who mistaken stranger desconoc* quien inconnu desconhec* quem wer kenne wie chi conosco",
    "you": "you your yall u ur yalls su sus ustedes vous vos votre voces vcs vossos vossas sie ihr euch"
        " eure* uw"
    " jullie voi vi vostr*",
}  # fmt: skip
_SHORTENED = ("", "m", "d", "n", "t", "l", "s", "j")  # French words before a vowel: m', d', n' ...
_WITH_ENDING = {
    "remove",
    "stop",
    "send",
    "receive",
}  # verbs that Romance languages write together with me and us
_ME_ENDINGS = ("me", "nos", "mi", "ci", "melo", "meles")
_SHORTEST_WITH_ENDING = 5
_LONGEST = 12  # letters of a beginning


def _by_spelling() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """The concepts by whole words and by beginnings of words."""
    whole: dict[str, list[str]] = {}
    beginnings: dict[str, list[str]] = {}
    for concept, words in _WORDS.items():
        for word in words.split():
            for spelling in [before + word[1:] for before in _SHORTENED] if word[0] == "+" else [word]:
                table = beginnings if spelling.endswith("*") else whole
                table.setdefault(spelling.rstrip("*"), []).append(concept)
    return whole, beginnings


_WHOLE, _BEGINNINGS = _by_spelling()


@lru_cache(maxsize=8192)
def concepts_of(word: str) -> tuple[str, ...]:
    """The concepts of a word in small letters, without accents and apostrophes."""
    found = dict.fromkeys(_WHOLE.get(word, ()))
    for length in range(2, min(len(word), _LONGEST) + 1):
        found.update(dict.fromkeys(_BEGINNINGS.get(word[:length], ())))
    if found.keys() & _WITH_ENDING and len(word) > _SHORTEST_WITH_ENDING and word.endswith(_ME_ENDINGS):
        found["me"] = None
    return tuple(found)
