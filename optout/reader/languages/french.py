"""French grammar of opt-outs, as written in France, Belgium, Switzerland and Quebec."""

from optout.reader.grammar import Language, rule, spellings

_SEND = (
    r"(?:m|me |nous |l|d|de |n|ne |s|t|te )*(?:envo(?:yez|yer|ie|ies|ye|yez|ier)|ecri(?:vez|re|s|vent)|text"
    r"(?:ez|er|e|é)|contact(?:ez|er|e|é)|adress(?:ez|er|e)|derang(?:ez|er|e)|harcel(?:ez|er|e)|sollicit(?:ez"
    r"|er|e|ée?)|spam(?:mez|mer|er|ez)|importun(?:ez|er|e)|relanc(?:ez|er|e)|embet(?:ez|er|e)|achal(?:ez|er|e)"
    r"|bombard(?:ez|er)|inond(?:ez|er)|transmett(?:ez|re)|emmerd(?:ez|er)|communiqu(?:ez|er)|messag(?:ez|er))"
)
_TEXTS = (
    r"(?:messages?|sms|textos?|msgs?|mess|pubs?|publicite\w*|promo\w*|rappels?|alertes?|notifs?"
    r"|notification\w*|offres?|courriels?|envois?|spams?|communications?|sollicitations?|texto|mesages?"
    r"|messsages?|infolettre|newsletters?|envoi|avis|annonces|prospection|relances?|cochonneries|niaiseries)"
)
_MY_NUMBER = (
    r"(?:(?:de |a )?(?:mon|ce|notre|mes|le|ma|nos) (?:\w+ )?(?:numero|num|no|tel|telephone|cell|cellulaire"
    r"|portable|nom|coordonnees|donnees|ligne|contact|mobile|fiche|inscription|cel|natel|gsm|adresse))"
)
_REMOVE = (
    r"(?:enlev|retir|supprim|efface|effac|ray|radi|sor(?:tez|tir|s)|ot(?=e)|vir|desinscri|desabon|elimin|biff|exclu"
    r"|desinscriv|desabonn|tass|oubli|debarr|mett|desactiv|debarqu|degag|flush|jet|vid|gomm|decroch)"
)
_LISTS = (
    r"(?:listes?|fichiers?|base|bases|envois?|contacts|repertoire|systeme|registre\w*|liste|alertes|messages"
    r"|sms|textos|affaire|diffusion|mailing|la|d?la|ca|groupe)"
)
_ARRET = (
    r"(?:arret(?:ez|er|e|es|é|onss?|)|cess(?:ez|er|e|é)|stop(?:per|pez|e)?|stopp(?:er|ez)|interromp(?:ez|re)"
    r"|suspend(?:ez|re)|finiss?ez|mettez fin|lach(?:ez|e|er)|abst\w+|evit(?:ez|er)|termin(?:ez|er)|mettre fin"
    r"|assez|annul(?:ez|er|e)|bloqu(?:ez|er)|desactiv(?:ez|er)|coup(?:ez|er)|renonce)"
)

