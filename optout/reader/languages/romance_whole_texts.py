"""Whole texts that may ask to stop, in Spanish, French, Portuguese and Italian. Data."""

from collections.abc import Mapping

from optout.reader.languages.english_whole_texts import CHILD_AGE

HOLDS: Mapping[str, Mapping[str, str]] = {
    "es": {
        "says the number is wrong": (
            r"(?:es )?(?:numero|telefono|persona|contacto) equivocad[oa]|(?:se |te |usted se "
            r"|ud se )?(?:equivoco|equivocaste|equivocaron|esta equivocad[oa]|estas equivocad[oa]"
            r"|has equivocado|ha equivocado)(?: de (?:numero|persona))?|no soy (?:esa"
            r"|la) persona(?: que busca[ns]?)?|(?:aqui )?no (?:hay|vive|conozco a|existe) (?:nadie"
            r"|ningun[ao]?)(?: aqui)?(?: con ese nombre| llamad[oa] \w+| que se llame \w+)?|no (?:lo|la|te"
            r"|los|le|les) conozco|(?:este )?(?:no es|ya no es) (?:el|su) (?:numero|telefono"
            r"|celular) de \w+|(?:el|ella|esa persona|mi (?:esposo|esposa|mama|papa|madre|padre|hijo|hija"
            r"|abuelo|abuela|marido|mujer)) (?:ya )?(?:fallecio|murio|ha fallecido|ha muerto"
            r"|esta muert[oa])(?: \w+){0,4}"
        ),
        "is no customer": (
            r"(?:yo )?(?:ya )?no soy (?:su |un |una |mas )?(?:cliente|clienta|paciente"
            r"|suscriptor)(?: de ustedes)?"
        ),
        "is not interested": (
            r"(?:ya )?no (?:me interesa(?: nada| mas)?|estoy interesad[oa]|quiero(?: nada| mas)?)"
        ),
        "blocks or reports": (
            r"(?:los|las|te|le|les|estas?|estan|numero|ya estas?) (?:voy a |vamos a )?(?:bloquear|bloqueo"
            r"|bloqueare|bloquead[oa]s?|reportar|reporto|reportare|reportad[oa]s?|denunciar|denuncio"
            r"|denunciare)|bloquead[oa]s?|reportad[oa]s?|denunciad[oa]s?|voy a (?:bloquear|reportar"
            r"|denunciar)(?:te|los|las|le|les)?(?: este numero)?"
        ),
        "complains about the texts": (
            r"(?:esto es |es |puro |que |mas )?(?:un |una |puro )?(?:spam|estafa|acoso|fraude|estafadores)"
            r"|que fastidio|ya (?:les |te |le )?dije que no|no es no"
        ),
        "asks how to stop": (
            r"como (?:hago para |puedo |le hago para |se )?(?:me )?(?:darme de baja|doy de baja"
            r"|cancelar(?: esto| los mensajes)|cancelo esto|desuscribirme|desuscribo|salir de (?:esto"
            r"|la lista)|salgo de (?:esto|la lista)|(?:parar|detener|quitar|paro|detengo|quito) (?:esto"
            r"|estos mensajes|los mensajes)|dejar de recibir .*|dejo de recibir .*)"
        ),
        "asks to go away": (
            r"(?:vete|vayanse|vayase|largate|larguense|larguese)(?: a la (?:mierda|verga|chingada)"
            r"| al (?:diablo|carajo|infierno)| de aqui| ya)*|chinga (?:a )?tu madre|(?:ya )?no (?:me "
            r"|nos )?(?:molest[ea]n?|molestes|jodas|jodan|chingues|chinguen|fastidies|fastidien)(?: mas)?"
        ),
        "says that a child has the phone": (
            rf"soy (?:menor(?: de edad)?|un nino|una nina)|(?:solo )?tengo {CHILD_AGE} anos"
        ),
    },
    "fr": {
        "says the number is wrong": (
            r"(?:vous avez )?(?:le |la |un )?(?:mauvais|faux|mauvaise|fausse) (?:numero|destinataire"
            r"|personne)|(?:vous|tu) (?:vous etes |t es |tes |faites |avez fait |as fait )?(?:tromp(?:e|ee"
            r"|es|ez)|erreur|une erreur)(?: de (?:numero|personne))?|(?:cest une "
            r"|il y a )?erreur de (?:numero|personne|destinataire)|ce nest (?:pas|plus) (?:le|mon"
            r"|son) (?:bon )?numero(?: de \w+)?|je ne (?:vous|le|la|te) connais pas|(?:il|elle|mon (?:mari"
            r"|pere|fils|frere)|ma (?:femme|mere|fille|soeur)|cette personne) est (?:mort|morte|decede"
            r"|decedee)(?: \w+){0,4}"
        ),
        "is no customer": (
            r"(?:je ne suis|je suis|chui) (?:pas|plus) (?:votre |un |une )?(?:client|cliente|membre|abonne"
            r"|abonnee|patient|patiente)(?: chez vous)?|(?:pas|plus) (?:client|cliente)(?: chez vous)?"
        ),
        "is not interested": (
            r"(?:je ne suis |je suis )?(?:pas|plus) interessee?s?|(?:ca )?ne minteresse (?:pas|plus)"
            r"|ca minteresse pas"
        ),
        "blocks or reports": (
            r"(?:je (?:vous|te) |vous (?:etes|allez etre) |numero |tu es |je vais (?:vous|te) )?(?:bloque"
            r"|bloques|bloquee?s?|signale|signales|denonce|bloquer|signaler|denoncer)(?: et (?:signale"
            r"|bloque|signaler|bloquer))?"
        ),
        "complains about the texts": (
            r"(?:cest (?:un |une |du |de la |de l)?|encore (?:un |une |du )?)?(?:spam|pourriel|arnaque"
            r"|harcelement|escroquerie|hameconnage)|jai (?:deja )?dit non|non cest non"
        ),
        "asks how to stop": (
            r"comment (?:faire pour |puis je |on |je peux |je fais pour |peut on |je )?(?:se |me "
            r"|vous )?(?:desabonner?|desinscrire|desinscris|(?:arreter|stopper) (?:ca|cela|ces \w+|les \w+)"
            r"|ne plus recevoir .*)"
        ),
        "asks to go away": (
            r"(?:va|allez)(?: te| vous)? (?:faire (?:foutre|voir)|au diable|chier)|casse toi|cassez vous"
            r"|degagez?|f(?:ous|outez)(?: moi)? le camp|ta gueule|barre toi|barrez vous|lachez moi"
            r"|lache moi|allez vous en|va t en"
        ),
        "says that a child has the phone": (
            rf"je suis (?:mineure?|un enfant)|jai (?:que |seulement )?{CHILD_AGE} ans"
        ),
    },
    "pt": {
        "says the number is wrong": (
            r"(?:e )?(?:numero|pessoa|telefone|contato) errad[oa]|(?:voces?|vcs?|vc)? ?(?:se enganou"
            r"|se enganaram|ligou errado|mandou errado|esta enganad[oa]|ta enganad[oa]|errou"
            r"|erraram)(?: (?:de|o) (?:numero|pessoa))?|(?:foi |e )?engano|nao (?:te |o |a "
            r"|lhe )?conheco(?: (?:voces?|vcs?|essa pessoa|ninguem com esse nome|nenhuma? \w+))?|(?:esse"
            r"|este) (?:numero )?(?:nao e|ja nao e|nao e mais) (?:o numero )?d[oae] \w+|(?:ele|ela"
            r"|essa pessoa|meu (?:marido|pai|filho|avo)|minha (?:esposa|mae|filha|avo)) (?:ja )?(?:faleceu"
            r"|morreu)(?: \w+){0,4}"
        ),
        "is no customer": (
            r"(?:eu )?(?:ja )?nao sou (?:mais )?(?:seu |sua )?(?:cliente|paciente|socio"
            r"|socia)(?: de voces)?"
        ),
        "is not interested": (
            r"(?:nao tenho|sem) interesse|nao (?:me interessa|(?:es)?tou interessad[oa])|nao quero(?: nada"
            r"| mais| nao)*"
        ),
        "blocks or reports": (
            r"(?:vou te |te |vou |vc sera |sera |numero |voce foi |foi )?(?:bloquear|bloqueio|bloquead[oa]"
            r"|denunciar|denunciad[oa]|bloqueei|denunciei|bloqueando|processar)(?: (?:voces|vcs|voce|vc"
            r"|esse numero))?"
        ),
        "complains about the texts": (
            r"(?:isso e |e |isto e )?(?:um |uma )?(?:spam|golpe|fraude|assedio|golpistas?)|ja (?:disse"
            r"|falei) que nao"
        ),
        "asks how to stop": (
            r"como (?:faco (?:pra|para) |posso |eu |que eu |se )?(?:me )?(?:sair (?:disso|da lista)"
            r"|saio (?:disso|da lista)|cancelar isso|cancelo isso|parar de receber.*|paro de receber.*"
            r"|parar (?:com )?(?:isso|essas mensagens)|descadastr\w+)"
        ),
        "asks to go away": (
            r"(?:vai|va|vao) (?:se (?:foder|fuder|ferrar|catar|danar)|embora|pro inferno|a merda"
            r"|tomar no cu)|vaza|vazem|cai fora|some daqui|sumam?|sai fora|vtnc|vsf|nao (?:me )?(?:enche"
            r"|encham|perturba|perturbem|amola)(?: mais| o saco)*|que saco"
        ),
        "says that a child has the phone": (
            rf"sou (?:menor(?: de idade)?|(?:uma )?crianca)|(?:eu )?(?:so )?tenho {CHILD_AGE} anos"
        ),
    },
    "it": {
        "says the number is wrong": (
            r"(?:(?:ha|hai|avete) (?:il )?)?(?:numero|persona|contatto|destinatario) (?:sbagliat[oa]"
            r"|errat[oa])|(?:ha|hai|avete) sbagliato(?: (?:numero|persona))?|(?:si e|ti sei"
            r"|vi siete) sbagliat[oiae](?: (?:di )?(?:numero|persona))?|non (?:e|e piu) (?:il )?(?:numero"
            r"|telefono|cellulare) di \w+|non (?:la|ti|vi|lo) conosco|non conosco (?:nessun \w+"
            r"|nessuno con questo nome)|(?:lui|lei|mio (?:marito|padre|figlio|nonno)|mia (?:moglie|madre"
            r"|figlia|nonna)|questa persona) e (?:mort[oa]|decedut[oa]|mancat[oa])(?: \w+){0,4}"
        ),
        "is no customer": (
            r"non sono (?:piu )?(?:un |una )?(?:vostr[oa] )?(?:cliente|paziente)(?: vostr[oa])?"
        ),
        "is not interested": (
            r"non (?:mi|ci) interessa(?: piu| niente)*|non sono (?:piu )?interessat[oa]|nessun interesse"
            r"|non voglio(?: niente| nulla)?"
        ),
        "blocks or reports": (
            r"(?:ti|vi|la) (?:blocco|segnalo|denuncio|sto bloccando|ho bloccat[oi])|(?:sei|siete|numero"
            r"|sarai|sarete) (?:stat[oi] )?(?:bloccat[oi]|segnalat[oi])|segnalat[oi]"
        ),
        "complains about the texts": (
            r"(?:questo e |questa e |e )?(?:uno |una )?(?:spam|truffa|truffatori|molestia|molestie|frode)"
            r"|ho (?:gia )?detto (?:di )?no"
        ),
        "asks how to stop": (
            r"come (?:faccio (?:a|per) |posso |si fa (?:a|per) |mi )?(?:cancellarmi|cancello|disiscrivermi"
            r"|disiscrivo|(?:fermare|bloccare) (?:questi|i) \w+|smettere di ricevere .*|togliermi .*)"
        ),
        "asks to go away": (
            r"(?:vai|andate|va|vada) (?:a quel paese|al diavolo|a cagare|via|via di qui|affanculo"
            r"|a fanculo)|vaffanculo|fanculo|vattene|andatevene|sparisci|sparite|levati(?: di torno)?"
            r"|levatevi(?: di torno)?|non romp(?:ere|ete)(?: le palle| i coglioni| piu)*|che palle"
            r"|(?:mi )?(?:avete|hai) (?:stufato|rotto(?: .*)?)"
        ),
        "says that a child has the phone": (
            rf"sono (?:minorenne|un bambino|una bambina)|ho (?:solo )?{CHILD_AGE} anni"
        ),
    },
}
