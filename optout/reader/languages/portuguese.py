"""Portuguese grammar of opt-outs, as written in Brazil and in Portugal."""

from optout.reader.grammar import Language, rule, spellings
from optout.reader.languages.portuguese_words import LISTS, MY_NUMBER, NO, REMOVE, SEND, SENDING, TEXTS, WANT

PORTUGUESE = Language(
    code="pt",
    clues=(
        "dessubscrevam dessubscrever faleceu "
        "quem mudei "
        "nao n naum num nem nunca nunka jamais pare parem para parar podiam poderia deixe deixem deixa "
        "deixar deixarem cesse cessem cessar suspenda suspendam suspender interromp tire tirem tira tirar "
        "remova removam remove remover exclua excluam exclui excluir delete deletem deletar apague apaguem "
        "apaga apagar retire retirem retirar elimine eliminem eliminar descadastra descadastrar desinscrever "
        "cancele cancelem cancela cancelar desative desativem desativar desactivem anulem anular chega basta "
        "sair saia saiam stop sem revogo retiro oponho numero engano errado interesse dispenso prefiro "
        "bloquear denunciar mensagens volte voltem voltar cadastrem coloca coloquem reativar unsubscribe "
        "encerrem encerrar agradeco agradecia solicito exijo peco risquem esquece esqueca nada paz desista "
        "recuso mt demais so mudei desligar desliguem dispensa evitem cara acabem acabar abster pretendo fim "
        "finalizar subscricao subscrever facam bora sms msg mensagem lista"
    ),
    common=(
        "me meu que por favor voces vcs vc eu da do as os de uma um ja obrigado obrigada com isso esse "
        "vossos quem como porque queria quero faca podem pode desejo mais"
    ),
    opt_outs=(
        rule(
            "asks not to text",
            rf"{NO} (?:e (?:preciso|necessario) )?(?:quero que |precisa\w* |autorizo que |desejo que "
            r"|pretendo que |permito que |e para |e pra )?(?:me |nos |te |vcs |voces )*(?:volt\w+ a "
            rf"|torn\w+ a |continu\w+ a |voltarem a |precisa\w* )?(?:me |nos )?(?:mais )?{SEND} (?:me |nos )?"
            rf"(?:\w+ ){{0,3}}?(?:mais|nada|{TEXTS}|nunca|nenhum\w*|para este|para este|pra esse|pra este"
            r"|por aqui|neste|nesse|isso|isto|pra ca|pra mim)",
            rf"^(?:\w+ ){{0,2}}{NO} (?:enviar|mandar|envie|mande|enviem|mandem|contatar|contactar|chatear"
            rf"|chateiem)(?: (?:mais|por favor|pf|sff|mensagens))*$",
            rf"{NO} (?:me |nos )(?:chateiem|chateie|chateies|mand(?:e|em|es|a)|envi(?:e|em|es|a)"
            rf"|escrev(?:a|am|as)|contac?t(?:e|em|es)"
            r"|incomod(?:e|em|es)|perturb(?:e|em|es)|cham(?:e|em|es)|import[u]n\w+)(?: (?:mais|por favor|pf"
            r"|nada|novamente|pfv|por)\b|$)",
            rf"{NO} (?:me )?(?:volt\w+ a|torn\w+ a|me volt\w+ a|me torn\w+ a) (?:me )?{SEND}",
            r"(?:deix|par|ces|evit|pod|podi)\w* (?:ja |por favor |la |de )*(?:parar |deixar |cessar )?(?:de "
            r"|com |a |me |pra |mais )+(?:me |mais |nos )?(?:mandar\w*|enviar\w*|escrever\w*|contac?tar\w*"
            r"|incomodar\w*|perturbar\w*|encher|chatear|torrar|spam\w*|amolar|chamar)",
            r"(?:agradec\w+|agradecia|peco|prefiro|preferia|solicito|exijo|favor|gostaria|queria|quero"
            r"|preferiria|grat\w|obrigad\w)(?: \w+)? (?:de )?(?:que )?(?:ja )?(?:nao|n|nunca) (?:me |nos "
            rf"|ser |mais )*(?:{SEND}|receb\w+|contac?tad\w|volt\w+|incomodad\w)",
            rf"(?:podem?|da pra|podia\w*|poderia\w*) (?:\w+ )?nao (?:me )?{SENDING}",
            unless=r"enquanto|ate (?:as|amanha|eu)|antes d|durante|boleto|nota fiscal|foto|fatura|recibo"
            r"|me mand"
            r"(?:ou|aram)|esquec|se nao me|senao|comprovante|link",
        ),
        rule(
            "asks to stop texting",
            r"(?:par(?:e|em|a|ar|as)|deix\w+|cess\w+|suspend\w+|interromp\w+|chega|basta|acab(?:em|ar|e)|cort"
            r"(?:e|em|ar)|encerr\w+|evit\w+|cancel\w+|anul\w+|desativ\w+|desactiv\w+|deslig\w+|termin(?:em|ar"
            r"|e)|elimin\w+|abst\w+|dispens\w+|recuso|reneg\w+|tir\w+|bloquei\w+) (?:ja |ai |por favor |pf "
            r"|pfv |imediatamente |logo |definitivamente |de vez )*(?:com |de |do |da |d |o |a |os |as "
            r"|estes |esses |essas |estas |esta |essa |este |esse |todos |todas |vossos |vossas |seus |suas "
            r"|tant\w+ |quaisquer |qualquer |envio |envios |mais |mandar |enviar |dos |das |receber |me "
            rf"|cadastro |meu |servico |subscricao )*{TEXTS}",
            rf"nem {TEXTS} nem|(?:acab|par|larg)\w* (?:la )?com (?:as |os |essas |esses )?{TEXTS}"
            rf"|deix\w+ de (?:os|as|me|mos|mas) (?:enviar|mandar)|(?:sem|nem|chega|nenhum\w?|nao"
            rf"|n) (?:de )?(?:mais )(?:nenhum\w* )?{TEXTS}|(?:sem|nada de"
            rf"|chega de|chega dessas?|basta de) (?:mais )?{TEXTS}|{TEXTS} (?:nao|nunca|n) mais"
            rf"|mais nenhum\w? {TEXTS}|nenhum\w? (?:outr\w )?{TEXTS} mais|nem mais um\w? {TEXTS}",
            unless=r"antibiotico|remedio|parei|parou|^chega |minha mensagem|viu |parar de (?:tomar|fumar|comer)"
            r"|nao (?:cancel|deix|par)\w+ de|pararam|deixaram de (?:mandar|enviar|chegar)|recebi|recebeu",
        ),
        rule(
            "asks to be removed from a list",
            rf"(?:me|nos|mi) (?:pod\w+ |podi\w+ |quer\w+ )?(?:{REMOVE})\w{{0,5}}(?: (?:de|da|do|dessa|desse"
            r"|desta|deste|dai|daqui|disso|dos|das|disto|logo|por|pf|pfv|por favor|imediatamente|ja|agora"
            r"|dess\w+)\b|$)",
            rf"(?:{REMOVE})\w{{0,5}} (?:me|nos|eu|a gente)\b(?: (?:de|da|do|dessa|desse|desta|deste|dai|daqui"
            r"|disso|dos|das|por|pf|imediatamente|ja|vossa|d)\b|$)",
            rf"(?:{REMOVE}|esque[cç]|perc|perd)\w{{0,5}} (?:por favor |ai |pf |ja |pfv )?{MY_NUMBER}",
            rf"(?:sair|saia|saio|fora) (?:de |da |do |dessa |desse |desta |deste |dess\w )(?:\w+ )?{LISTS}|"
            r"(?:remo|exclu|retir|elimin|apag)\w+ (?:\w+ )?(?:da|de|do|dessa|desta|das|vossa|dos) (?:\w+ )?"
            r"(?:lista|base|mailing|sistema|cadastro|mensagens|sms|envios|contac?tos)|remocao (?:imediata )?"
            r"(?:d\w )|quero sair(?: d\w+)?$|me (?:descadastr|desinscrev|desinscrev)\w+",
            unless=r"escala|aula|churras\w*|turma|jogo|futebol|reuniao|cadastro n$|^n(?:ao)? apag"
            r"|lista de (?:espera|presenca|convidados|material|casamento|compras)|foto|pontos|dente|gesso"
            r"|siso|taxa|pedido|sangue|da prova|consulta|boleto|item|se me|tire (?:uma|a) duvida|duvida"
            r"|conta de luz",
        ),
        rule(
            "opts out",
            r"descadastr\w*|des?s?(?:in|ub)screv\w*|des?subscr\w+|cancel\w* (?:a |o |minha |meu |da |de |esta "
            r"|essa |este |esse |do )*(?:inscricao|subscricao|assinatura|cadastro|envio|sms|recebimento"
            r"|servico de (?:sms|mensagens|alertas)|registo|servico)|unsubscribe|opt out|(?:cancelamento"
            r"|anulacao|remocao|exclusao|descadastramento|eliminacao) d\w (?:\w+ )?(?:subscricao|inscricao"
            r"|envio|cadastro|mensagens|sms|numero|dados|registo|contac?to)"
            r"|(?:revogo|retiro|retirar|revogar|anulo|removo) (?:o |a |meu |minha |qualquer )*(?:consentimento"
            r"|autorizacao|permissao)|(?:nao|n|nunca) (?:autorizo|autorizei|consinto|dei|dou|autoriz\w+"
            r"|permito)(?: \w+){0,3} (?:envio|mensagens|sms|contac?t\w+|consentimento|uso|autorizacao"
            r"|permissao|publicidade|mais|receb\w+)|oponho me|me oponho|opoe se|(?:direito"
            r"|exerc\w+) (?:\w+ ){0,3}(?:de |a )?oposicao|(?:apag"
            r"|elimin|exclu)\w+ (?:\w+ )?(?:meus|os) dados|cessem as|(?:desej|pretend|quer|gostari)\w+ "
            r"(?:\w+ )?(?:anular|cancelar|desativar|desactivar|sair)(?: \w+){0,3} (?:servico|alertas|sms"
            r"|mensagens|envio|lista|subscricao|avisos|lembretes)",
            unless=r"fui eu|manter|sem querer|por engano|netflix|luz|academia|ginasio|aula|youtube|canal"
            r"|por erro|curso",
        ),
        rule(
            "wants no texts",
            rf"{NO} (?:me )?{WANT} (?:de |mais |voltar a |continuar a |ser |de ser |estar |que |em |o |a "
            r"|nada |d )*(?:receb\w*|contac?tad\w|incomodad\w|ver|ter|saber|perturbad\w|de)?"
            rf"(?: \w+){{0,3}}? ?(?:{TEXTS}|contac?tad\w|isso mais|mais nada|mais isso|nada de vcs"
            r"|nada de voces|mais$|isto|incomodad\w|contac?to)",
            rf"{NO} (?:\w+ )?(?:quero|desejo|pretendo|precisa\w*|tenciono) (?:continuar a |voltar a "
            rf"|mais me )(?:receber|avisar|enviar|mandar)|{NO} (?:\w+ )?(?:quero|desejo|pretendo"
            rf"|gostaria de|queria|qro) (?:mais )?(?:receber|recebe"
            r"|receb\w+|ser contac?tad\w)|(?:quero|qro|preciso) (?:\w+ )?mais nao$|prefiro nao (?:receber"
            rf"|ser)|quer\w+ (?:n|nao) receber|dispenso (?:\w+ ){{0,3}}{TEXTS}|ja nao (?:quero|preciso"
            rf"|me interess\w+|desejo) (?:\w+ ){{0,3}}{TEXTS}|{TEXTS} (?:de \w+ )?nao(?: quero)?$|(?:nao|n) "
            r"(?:as|os) (?:quero|desejo) (?:mais|receber)|(?:deixaram|deixou) de me (?:fazer falta"
            r"|interessar)",
            unless=r"perder|deixar de|incomodar voces|parar de|sair d|cancelar|nao recebi|nada mais|pao|cafe"
            r"|acucar|bolo|remarcar|engano|mais mensagem sua\?",
        ),
        rule(
            "asks to be left alone",
            r"(?:me |nos )?deix\w{1,3} (?:me |nos |o \w+ )?(?:em paz|sossegad\w|quiet\w|da mao|eu em paz)|"
            r"(?:largu?e\w*|larga) d\w (?:meu|mim)|me esque[cç]\w*|esque[cç]\w+ (?:de mim|que eu existo)"
            r"|para cara|para com (?:isso|esse|essa|esses|essas|isto)|parem com (?:isso|isto|esses|essas)"
            r"|acabem com (?:isto|isso)",
            unless=r"deixa em paz a|deixa ele|deixa ela",
        ),
        rule(
            "asks to stop",
            r"^(?:\w+ ){0,2}(?:parem|pare|para|parar|pode parar|podem parar|stop|chega|sair|basta)(?: (?:ja"
            r"|por favor|pf|pfv|ai|ne|com isso|agora|obrigad\w|de|vcs|logo|serio|cara|gente|fzr|fazendo|favor"
            r"|imediatamente))*$",
            also=r"mensage\w*|sms|msgs?|spam|propaganda|publicidade|mand\w+|envi\w+|receb\w+|numero|avisos?"
            r"|lembretes?",
            unless=r"nao par|kkk|para (?:o|a|de) carro|parei|quando",
        ),
    ),
    holds=(
        rule(
            "says the number is wrong",
            r"(?:numero|num|n|pessoa|contac?to) (?:esta |ta )?(?:errad\w|engan\w+|trocad\w)|(?:foi |e |por "
            r"|haver |ha )?engano$|(?:deve|devem) (?:haver|ser|ter sido) engano|engan(?:ou|aram|ei) se"
            r"|se enganou|nao (?:sou|e) (?:\w+ )?(?:essa|esse|a pessoa|o numero|eu)|nao conheco|nao mora "
            r"(?:mais )?aqui|ja nao moro|(?:faleceu|morreu)|nao moro mais|mudei (?:de|me|pra)|este numero "
            r"(?:ja )?nao e|ja n(?:ao)? (?:to|tou|estou|sou|moro) ",
            unless=r"deixei|errei|me enganei|enganei me",
        ),
        rule(
            "is not interested",
            r"(?:nao|n|sem|nenhum) (?:tenho |ha )?(?:interess\w+|interesse)|(?:nao|n) (?:estou|to|tou"
            r"|me) interess\w+|tenho interesse nao|^(?:nao|n|por enquanto nao|agora nao)(?: \w+)? (?:obrigad\w"
            r"|obg|quero|querida|quero obrigad\w|valeu|vlw)(?: nao)?$|nao quero nao(?: obrigad\w)?$|nao "
            r"(?:me )?serve",
        ),
        rule(
            "asks where the number is from",
            r"quem (?:e|es|fala|ta|esta|sao|deu|te|lhes|vos)(?: (?:vc|voce|tu|falando|esse|isso|ai|voces"
            r"|por favor|a falar|deu))*$|(?:como|onde|donde) (?:\w+ )?(?:consegui\w+|arranj\w+|obtiv\w+|tem"
            r"|pegou|pegaram|descobri\w+) (?:o |do )?meu|quem (?:\w+ )?(?:deu|passou) (?:o )?meu|(?:por ?que"
            r"|pq|porque) (?:\w+ )?(?:me|to|estou|estao|continu\w+|recebo|ta|tanta|tanto)(?: \w+)? (?:mand"
            r"|envi|receb|mensag|msg)\w*|(?:isso|isto) e (?:spam|golpe|burla)|nunca (?:me )?(?:cadastr|inscrev"
            r"|pedi|dei|subscrev|autoriz)\w*",
        ),
        rule(
            "complains about the texts",
            rf"(?:demasiad|muit|tant|mt)[oa]?s? {TEXTS}|{TEXTS} (?:demais|a mais)|^chega(?: ne| ja| disso"
            r"| pf| por favor)*$|(?:fart|cansad|saturad)\w (?:de|d)|de novo vcs|vou (?:\w+ )?(?:bloquear"
            r"|denunciar|processar)|bloquear e|ja chega|^spam$|(?:nao|n) cansam|procon|que chat\w+"
            r"|isto ja passa|vaza|some(?: daqui)?$|nao incomod\w+|nao perturb\w+",
        ),
        rule(
            "asks for another way or for some texts",
            r"(?:prefiro|melhor|so|apenas|antes|somente|preferia)(?: \w+){0,3} (?:no |por |o |pelo )?"
            r"(?:e ?mail|mail|correio|telefone|carta|ligac\w+|e mail|telefonema)|(?:manda\w*|envia\w*"
            r"|envie\w*) (?:\w+ )?(?:pro|por|no|pelo|para o|antes por) (?:e ?mail|mail|correio)|promoc\w* nao|"
            r"(?:so|apenas) (?:os|as) (?:avisos|lembretes|de)|por (?:e ?mail|mail|correio) (?:e |por )?"
            r"(?:melhor|favor)",
            unless=r"qual|posso|mandei|pode me|podem|consegue|enviei|onde",
        ),
        rule(
            "asks to cancel",
            r"^(?:\w+ )?(?:cancel|anul)(?:e|em|a|ar|o)(?: (?:tudo|isso|ai|pf|pfv|por favor|pra mim|o|meu"
            r"|please|ja|desisti|isto|favor))*$|como (?:\w+ ){0,3}(?:cancel|sai|remov|par|descadastr|desativ"
            r"|deslig|tir|deix|anul)\w* |tem como (?:desligar|parar|cancelar|tirar|desativar)|^(?:stop|para"
            r"|pare|parar|fim)(?: (?:kk+|lol|\d+|rs|haha|ai|ja))+$|desisti$",
            unless=r"consulta|pedido|reserva|marcac\w+|dentista|corrida|agendamento",
        ),
    ),
    denials=(
        r"(?:nao|n|nunca|nem) (?:quero |queria |e pra |vao |vai |pode\w* |me )*(?:que )?(?:par(?:em|e|ar|a)"
        r"|deix(?:em|e|ar|a)|cancel(?:em|e|ar)|tir(?:em|e|ar)|apagu?\w+|elimin\w+|remov\w+|sair"
        r"|descadastr\w+|exclu\w+)(?! (?:nao"
        r"|em paz))\b"
        r"|(?:parei|parou|pararam|deixei|deixou|deixado|parado) de |por ?que (?:nao|n|vcs|voces) (?:me )?"
        r"(?:par|deix)|se eu|sem querer|por engano|(?:responda|responder|envie|mande|digite) (?:stop|sair"
        r"|parar|cancelar)|(?:ainda|ate agora) nao|nao (?:chegou|recebi|chegaram|mandaram|enviaram)|nao par"
        r"(?:a|em|am) de |para (?:o|a) (?:carro|gente)|nao (?:me )?lig\w+(?! (?:nem|e|mais))|cessaram"
        r"|nao me incomod(?:a|am)\b|vou parar|nao deixem|parar (?:de )?(?:tomar|fumar|na|no"
        r"|o carro)"
    ),
    reservations=(
        r"mas (?:quero|pode\w*|mantenham|continu\w+|mand\w+|envi\w+|os|as|deix\w+|o |a |me avis\w+"
        r"|por favor mant|sim)|exceto|excepto|menos (?:os|as|o|a)|(?:so|apenas|somente) (?:os|as|o|a|quero"
        r"|mand\w+|me|envi\w+) |numero antigo|em vez|ao inves|por enquanto|ate (?:segunda|amanha|dia)"
        r"|de madrugada|tao cedo|sabados?|domingos?|de noite|as outras sim|esse outro"
        r"|^(?:\w+ ){0,2}como (?:e que |que )?(?:eu )?(?:faco|faz|fazer|posso|saio|cancelo|paro|desativo|tiro|deixo"
        r"|me (?:descadastr|tir|remov)\w+) [^.]*$"
    ),
    wishes=(
        r"(?:de novo|outra vez|novamente) (?:\w+ ){0,2}(?:mensage\w*|sms|lista)|(?:mand\w+|envi\w+|receb\w+"
        r"|escrev\w+|coloc\w+|adicion\w+|inclu\w+|cadastr\w+|inscrev\w+|ativ\w+|subscrev\w+|poe|ponham|poem"
        r"|bota\w*|mete\w*|inscrev\w+|quero|quer\w+|reinscrev\w+|contac?t\w+) (?:\w+ ){0,6}(?:de novo"
        r"|outra vez|novamente|de volta)"
        r"|(?<!nao )(?<!escusam de )(?<!escusa de )(?:volt\w+|torn\w+|recomec\w+|retom\w+|podem? voltar) "
        r"(?:a |o |os |as )(?:me )?(?:mand|envi|receb"
        r"|escrev|inscrev|coloc|cadastr|contac?t|subscrev|ativ|envio|mensag|por|estar|ter)\w*|reat?iv\w+"
        r"|reactiv\w+|reinscrev\w+|(?:ja )?pode\w* (?:me )?(?:mandar|escrever|enviar) (?:me )?(?:mensagens "
        r"|sms )?(?:de novo|outra vez|agora|sim|a vontade)|sinto falta d\w+ (?:mensag|avis|promo|sms"
        r"|lembret)\w*|(?:sai|cancelei|parar|stop|sair) (?:\w+ ){0,3}(?:sem querer|por engano)|(?:sem querer"
        r"|por engano) (?:\w+ ){0,3}(?:sair|stop|cancel\w+|sai|parar)"
    ),
    same=spellings(
        "voces vcs",
        "voce vc",
        "que q",
        "porque pq",
        "mais +",
        "nada nd",
        "todos tds",
        "muito mto",
        "muita mta",
        "muitas mts",
        "mensagens msgns",
        "mensagem mensagen mensgem",
    ),
)
