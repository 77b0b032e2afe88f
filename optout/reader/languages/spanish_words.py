"""Words of the Spanish grammar, as alternatives of patterns."""

STEM = (
    r"(?:mand|envi|embi|escrib|text|tex|contact|molest|remit|notific|bombarde|hostig|fastidi|jod|spame|mensaje"
    r"|acos|convoc|avis|incluy|dirij|comuni[cq]u?)"
)
# "manden", "envíes", "escriba", "mandando" and "mandarme": imperatives and infinitives, no reports ("no me mandaron").
SEND = (
    rf"{STEM}(?:e|en|es|eis|a|an|as|ais|ee|een|ees|i|in|ar|er|ir|ando|iendo|ad|ed|id)(?:me|nos|le|les|lo|los"
    r"|la|las|melos|melo|melas|nada|se)?"
)
TEXTS = (
    r"(?:mensaj\w*|sms|textos?|msj\w*|msg\w*|mjs\w*|msjs|publicidad|propaganda|promo\w*|ofertas?|avisos?"
    r"|recordatorios?|notificacion\w*|envios?|comunicacion\w*|cupon\w*|anuncios?|whats\w*"
    r"|spam|alertas?|correos|informacion|textito\w*)"
)
MY_NUMBER = (
    r"(?:(?:a |de |en )?(?:mi|este|nuestro|el|su|mis|tu|ese) (?:\w+ )?(?:numero|num|nro|telefono|tel|celular"
    r"|cel|movil|nombre|linea|datos|contacto|aparato|correo|cell|fono))"
)
REMOVE = (
    r"(?:quit|kit|sac|saqu|borr|elimin|retir|remuev|remov|desuscrib|desapunt|desanot|exclu|suprim|cancel"
    r"|desinscrib"
    r"|desvincul|desactiv|tach|deje|des?registr|depur|baj|olvid|exclu)"
)
REMOVE_ME = rf"{REMOVE}(?:y|gu|qu)?(?:e|en|es|a|an|ad|ar|er|ir|ir|i|o|enme|o)?(?:me|nos|melo)"
LISTS = (
    r"(?:listas?|sistema|base|bases|registros?|grupo|directorio|envios|contactos|mensajes|textos|sms|avisos"
    r"|agenda|numeros|campana|difusion|lista de difusion|servicio|promociones|aqui|ahi|eso|esto)"
)
STOP = (
    r"(?:dej\w{1,6}|par(?:e|en|a|ar|ad|es|enle|ele|ale)|ces\w{1,4}|deten(?:er|gan|ga|ganse)?|termin(?:e|en|ar)"
    r"|basta|suspend\w{1,3}|interrump\w{1,3}|cort(?:e|en|a|ar|enla|ala)|acab(?:e|en)|desist\w{1,3}|evit(?:e|en"
    r"|ar)|absten\w*|finalic\w+)"
)
