"""Spanish grammar of opt-outs."""

from optout.reader.grammar import Language, rule, spellings
from optout.reader.languages.spanish_words import LISTS, MY_NUMBER, REMOVE, REMOVE_ME, SEND, STOP, TEXTS

SPANISH = Language(
    code="es",
    clues=(
        "fallecio murio "
        "quien kien mude cambie pasa volver vuelva escriba "
        "no nomas deje dejen deja dejar dejad dejeme dejenme dejarme pare paren parar parad cese cesen cesar "
        "detener detengan detenga termine basta suspenda suspendan suspender interrumpa corten corte evite "
        "evitar quite quiten quita quitar quiteme quitenme kite kiten saque saquen saca sacar saqueme "
        "saquenme borre borren borra borrar borrenme elimine eliminen eliminar elimina retire retiren "
        "remueva remuevan remover desuscribir desuscribirme excluya excluir suprima suprimir cancele "
        "cancelen cancela cancelar desactiven desactivar baja desapunten anule anular nunca numero "
        "equivocado equivocada equivocaron interesa porque stop opongo revoco retiro bloquear denunciar "
        "harto demasiados tantos vuelvan vuelva quiero prefiero olvide olviden desinscribir desvincular "
        "tache rechazo renuncio oposicion pierdan unsubscribe nada mas mande manden apunte apunten reactive "
        "reactiven agregue agreguen alto desista desistan fuera ni podrian queria quisiera desearia solicito "
        "sirvan abstengan abstenganse oiga mensajes sms textos mensaje lista celular"
    ),
    common=(
        "me mi los las sus que por favor su mis de y es lo le les a porfa gracias con aqui si como quien "
        "solo mejor otra otro para ya puede pueden"
    ),
    opt_outs=(
        rule(
            "asks not to text",
            r"(?:no|nunca|jamas|ni|tampoco|dejen de|sin) (?:se )?(?:me |nos |le |les |lo )*(?:vuelv\w+ a "
            r"|siga[ns]? "
            rf"|sigue[ns]? |segui\w+ |este[ns]? |anden |intenten )?(?:me |nos )?(?:mas )?{SEND} "
            rf"(?:\w+ ){{0,4}}?(?:mas(?! (?!mensaj|sms|texto|nada|de|por|a |porfa|gracias|avis|promo|ofert"
            rf"|publi|que|ya|x |pls|msj|al|en|esto|eso)\w)|nada|nunca|{TEXTS}|ningun\w*|jamas|a este|a mi"
            rf"|aqui|a esta)",
            rf"(?:no|nunca|jamas) (?:vuelv\w+ a |siga[ns]? )(?:me )?{SEND}",
            r"(?:no|nunca|jamas) (?:me |nos )(?:mas )?(?:escrib(?:a|an|as|ais)|contact(?:e|en|es)|molest(?:e"
            r"|en|es)|text(?:ee|een|ees|e|en)|texte[ae]n?|notifi\w+en?|mensajeen?|spameen)",
            r"ya (?:por favor |porfavor |porfa )?no+ (?:me |nos |lo |los )*(?:sigan |estes? |este[n]? |anden "
            rf"|vuelvan a )?{SEND}",
            r"(?:ya )?no (?:quiero |necesito |deseo |autorizo |es necesario |hace falta |tiene sentido "
            r"|permito |he pedido |queremos |kiero |qiero |acepto |consiento |hay necesidad |solicito )"
            rf"(?:de )?(?:a )?que (?:\w+ ){{0,2}}?(?:ya )?(?:me |nos |se )*(?:sigan |esten |siga |vuelvan a "
            rf"|este )?(?:{SEND}|lleg\w+|contact\w+|avis\w+|llam\w+)",
            r"(?:prefiero|preferiria|agradeceria|agradezco|ruego|pido|pediria|solicito|exijo|quiero|favor"
            r"|porfavor|gustaria|amables?|mejor|quisiera|pa|para)(?: \w+)? (?:de )?(?:que )?(?:ya )?no (?:me "
            rf"|nos )?(?:sigan |vuelvan a |ser |se )?(?:me )?(?:{SEND}|lleg\w+|contactad\w|contact\w+"
            r"|recibir\w*|escribirme|molestad\w)",
            rf"que (?:ya )?no (?:me |nos )(?:sigan |esten |siga )?(?:{SEND}|lleguen)",
        ),
        rule(
            "asks to stop texting",
            rf"{STOP} (?:ya |por favor |porfavor |porfa |ustedes |usted |inmediatamente |de inmediato "
            r"|x favor |pls |me |todo |toda )*(?:(?:el|la|lo) \w+ (?:de|con) |de |con |el |los |las |la "
            r"|estos |este |sus |su |tus "
            rf"|tantos |tanto |cualquier |todas las |todos los |lo de |esos |esas |estas )*(?:{SEND}|{TEXTS}"
            r"|mand\w+|envi\w+|escrib\w+|molest\w+|contact\w+|llegar)",
            r"(?:dej|dij)(?:e|en|a|ad|ar|arme|eme|enme|ame|adme|es)(?:me|nos)? (?:ya )?(?:de (?:mand|envi"
            r"|escrib|molest|text|contact|jod|fastid|chin)\w*|en paz|tranquil[oa]s?)",
            r"dejenlo ya|dejen ya|ya dejenme|ya paren|ya parenle",
            r"(?:no|ni un) mas (?:de )?(?:sus |estos |esos |tus |sus |los )?" + TEXTS,
            rf"(?:no|sin|ni|ningun) (?:mas |otro )(?:de )?{TEXTS}|ni un(?:o|a)? (?:{TEXTS} )?mas"
            rf"|nada de {TEXTS}|basta (?:ya )?(?:de|con) (?:\w+ )?{TEXTS}|{TEXTS} no mas|{TEXTS} ya no",
        ),
        rule(
            "asks to be removed from a list",
            rf"{REMOVE_ME}(?! (?:el|la|los|las|un|una|ese|esa|eso|de (?:la|el) (?!lista)\w+|del (?!sistema"
            rf"|grupo)\w+) ?(?!lista|numero|base|envio))(?! (?:el|la|los|las|un|una) )",
            rf"(?:^|no |que |ya |y |pero )(?:me|nos|nos lo|la|lo|le) {REMOVE}(?:eis|en|an|ad|a|e|as"
            rf"|es)(?: (?:ya|de|por favor|porfa|tio|che|pls|del?)\b|$)",
            r"(?:me|nos) (?:pued\w+ |podri\w+ |gustaria que |podes |haga\w* el favor de )*"
            rf"(?:{REMOVE})\w{{0,5}} (?:\w+ )?(?:de|del)(?: \w+){{0,3}} {LISTS}",
            r"(?:me|nos) (?:pued\w+ |podri\w+ )(?:quit|sac|borr|elimin|desuscri|remov)\w+",
            r"(?:quit|kit|sac|borr|elimin|retir|remuev|remov|suprim|exclu|tach|desactiv|cancel|olvid|pierd"
            rf"|despeguen|depur|desvincul)\w{{0,5}} (?:ya |por favor |porfa )?{MY_NUMBER}",
            rf"^fuera(?: ya| por favor)?$|(?:fuera|salir|salirme|sacar|salga) de (?:\w+ )?{LISTS}"
            rf"|que me (?:saquen|quiten|borren"
            r"|eliminen|quitaran|sacaran|borraran|den de baja|dieran de baja|retiren|excluyan)",
            unless=r"se me|me (?:borr|elimin|quit|cancel)(?:o|aron)|turno|clase|partido|cuenta|pedido|cobro"
            r"|reserva|lista de (?:espera|utiles|invitados)|cita"
            r"|sutur\w*|puntos|muela|diente|yeso|aparato|cebolla|cuenta de|cargo|pedido|foto|por error"
            r"|puedo|tatuaje|lunar|sangre|turno para",
        ),
        rule(
            "opts out",
            r"(?:dar|den|dame|de|demen|dan|darme|denme|deme|darnos|dennos|doy|da|doi|dad|dadme|dieran|dando"
            r"|demos|darse|d|dense|dar la) (?:me |de )?(?:por favor )?(?:de )?baja(?! el| la| un| del "
            r"(?:gimnasio|seguro|curso|plan)| la luz)",
            r"de baja (?:de|del|en) (?:\w+ )?(?:mensajes|sms|lista|textos|servicio|avisos|promociones|envios"
            r"|publicidad|base|suscripcion)|^baja(?: por favor| porfa| ya| gracias| de| sms| mensajes"
            r"| inmediata| definitiva)+$|(?:solicito|pido|quiero|tramiten|deseo|solicitar|procedan a) "
            r"(?:\w+ ){0,2}baja",
            r"(?:des|de|di|un)s?(?:us|s|inss?)cri(?:b|v|p)\w*(?! a mi hij)|cancel\w* (?:mi |la |esta |el |los "
            r"|sus |estos |todos los |de )*(?:suscripcion|subscripcion|mensajes|sms|textos|envio|envios|avisos"
            r"|alertas|servicio de (?:mensajes|sms|textos)|notificaciones|registro)"
            r"|(?:revoco|retiro|revocar|anulo|retirar|cancelo) (?:mi |el |la |cualquier |todo )*"
            r"(?:consentimiento|autorizacion|permiso)|no (?:doy|autorizo|consiento|les di|he dado|di|les doy"
            r"|tienen|les autorizo)(?: \w+)? (?:mi )?(?:permiso|consentimiento|autorizacion|el envio|a recibir"
            r"|el uso|que me|mensajes|mas)"
            r"|derecho de (?:oposicion|supresion|cancelacion)|me opongo a|renuncio a|unsubscribe|opt out"
            r"|me borro|(?:desactiv|anul|suspend)\w* (?:\w+ ){0,2}(?:mensajes|sms|avisos|textos|suscripcion"
            r"|alertas|envios|notificaciones|recordatorios)",
            unless=r"se me borro|presion|fiebre|por (?:error|accidente)|sin querer|medica|maternidad"
            r"|laboral|laborales|planta"
            r"|escuela|gimnasio|gym|la cuota|clases|curso|paternidad|el precio|mi hij[oa]|puedo darme"
            r"|seguro|app|canal",
        ),
        rule(
            "wants no texts",
            r"(?:no|ya no|ni) (?:quiero|kiero|qiero|deseo|quisiera|necesito|queremos|deseamos|me interesa"
            r"|tengo interes en|autorizo|acepto|pedi|solicite|kero|qro|quero|quieren|requiero|nesecito"
            r"|nesesito|ocupo|me gusta) (?:volver a |ya |seguir |que |mas |estar )*(?:recib\w*|resib\w*"
            rf"|obten\w*|ver|tener|leer|saber|recibiendo|ser)?(?: \w+){{0,3}}? ?(?:mas|{TEXTS}|nada"
            r"|contactad\w|esto|estos|molestad\w|en (?:su|esta|la|tu) lista|notificad\w)",
            r"(?:no|ya no) (?:quiero|deseo|kiero|qiero|me interesa|necesito|quisiera) (?:seguir )?(?:recibir"
            r"|recibirlos|recibiendo|resibir)(?:los|las)?",
            r"ya no los (?:quiero|kiero|necesito|deseo|ocupo)|no los (?:quiero|deseo)|ya no (?:quiero|ocupo"
            r"|necesito)(?: de)? (?:sus|estos|los|mas|esos)",
            r"(?:este|mi) (?:\w+ )?(?:numero|telefono|celular|cel) no (?:es|esta) (?:para|pa) "
            rf"(?:\w+ )?{TEXTS}|prefiero no (?:recibir|ser)",
            unless=r"perder|dejar de|que se|cebolla|cita|quiero perder|no me lleg|sin querer|no quiero dejar"
            r"|se cancelen|nada mas por hoy|no necesito nada mas|no quiero molestar|mas (?:comida|pan|cafe"
            r"|azucar|tortillas|salsa|hielo|cosas|citas|clases)|te quiero|darme de baja por",
        ),
        rule(
            "asks to stop",
            r"^(?:\w+ ){0,2}(?:paren|pare|parenle|stop|basta|alto|ya basta|detenganse|dejenme|dejeme)(?: (?:ya"
            r"|por favor|porfa|porfavor|gracias|de una vez|por dios|con eso|con esto|de))*$",
            also=r"mensaj\w*|sms|textos?|msj\w*|spam|publicidad|propaganda|escrib\w+|mand\w+|envi\w+|molest\w+"
            r"|numero",
            unless=r"no paren|jaja",
        ),
    ),
    holds=(
        rule(
            "says the number is wrong",
            r"(?:numero|num|nro|telefono|persona) (?:es |esta )?(?:equivocad\w|errone\w|incorrect\w|mal)|(?:se"
            r"|te) (?:han |ha |has )?(?:equivoc|confund)\w+|no (?:soy|es) (?:esa|ese|el numero|la persona"
            r"|quien)|aqui no (?:vive|hay|es)|ya no vive|(?:fallecio|murio|ha fallecido)|no (?:conozco"
            r"|conosco) a|este (?:numero|telefono) (?:ya )?no es",
            unless="me equivoque|esta mal escrit",
        ),
        rule(
            "is not interested",
            r"no (?:me )?(?:interesa|intereza|estoy interesad\w|toy interesa\w|tengo interes|nos interesa"
            r"|gracias$)|no me sirve|no es para mi|no(?:,)? gracias(?: no)?$|no me (?:importa|hace falta)$",
        ),
        rule(
            "asks where the number is from",
            r"(?:quien|kien|qn) (?:es|sos|eres|son|habla|me|e|les|le|te|escribe)(?: (?:usted|ustedes|este|esta"
            r"|tu|vos|y|dio|eres|escribe))*|(?:de )?donde (?:\w+ )?(?:sac\w+|consigui\w+|obtuv\w+|tien\w+) "
            r"(?:mi|este|el)|como (?:\w+ )?(?:consigui\w+|obtuv\w+|tien\w+) mi (?:numero|telefono|cel)|"
            r"(?:por ?que|xq|porq|pq) (?:me|tanto|tantos|sigo|siguen) \w+|no entiendo (?:estos|por que|que)|"
            r"(?:es|esto es) (?:spam|estafa)|nunca (?:me )?(?:pedi|suscrib|inscrib|registr|di|solicit)\w*",
            unless=r"cobr\w+|por que me (?:duele|sale|cancel|sub)|quien (?:es|son) (?:el|la|mi)",
        ),
        rule(
            "complains about the texts",
            rf"(?:demasiad|tant|much)[oa]s? (?:\w+ )?{TEXTS}|(?:ya )?(?:estoy )?(?:hart|cansad|molest)[oa]s? "
            r"(?:de|con)|^(?:ya )?basta(?: ya| no| che| por favor)*$|^basta(?: \w+)?$|ya estuvo"
            r"|dejen de joder|que pesad\w+|(?:los|te|las|voy a) (?:voy a )?(?:bloque|denunci|report)\w+"
            r"|^otra vez|otra vez (?:ustedes|con)|esto ya pasa|^spam$|que (?:insistent|molest)\w+"
            r"|no molest\w+|vayanse|larguense",
        ),
        rule(
            "asks for another way or for some texts",
            r"(?:solo|solamente|unicamente|mejor|prefiero|nada mas) (?:\w+ ){0,3}(?:correo|email|mail|llam\w+"
            r"|carta|e mail)|(?:por|al|a mi) (?:correo|email|mail|e mail)(?: mejor| por favor| nada mas"
            r"| electronico)*$|(?:promos?|ofertas?|promociones|publicidad) no\b|solo (?:los|las|lo) (?:de|del)"
            r"|no (?:las|los|la) (?:ofertas|promociones|promos)|mejor llam\w+",
            unless=r"donde|cual|puedo|mande mi|ya (?:lo )?mande|me pueden|me puede|pueden mandar",
        ),
        rule(
            "asks to cancel",
            r"^(?:\w+ )?(?:cancel|anul)(?:e|en|a|ar|alo|elo|enlo|ame|o)(?: (?:todo|lo mio|por favor|porfa"
            r"|porfavor|eso|esto|gracias|lo|mio|mi|ya|no|voy|a|querer|nada|para|mi))*$",
            r"como (?:le |me |se |puedo |hago |podria )*(?:hago |hacer )?(?:para |pa |p )?(?:que )?"
            r"(?:dar de baja|darme de baja|cancel\w+|salir\w*|quit\w+|ya no|dej\w+|parar|no recibir"
            r"|desactiv\w+)",
            r"^(?:stop|alto|para|pare|fin)(?: (?:jaja|lol|\d+|por favor|ya|jajaja))+$|me mude|me cambie de"
            r"|ya no (?:soy|vivo|llevo|voy|trabajo|estudio|tengo)",
            unless=r"cita|turno|pedido|reserv\w+|mi membresia",
        ),
    ),
    denials=(
        r"no (?:quiero |quisiera |deseo |vayan a )?(?:que )?(?:me |nos |se )*(?:dejen|dejes|deje|paren|pare"
        r"|pares|dejar|cancelen|quiten|borren|quites|saquen|eliminen|darme de baja|dar de baja|den de baja"
        r"|desuscrib\w+|paran de|deja de|para de|dejan de)(?! (?:no|en paz))\b"
        r"|(?:deje|pare|dejo|paro|dejaron|pararon|dejado|parado) de (?!(?:me )?"
        r"(?:mand|envi|escrib|molest|llam|text|contact))|por que (?:no )?(?:me|ya no)|si (?:me doy"
        r"|mando|respondo|cancelo|me dan)|sin querer|por (?:error|accidente)|(?:responda|responde|envie|mande"
        r"|conteste|ponga|escriba) (?:stop|alto|baja|parar|cancelar)|(?:todavia|aun) no (?:me )?|no (?:me"
        r"|nos) (?:han|ha|llego|llega|mando|mandaron|llegan|llegaron|enviaron)"
        r"|paren (?:en|el|la) (?!\w+ (?:con|de) )|^para (?:mi|el|la|mis|los) (?!mensaj|sms|text)|paro un"
        r"|baja la |hasta que"
        r"|no (?:me )?llam(?!\w+ (?:ni|y|mas))\w+|no (?:me )?molestan|(?:dej\w+|deje) (?:me )?pens\w+"
        r"|dejeme pens\w+|antes de las|despues de las|mientras|mi hij[oa] no"
    ),
    reservations=(
        r"(?:pero|per) (?:si |sigan |siga |quiero |por favor |mand|envi|avis|deje|los de|las de|no los|no las"
        r"|el correo|llam)\w*|excepto|menos (?:los|las|lo)|solo (?:los|las|lo|mande|manden|envien|quiero|por) "
        r"|salvo|unicamente|(?:las|los|lo) (?:demas|otros?|de (?:las )?citas?) si|numero viejo|numero anterior"
        r"|este otro|en lugar de|de noche|tan temprano|hasta (?:el|la|manana|nuevo)|por ahora|sabados|domingos"
        r"|^(?:\w+ ){0,2}como (?:me doy|me borro|me salgo|me quito|me desuscrib\w+|hago|le hago|puedo|se puede"
        r"|se hace|cancelo|dejo|paro|desactivo|doy) [^.]*$"
    ),
    wishes=(
        r"(?:otra vez|de nuevo|nuevamente|de vuelta) (?:\w+ ){0,3}(?:mensaj\w*|sms|textos|lista|ofertas)|"
        r"(?:manden|mandar|mande|envien|enviar|envie|escriban|escribir|escribirme|mandarme|enviarme|texteen"
        r"|recibir|lleguen|apunten|apuntenme|agreguen|agreguenme|pongan|ponganme|pongame|metanme|anotenme"
        r"|suscrib\w+|inscrib\w+|mandenme|envienme|activen|activar|reciba|incluyanme|incluirme|meter\w*"
        r"|mandeme|quiero|alta) (?:\w+ ){0,6}(?:otra vez|de nuevo|nuevamente|de vuelta)"
        r"|(?<!no )(?<!no me )(?<!no nos )(?:vuelv\w+|volver|volvieran|volveria|regres\w+) a "
        r"(?:mand|envi|escrib|recib|pon|activ|suscrib|text"
        r"|apunt|inclu|met|inscrib|agreg|anot|dar\w* de alta|estar)\w*"
        r"|(?:ya )?(?:me )?puede[ns]? (?:volver a "
        r"|mandarme |escribirme |enviarme |seguir )|reactiv\w+|(?:dar|den|deme|darme|denme|doy) (?:de "
        r"|me de )?(?:nuevo de )?alta|sigan mandand\w+|(?:extrano|echo de menos) (?:\w+ )?(?:mensajes"
        r"|promociones|avisos)"
        r"|(?:baja|stop|cancel\w+|borr\w+|sali) (?:\w+ ){0,3}(?:sin querer|por error|por accidente)|"
        r"(?:sin querer|por error|por accidente) (?:\w+ ){0,3}(?:baja|stop|cancel\w+|alto)|no (?:quise"
        r"|queria) (?:darme|cancelar|dar|salir)"
    ),
    same=spellings(
        "por x",
        "que q k ke",
        "porfa xfa",
        "porfavor xfavor",
        "mas maz +",
        "numero nro num numro",
        "dejen desen dejn",
        "mensajes mensages mensajitos",
        "mensaje mensage",
        "textos tesxtos",
        "no noo nooo",
        "tambien tambn",
        "cel cels",
        "de d",
    ),
)