FRENCH = Language(
    code="fr",
    clues=(
        "qui cki suffit encore menlever menlevez moter ote oter menlevez demenage comment "
        "arretez arreter arrete arret arretes darreter cessez cesser cesse stop stopper stoppez interrompre "
        "suspendre finissez mettez lachez lache lacher plus pu pus ne nenvoyez nenvoie necrivez menvoyez "
        "menvoyer decrire enlevez enlever enleve retirez retirer retire supprimez supprimer supprime effacez "
        "effacer efface rayez rayer radier radiez sortez sortir otez oter virez vire desinscrire "
        "desinscrivez desinscris desabonner desabonnez desabonne desabo exclure excluez foutez fichez "
        "laissez laisse assez marre aucun jamais numero mauvais trompez trompe erreur interesse interessee "
        "pourquoi trop seulement annule annulez annuler moppose opposition revoque veuillez prefere "
        "prefererais desire souhaite voudrais jveux unsubscribe rien bloquer signaler recommencez remettez "
        "remettre reinscrire reabonner demenage decede cancellez pas ecrivez envoyez renvoyez prie fini "
        "terminez abstenez evitez oubliez dispense refuse refus desactiver desactivez ras saoule messages "
        "textos sms fin mets cki ckoi svp jme jve msg textes texter liste daut dautres plu nai jen fo "
        "quittez debarquez dinterrompre"
    ),
    common=(
        "je jai vous les des vos moi mon ce et pour de que ca votre mes en une nous qui comment merci voulez "
        "pouvez veux besoin nouveau pourriez aux a"
    ),
    opt_outs=(
        rule(
            "asks not to text",
            rf"(?:{_SEND}|(?:m|me )?(?:recontact|reecri|renvo)\w+) (?:moi |nous |donc |pas |svp |donc pas "
            r"|les |vos |ca |rien )*(?:plus|pu|pus|jamais)\b(?! (?:tard|tot|d info))",
            r"(?:ne|de ne|pour ne|a ne|n) (?:pas |surtout )?(?:plus|pu|jamais|rien) (?:jamais |rien |avoir a "
            rf"|me |m|nous |chercher a |vouloir )*(?:{_SEND}|recevoir|etre (?:contact|sollicit|derang|import"
            r"|relanc)\w+|avoir|en recevoir|le recevoir|les recevoir|faire parvenir|utiliser)",
            r"(?:faut |dois |devez |peux |pouvez |pourriez |veuillez |merci de |priere de |voulez )(?:donc "
            rf"|vous )?(?:ne |n)?(?:plus|pu|pas|jamais) (?:jamais )?(?:me |m|nous )?{_SEND}",
            r"(?:ne |n)?(?:menvoyez|menvoie|mecrivez|mecris|me textez|mtextez|me contactez|me texte"
            r"|nous envoyez|nous ecrivez|m ?ecriv\w+|m ?envoy\w+) (?:surtout )?(?:plus|pu|rien|jamais|pas)"
            r"(?: (?:de|d|jamais|rien|svp|ces|vos|les|aucun\w*)\b|$)",
            r"(?:envoy\w+|ecri\w+|text\w+|contact\w+)(?: |\b)(?:moi |nous )(?:plus|pu|jamais|rien)|plus "
            r"(?:jamais )?(?:me |m)?(?:ecrire|envoyer|texter|contacter|deranger|recevoir)|pour (?:plus|pu|pus"
            r"|ne plus) (?:en |les |rien |jamais )?(?:recevoir|avoir)(?! (?:les|la|le|l|ma|mon|mes) (?!sms"
            r"|mess|text|pub|promo|notif|alert|offre))",
            r"(?:aimerai\w*|prefer\w+|souhait\w+|voudrai\w*|veux|veut|demand\w+|desir\w+|vaudrait mieux|gre"
            r"|pri\w+|prierai\w*|apprecierai\w*|tiens) (?:de |mieux |a |plutot |vivement |bien )*(?:ne |n"
            r"|que vous ne )?(?:plus|pas|pu) (?:jamais |etre |en |me |m|les |vos )*(?:recevoir|envoy\w+"
            r"|ecri\w+|contact\w+|text\w+|etre|sollicit\w+|derang\w+|avoir)",
            unless=r"factures?|papier|courriers?|comment on fait|avant|pendant|apres \d|tant que|jusqu"
            r"|la facture|toujours pas|pas encore|depuis hier"
            r"|pourquoi|plus tard",
        ),
        rule(
            "asks to stop texting",
            rf"{_ARRET} (?:moi |hein ||donc |svp |tout de suite |immediatement |ca |maintenant |definitivement "
            r"|s il vous plait |pls |juste |toute |tous |tout |please )*(?:de |d|avec |les |le |la |l|ces "
            r"|ce |cet |vos |votre |tous |toute |toutes |des |mes |ton |tes |cette |l |a |en |moi |ses )*"
            rf"(?:{_SEND}|d?en envoyer|{_TEXTS}|bombard\w+|spammer)(?! par erreur)",
            r"(?:plus|pu|pus|pas|aucun|aucune|ni|jamais|assez|fini|finis|marre) (?:aucun |aucune |d|de |des "
            rf"|les |vos |ces |un |avec |jamais |seul |autre |autres )*(?:autre )?{_TEXTS}(?: (?:svp|s il"
            r"|merci|de votre|de vous|sur|a ce|a mon|pls|please|par|silvousplait|sil)\b|$)",
            r"(?:lach|laiss|fich|fout)\w+ (?:moi |moe |nous |donc )*(?:avec (?:vos|ces|tes|les)|la paix"
            r"|tranquille\w?|le camp|en paix|patience)|^arret\w+ (?:ca|moi ca|tout)(?: tout de suite| svp"
            r"| immediatement| stp| maintenant| tu suite)*$|me lacher avec|mettez fin a",
            unless=r"n ?arretez pas|narretez pas|pourquoi|arret de bus|recu (?:aucun|de)|recois (?:plus"
            r"|pas)|pas "
            r"(?:de|recu de) (?:message|texto|rappel) (?:de|hier|depuis)|mal a|arrete pas|a arrete"
            r"|ai arrete|j ai|jai (?:pas|recu|eu)",
        ),
        rule(
            "asks to be removed from a list",
            rf"{_REMOVE}\w{{0,5}} (?:moi|nous|me|m en|la|le) ?(?:s il vous plait |svp |donc |tout de suite )?"
            r"(?:de|du|des|d|svp|stp|vite|immediatement|dla|pls|ca|$)",
            rf"(?:m|me |nous |mes |m en |men )(?:{_REMOVE})\w{{0,5}}(?: (?:de|du|des|d\w+|svp|immediatement"
            r"|moi|vos|sur|de la)\b|$)",
            rf"{_REMOVE}\w{{0,5}} (?:svp |donc |moi |immediatement |definitivement |aussi "
            rf"|s il vous plait )*{_MY_NUMBER}",
            r"(?:enlev|retir|supprim|ray|radi|sort|effac|exclu)\w* (?:\w+ )?(?:de |du |des |d )"
            rf"(?:\w+ ){{0,2}}{_LISTS}",
            r"(?:desabon|desinscri|dezabon|desabo|deabon|des abon|desousc|desenregistr)\w*",
            r"(?:suppression|retrait|radiation|effacement) (?:de |du |d)(?:\w+ )?(?:mon|mes|numero|nom"
            r"|coordonnees|donnees|liste|ce)|etre (?:retire|enleve|supprime|radie|efface|raye|desinscri"
            r"|desabonn)\w*|perd\w* mon num\w*|oubliez (?:moi|mon (?:num|no)\w*)",
            unless=r"liste (?:d ?attente|dattente|scolaire|des invites)|points|platre|dent|taxe|frais"
            r"|rendez vous"
            r"|rdv|colis|desabonnement (?:au|du) (?:gym|magazine)|par erreur|sans faire expres|ote mon"
            r"|j ai|jai|mega|ai ete|a ete desinscri|me suis|photo|commande|ma fille|mon fils|courriels"
            r"|journal|internet|parking|facture|avancer",
        ),
        rule(
            "withdraws consent",
            r"opposition(?: |$)(?! au mariage)|plus de demarchage|(?:retire|revoque|revoquer|annule|retirer"
            r"|enleve) (?:\w+ )?(?:mon |ma |l|le |la |tout )*"
            r"(?:consentement|autorisation|accord|permission|lautorisation|laccord)|(?:m|me )?(?:oppose"
            r"|opposer) (?:a|au|aux|formellement|par)|moppose|(?:aucun|pas|jamais|plus) (?:\w+ )?(?:donne |d "
            r"|de |ne )?(?:mon |le )?(?:accord|consentement|daccord|permission|autorisation)(?! (?:pour"
            r"|avec) le)|unsubscribe|opt out|droit d ?opposition|(?:annul|resili|cancell?|arret|stopp"
            r"|mett\w+ fin a|fermer|desactiv)\w* (?:mon |l|cet |cette |le |mes |vos |a )*(?:abonnement"
            r"|inscription|service) (?:aux |de |par |d|a |a vos )?(?:sms|textos?|messages|alertes|messagerie"
            r"|notif\w*)|refuse (?:de recevoir|vos|tout|les|que vous)",
            unless=r"electricite|edf|forfait|gym|salle",
        ),
        rule(
            "wants no texts",
            r"(?:n|ne )?(?:veux|souhait\w+|desir\w+|voulons|veut|voudrais|jveux|besoin|aime\w*|demande"
            r"|accepte|tiens|interess\w+|autorise|sers) (?:vraiment |absolument )?(?:plus|pas|pu|pus|rien"
            rf"|aucun\w?|jamais|en)(?: \w+){{0,4}}? (?:{_TEXTS}|recevoir|contacte\w*|sollicite\w*|entendre"
            r"|rien recevoir|derange\w*)",
            r"(?:nen|n en|jen|j en|en) (?:veux|voulons|veut|desire|souhaite) (?:plus|pu|pas|aucun\w?)(?: |$)|"
            r"(?:veux|veut|souhaite|desire) (?:plus|pas|pu)? ?(?:rien )?(?:en )?recevoir|pas (?:demande"
            r"|voulu) (?:a )?(?:recevoir|vos|ces)|(?:plus|pas|pu) besoin (?:de|d) (?:\w+ )?(?:vos|ces|messages"
            r"|sms|textos|rappels|recevoir|me)|me passerai\w* (?:volontiers )?de vos|ne me concernent plus|"
            r"(?:ne|n) (?:me )?(?:sont|est) (?:pas|plus) (?:desire|souhait|bienvenu)\w*",
            unless=r"rater|manquer|louper|perdre|deranger vous|vous deranger"
            r"|ne plus recevoir les rappels par erreur|arreter|me desabonner par|pain|frites|sucre|de cafe"
            r"|gateau|oignons|fromage|pourquoi|annuler|toujours pas|pas recevoir d appel",
        ),
        rule(
            "asks to stop",
            r"^(?:\w+ ){0,3}(?:arretez|arrete|stop|cessez|ca suffit|cela suffit|assez|arreter)(?: (?:ca|cela"
            r"|svp|stp|tout|de|suite|immediatement|maintenant|s|il|vous|plait|merci|please|tu|moi|la|pls"
            r"|tabarnak|donc|bien))*$",
            also=r"messages?|sms|textos?|msgs?|spam|pubs?|ecri\w+|envoy\w+|textez|numero",
            unless=r"narret|n arret|pas stop|lol|mdr|arrete j",
        ),
    ),
    holds=(
        rule(
            "says the number is wrong",
            r"(?:mauvais|faux|pas le bon) (?:numero|num|no|contact|tel)|(?:vous (?:vous )?|t|te |tu )"
            r"(?:etes )?tromp\w+|(?:faites|fait) erreur|(?:y a|c est|ya|cest|il y a) (?:une )?erreur|erreur "
            r"(?:de (?:numero|personne|destinataire)|sur la personne)|(?:n )?habite (?:plus|pas) ici|(?:est"
            r"|etait) (?:decede|mort)\w*|decede\w*|connais? pas ce num\w*|(?:ce n est|c est|cest|suis) pas "
            r"(?:le|la|moi|mon)|(?:demenage|demenages)\b|plus (?:mon|son|le) num\w+",
            unless=r"je me suis trompe|me suis tromp|erreur (?:sur|dans) (?:la|ma) (?:facture|commande)",
        ),
        rule(
            "is not interested",
            r"(?:pas|plus|pu|aucun\w*|nullement) (?:du tout |vraiment |trop )?(?:interess\w+|interet)|(?:m|me "
            r"|nous |ca m)(?:interesse|interesses) (?:pas|plus|pu)|^non (?:merci|vraiment)|veux? pas de ca"
            r"|^non merci$|sans facon",
        ),
        rule(
            "asks where the number is from",
            r"(?:c est|cest|c) ?(?:qui|ki)(?: ca| svp)?$|^cki|qui (?:est ce|etes|es|est|ecrit|parle|ai je"
            r"|vous a|a donne)(?: (?:vous|tu|la|ce|donne|mon))*|a qui ai je|(?:comment|ou|d ou) (?:\w+ ){0,3}"
            r"(?:eu|obtenu|avez|as|trouve|pris) (?:mon|ce|le)|pourquoi (?:\w+ ){0,4}(?:ecri|envoy|recoi|text"
            r"|contact|messag)\w*|(?:c est|cest) (?:du |un |une )?(?:spam|arnaque)|jamais (?:demande|inscrit"
            r"|abonne|donne|souscri|signe)\w*",
            unless=r"qui est le|qui est la|comment avez vous trouve",
        ),
        rule(
            "complains about the texts",
            rf"(?:trop|tant|bcp|beaucoup) (?:trop )?(?:de |d){_TEXTS}|(?:marre|tanne\w?|ras le bol|fatigue\w?"
            r"|saoul\w+|ecoeure\w?) (?:de|d|des)|c en est assez|^(?:c est |c )?assez|(?:ca|cela) suffit"
            r"|encore (?:vous|un (?:message|texto|sms))|(?:vous|te|les|ce numero) (?:bloque|signale|denonce"
            r"|bloquer|signaler)|^spam$|cnil|arretez ca|foutez|fichez|lachez",
        ),
        rule(
            "asks for another way or for some texts",
            r"(?:mieux|prefer\w+|plutot|seulement|uniquement|juste|par|preference) (?:\w+ ){0,4}(?:courriel"
            r"|mail|e ?mail|lettre|courrier|telephone|poste|electronique|malle)|(?:courriel|mail|e mail) "
            r"(?:a place|plutot|svp|de preference)|(?:seulement|uniquement|que|juste) (?:les|pour) (?:rappels"
            r"|rendez|rdv|urgences|alertes)|(?:promos?|pubs?|offres) non",
            unless=r"quel|pouvez vous me|peux tu|puis je|adresse (?:mail|courriel) (?:est|c est)|j ai envoye"
            r"|merci de m envoyer la facture",
        ),
        rule(
            "asks to cancel",
            r"^(?:\w+ )?(?:annul|cancell?|resili)(?:ez|er|e|é)(?: (?:tout|ca|cela|svp|stp|mon|affaire|s|v|p"
            r"|jen|j|en|ai|plus|besoin|merci|moi|sil|il|vous|plait))*$|comment (?:\w+ ){0,4}(?:arret|desabon"
            r"|desinscri|plus|stop|enlev|annul|cess|ne plus)\w*|^(?:stop|fin|arret|arrete)(?: (?:lol|mdr|\d+"
            r"|haha|ptdr|svp|ca|xd))+$|oublie\w* (?:moi|ca)$",
            unless=r"rendez|rdv|commande|reservation|cours",
        ),
    ),
    denials=(
        r"(?:n|ne |n )?(?:arret(?:ez|e|er|es)|cess(?:ez|e)|stoppez|enlev(?:ez|e)|retir(?:ez|e)|supprim(?:ez|e)"
        r"|desabonn(?:ez|e)|desinscri(?:vez|s)) (?:surtout |moi |nous |l |le )?(?:pas|jamais)\b|(?:ne|pas|n) "
        r"(?:pas |surtout pas |veux pas |voulais pas |souhaite pas )?(?:arreter|cesser|stopper|me desabonner"
        r"|me desinscrire|desabonner|etre desinscri\w+)\b|arrete (?:pas|plus) de|(?:j ai|jai|il a|elle a|a|ai"
        r"|avez|ont) (?:\w+ )?(?:arrete|cesse|stoppe|desabonne|enleve|supprime|efface)(?! toute)|pourquoi|si "
        r"(?:je|j|vous arret)|n annul\w+ (?:pas|jamais)|(?:ne|n|ne m|m) (?:appel|telephon)\w+ (?:pas"
        r"|plus)(?! (?:et|ni))|(?:rec|res)ois p(?:l)?us (?:de|vos)|tranquillement|par erreur"
        r"|sans faire expres|sans le vouloir|par accident|(?:repondez|repondre"
        r"|envoyez|tapez|ecrivez) (?:stop|arret|fin)|arret (?:de bus|d autobus|du bus)|s arrete|sarrete"
        r"|ca arrete|me suis (?:tromp|desabon|desinscri)"
    ),
    reservations=(
        r"mais (?:je veux|j aimerais|gardez|continuez|envoyez|laissez|pas les|pas le|les|le|je garde|oui pour"
        r"|vous pouvez|jaimerais|garder|laisse)|sauf|excepte|seulement (?:les|le|pour|si)|uniquement|gard\w+ "
        r"(?:les|moi|le|mes|juste)|juste les|ancien (?:numero|num|cell)|a la place|plutot (?:un|par|au)"
        r"|le soir|la nuit|si tot|avant \d|apres \d|pour l instant|jusqu|(?:les|la|le) (?:rappels?|rdv) oui"
        r"|dimanche"
        r"|^(?:\w+ ){0,2}comment (?:je|on|puis je|faire|dois je|est ce qu\w*|arreter|stopper|me) [^.]*$"
    ),
    wishes=(
        r"(?:recommenc|reprend|reprenn|repren|remett|remet|rajout|reinscri|reabonn|reactiv|remets|rebranch"
        r"|resubscri|rajoute|ressouscri|reintegr)\w*|(?:envo|ecri|text|recev|contact|inscri|ajout|mett|abonn"
        r"|avoir|recoi|veux)\w* (?:\w+ ){0,6}(?:de nouveau|a nouveau|encore une fois|nouveau|comme avant)|"
        r"(?:de nouveau|a nouveau) (?:\w+ )?(?:recev|envoy|ecri|mess|text|inscri|abonn|avoir)\w*|pouvez "
        r"(?:bien )?(?:me )?(?:re|a nouveau )(?:ecri|envoy|text|contact)\w*|(?:recontact|retext|reecri)\w+ moi"
        r"|(?:arret|stop|desabonn\w*|desinscri\w*) (?:\w+ ){0,3}(?:par erreur|sans faire expres|par accident"
        r"|sans le vouloir)|(?:par erreur|sans faire expres|par accident) (?:\w+ ){0,3}(?:arret|stop"
        r"|desabonn\w*)|(?:manquent|m ennuie de vos|ennuie d\w+ (?:messages|textos))"
    ),
    same=spellings(
        "svp pls stp",
        "plus pus pu",
        "dans ds",
        "messages msgs msg",
        "la d'la",
        "numero numeros",
        "message messsage",
    ),
)
