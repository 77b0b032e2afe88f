"""Topics of everyday texts: the words of all languages for days, food, cars, health and so on. Data.

The score reads them beside the concepts of opt-outs: "remove" beside food is no opt-out, whatever the food.
"""

from functools import lru_cache

# Words in small letters without accents and apostrophes; "*" stands for any ending. Of two topics the first counts.
_WORDS = {
    "day": "monday* tuesday* wednesday* thursday* friday* saturday* sunday* mon tue tues wed thu thur thurs fri"
    " sat sun weekend* today tonight tomorrow* tmrw tmr tomorow yesterday morning* afternoon* evening*"
    " noon midnight arvo week weeks month* january february april june july august september october"
    " november december holiday* easter christmas xmas thanksgiving lunes martes miercoles jueves viernes"
    " sabado* domingo* manana hoy ayer tarde tardecita noche semana* mes meses enero febrero marzo mayo"
    " junio julio agosto septiembre octubre noviembre diciembre feriado* finde navidad pascua* lundi*"
    " mardi* mercredi* jeudi* vendredi* samedi* dimanche* demain aujourdhui auj hier matin* soir* midi"
    " apresmidi semaine* mois janvier fevrier avril juin juillet aout septembre octobre novembre decembre"
    " ferie* noel paques tantot segunda terca quarta quinta sexta amanha hoje ontem noite fevereiro"
    " janeiro maio junho julho setembro outubro dezembro feriado natal montag* dienstag* mittwoch*"
    " donnerstag* freitag* samstag* sonnabend* sonntag* morgen heute heut gestern abend* vormittag*"
    " nachmittag* mittag* nacht woche* monat* januar februar marz mai juni juli oktober dezember feiertag*"
    " ostern weihnacht* wochenende mantig zischtig friitig maandag* dinsdag* woensdag* donderdag* vrijdag*"
    " zaterdag* zondag* vandaag gisteren ochtend* middag* avond* vanavond vanmiddag vnmd maand* januari"
    " februari maart mei augustus kerst pasen pinksteren lunedi martedi mercoledi giovedi venerdi sabato"
    " domenica domani oggi ieri mattin* pomeriggi* sera stasera notte settiman* mese mesi gennaio febbraio"
    " aprile maggio giugno luglio settembre ottobre dicembre natale pasqua ferragosto",
    "time": "pm am oclock hour hours hr hrs min mins minute* early late later soon half quarter hora horas"
    " horario* minuto* heure* ritard* retard tard uhr stunde* minuten spat spater fruh halb uur laat"
    " straks ora ore orario minuti tardi presto atras* tarde cedo pronto luego schedule reschedul*",
    "appointment": "appoint* appt* apt booking* booked book reserv* slot slots opening* visit* checkup consult* cita"
    " citas turno turnos hora rdv rendezvous creneau* seance* termin* besuch* buchung* afspra* boeking*"
    " appuntament* prenota* visita marca* agenda* remarc* meeting* meet class classes lesson* clase*"
    " clases curso* cours kurs* les lessen lezione lezioni aula aulas corso gig shift shifts practice"
    " training* session* test exam*",
    "come": "come coming came arriv* otw omw heading pull pulling drop stopping pick pickup voy llego llegando"
    " paso pasar salgo ven vengo ir vamos viens arrive passe passer chego chegando vou indo passa komm*"
    " bin hol abhol* kom komen ophal* arrivo passo veniamo ritir* walk drive driving drove going go goes"
    " gone ride back outside here there",
    "food": "pizza* burger* fries chicken* onion* olive* cheese* salad* sauce* ranch taco* wing* bread* cake*"
    " coffee* tea beer* wine* drink* coke soda salsa sushi soup* egg* bacon pepperoni anchov* mushroom*"
    " sugar milk pickle* pickles gluten vegan* vegetarian menu* dessert* sandwich* meal* lunch* dinner*"
    " breakfast* supper food nuts mayo lettuce tomato* ice cebolla* queso* pan pollo carne* papas"
    " empanada* torta* pastel* cafe cerveza* vino refresco* comida* cena* almuerzo* desayuno* aceituna*"
    " ajo arroz paella tortilla* milanesa* factura* docena helado* azucar leche oignon* fromage* pain"
    " poulet viande* frites gateau* biere* vin anchois dejeuner diner souper poutine lait sucre oeuf*"
    " soupe* croissant* queijo pao frango cebola* bolo* cerveja* vinho* calabresa marmit* acai coxinha*"
    " feijoada almoco jantar azeitona* refri* pastel sorvete* fiambre sandes zwiebel* kase* brot*"
    " brotchen* hahnchen huhn kuchen* kaffee* bier* wein* essen mittagessen fruhstuck* abendessen"
    " knoblauch* oliven* nachtisch* knodel schweinsbrat* wurst* suppe* gurke* schinken milch zucker pommes"
    " salat* tisch ui uien kaas brood* kip taart* koffie wijn* eten ontbijt friet* frietjes augurk*"
    " kroket* soep* saus sambal hagelslag melk suiker tafel cipoll* formaggio pane caffe birra* pranzo"
    " colazion* acciugh* oliva olive prosciutto panino panini tiramisu diavola margherita gelato zucchero"
    " latte tavolo",
    "car": "car cars truck* tire* tires brake* oil engine* battery rego motor* mechanic* windshield muffler"
    " plate coche* carro* auto autos llanta* rueda* freno* aceite taller* bateria voiture* char pneu*"
    " pneus frein* vidange moteur* garage* carro oficina pneu oleo freio* wagen* reifen* bremse* ol"
    " olwechsel werkstatt* tuv batterie banden rem remmen olie apk kenteken macchina macchine gomme freni"
    " olio tagliando revision* revisione officina bike* velo fahrrad* fiets* bici* moto* bus train* tram"
    " taxi* van flight* traffic parking* park parkplatz parkeer* traffico transito embouteillage* stau"
    " file highway road street*",
    "health": "doctor* dr dentist* tooth teeth crown filling* pain* hurt* fever* sick cough* bleed* blood* surgery"
    " prescription* refill* meds medic* pill* tablet* dose insurance copay* nurse* vaccin* shot shots"
    " xray* braces stitches ankle knee* shoulder* stomach* headache* cold flu covid allerg* baby pregnan*"
    " rash smok* smoking diet drinking doctora* muela* diente* dolor duele fiebre enferm* tos sangre*"
    " cirugia receta* pastilla* seguro vacuna* rodilla* cadera* panza gripa gripe fumar ayunas dentadura"
    " docteur* medecin* dentiste* dent dents mal douleur* fievre malade* toux sang ordonnance* comprime*"
    " genou* dos grippe fumer jeun gastro doutor* dente* dor doi febre doente tosse sangue cirurgia"
    " remedio* receita* vacina* joelho* jejum arzt* zahn* zahne schmerz* weh fieber krank husten blut* op"
    " rezept* tablette* impf* knie* bauch* rauch* rauchen nuchtern praxis dokter* tandarts* tand* pijn*"
    " koorts ziek hoest bloed operatie recept* pillen medicijn* inent* griep roken nuchter gebit dottor*"
    " denti dente male dolore febbre malat* ricetta compress* ginocchio influenza fumare digiuno dentiera"
    " gocce",
    "home": "apartment* apt house* home room* rent* lease landlord* tenant* sink* toilet* leak* water heat*"
    " heater furnace ac boiler plumb* roof* door* key keys gate* window* kitchen* garage* lawn* yard*"
    " fridge* washer dryer light* elevator* lift deposit* mortgage listing* realtor departamento* depto"
    " depa piso* casa* cuarto* alquiler* renta* agua luz llave* puerta* ascensor* techo* fuga* caldera*"
    " lavadora* appartement* logement* maison* loyer* bail chaudiere* fuite* cle cles porte* ascenseur*"
    " toit* cuisine* caution* apartamento* aluguel renda chave* porta* elevador* vazamento* cozinha*"
    " senhoria wohnung* haus* miete* heizung* wasser* schlussel* tur aufzug* dach* kuche* kaution* keller*"
    " woning* huis* huur* verwarming* lekkage* sleutel* deur* lift* dak* keuken* borg appartament* affitto"
    " caldaia* acqua chiavi ascensore* tetto* cucina* caparra citofono",
    "money": "price* cost* costs pay paid paying payment* bill* invoice* charge* charged refund* dollar* cash card"
    " credit venmo zelle cashapp quote estimate* fee fees bucks discount* receipt* balance autopay tax"
    " taxes bank loan* cuanto cuesta sale precio* pago* pagar pague factura* cobro* transfer* deposito*"
    " dinero efectivo tarjeta* bizum reembolso* combien prix coute payer paie facture* virement* rembours*"
    " carte* devis quanto custa preco* pagamento* pago pix boleto* fatura* nota troco cartao desconto*"
    " reembols* kostet kosten preis* zahl* bezahl* rechnung* uberweis* geld karte* angebot"
    " kostenvoranschlag* erstatt* trinkgeld kost prijs* betaal* betalen factuur* overgemaakt tikkie pin"
    " pinnen offerte* costa costano prezzo* pagare pagament* fattura* bonific* soldi bancomat preventiv*"
    " rimbors*",
    "order": "order* orders deliver* package* parcel* ship* shipping tracking pickup size* color* colour* return*"
    " exchange* swap stock* store shop* item* dress* shirt* shoe* shoes jacket* coat* hat glasses umbrella"
    " wallet pedido* paquete* entrega* envio talla* tienda* zapato* camisa* vestido* gafas paraguas"
    " commande* colis livr* taille* magasin* boutique* chaussure* manteau* lunettes echarpe encomenda*"
    " pacote* entreg* tamanho* loja* sapato* blusa oculos bestellung* paket* liefer* grosse* laden"
    " geschaft* schuh* jacke* brille* schirm* hose* bestelling* pakket* pakje* bezorg* maat winkel*"
    " schoen* jas bril sjaal ordine* pacco* conseg* taglia* negozio* scarpe giacca occhiali sciarpa",
    "family": "mom mum mama mother* dad father* son daughter* kid kids child* baby husband* hubby wife* brother*"
    " sister* grandma* grandpa* nana aunt uncle cousin* dog* dogs cat cats puppy pet pets hija* hijo* papa"
    " esposo* esposa* marido mujer hermano* hermana* abuela* abuelo* nena nene nino* nina* perro* perrito"
    " gato* mere pere fils fille* mari femme enfant* frere* soeur* chien* chat chats maman filho* filha*"
    " mae pai esposa irmao irma avo neto* cachorro* gato crianca* sohn* tochter* mutter* vater* mann frau"
    " kind* bruder* schwester* oma opa hund* katze* zoon dochter* moeder* vader* man vrouw kinderen broer*"
    " zus hond* kat figli* mamma madre padre marito moglie fratello sorella nonn* cane gatto bimb* bambin*",
    "school": "school* teacher* class homework grade* bus field trip lunchbox backpack recess principal colegio*"
    " escuela* maestra* profe* tarea* mochila* acto ecole* maitresse* prof classe* cantine devoirs"
    " cartable escola* professor* prova* mochila lancheira schule* lehrer* klasse* hausaufgabe* ranzen"
    " kita elternabend* juf meester klas gymtas bso ouderavond scuola maestr* compiti zaino gita recita",
    "thanks": "thank* thanks thx ty tysm appreciate awesome great perfect good lovely cool ok okay okey k yes yep"
    " yeah yea sure bet gracias perfecto vale dale listo bueno buenisimo claro si merci parfait super"
    " accord ouais oui daccord obrigad* valeu beleza blz otimo sim perfeito combinado danke* dank passt"
    " gut prima ja jo bedankt* goed top oke grazie perfetto bene ottimo certo",
    "greet": "hi hello hey hiya morning howdy yo hola buenas buenos bonjour bonsoir salut coucou allo ola oi bom"
    " boa hallo moin servus gruss guten tag hoi dag goedemorgen goeiedag goedemiddag ciao salve buongiorno"
    " buonasera sir maam madam miss dear",
    "ask": "what whats when where which how much many que cual cuando donde como quel quelle quels quand ou"
    " comment est qual quando onde was wann wo wie welche* wieviel wat wanneer waar hoe welke cosa dove"
    " come quale",
    "can": "can could may will would able possible possib* puedo puede* podria* pueden podeis peux peut pouvez"
    " pourriez puis posso pode podem poderia kann konnt* konnen konnte darf chond kan kunt kunnen mag puo"
    " potete potrebbe*",
    "they": "he she they him her his theyre hes shes somebody someone anybody everyone el ella ellos ellas il"
    " elle ils elles lui leur er sie ihm hij zij ze hem haar lei loro ele ela eles elas",
    "past": "was were did didnt had been got went said told sent called used gave ha han fue era estaba dije hice"
    " he habia avait etait ete fait dit suis foi estava tinha fiz disse hat hatte habe hab war wurde"
    " wurden ist heeft werd heb hebt ho abbiamo stato stata avevo",
    "if": "if unless when until till before after while because since si cuando hasta antes despues mientras"
    " porque quand jusqu* avant apres parce quando ate depois wenn falls bis bevor nachdem weil als totdat"
    " voordat nadat omdat se finche prima dopo perche",
    "gone": "moved moving sold sell died dead passed deceased retired graduated divorced changed switched closed"
    " bought found hired quit mude mudamos vendi murio fallecio jubil* cambie cambiamos compre compramos"
    " demenag* vendu decede* mort retraite* change achete trouve mudei morreu faleceu aposent* troquei"
    " comprei umgezogen verkauft verstorben gestorben rente gewechselt gekauft gefunden verhuisd verkocht"
    " overleden pensioen gewisseld gekocht gevonden trasferit* venduto venduta morto morta deceduto"
    " pensione cambiato comprat* trovato",
    "old": "old other wrong different another viejo otro ancien autre antigo outro alt alte alter anderen andere"
    " oud ander vecchio altro altra",
    "web": "app website web site link email* mail login log password* portal account* online page code* wifi"
    " internet facebook instagram insta cuenta* contrasena* pagina enlace compte* lien conta senha konto*"
    " passwort* seite wachtwoord* inlog* sito account",
}  # fmt: skip
_SHORTEST, _LONGEST = 3, 12  # letters of a beginning


def _by_spelling() -> tuple[dict[str, str], dict[str, str]]:
    """The topics by whole words and by beginnings of words."""
    whole: dict[str, str] = {}
    beginnings: dict[str, str] = {}
    for topic, words in _WORDS.items():
        for word in words.split():
            table = beginnings if word.endswith("*") else whole
            table.setdefault(word.rstrip("*"), topic)
    return whole, beginnings


_WHOLE, _BEGINNINGS = _by_spelling()


@lru_cache(maxsize=8192)
def topic_of(word: str) -> str | None:
    """The topic of a word in small letters, without accents and apostrophes; of a number "0"."""
    if topic := _WHOLE.get(word):
        return topic
    for length in range(min(len(word), _LONGEST), _SHORTEST - 1, -1):
        if topic := _BEGINNINGS.get(word[:length]):
            return topic
    return "0" if word == "0" else None
