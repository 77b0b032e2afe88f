"""Words of the Portuguese grammar, as alternatives of patterns."""

SEND = (
    r"(?:mand|envi|escrev|contac?t|incomod|perturb|mensag|remet|encaminh|cham|import[u]n|spam|chate"
    r"|notifi[cq]u?|amol|encham?|torr)(?:e|em|es|a|am|as|ar|er|ir|ando|endo|arem|ares|erem|eis|i|ei|ei|ue|uem"
    r"|uei)?"
)
SENDING = (
    r"(?:me |mais |a |de |nos )*(?:mandar\w*|enviar\w*|escrever\w*|contac?tar\w*|incomodar\w*|perturbar\w*"
    r"|encher|receber|chegar|chamar|mandando|enviando|spam\w*|chatear|ligar|torrar)(?: me| nos)?"
)
TEXTS = (
    r"(?:mensage\w*|mensag\w*|sms|msgs?|msn|mssg\w*|msm|torpedos?|textos?|publicidade\w*|propaganda\w*"
    r"|promoc\w*|promo\w*|avisos?|lembretes?|alertas?|notificac\w*|ofertas?|comunicac\w*|envios?|spam|anuncios"
    r"|cupons|informativos|zap|vagas|novidades|newsletter\w*|smss|lembranc\w+)"
)
MY_NUMBER = (
    r"(?:(?:o |a |do |da |os )?(?:meu|este|esse|nosso|minha|meus|deste|desse|nossos|meo) (?:\w+ )?(?:numero"
    r"|num|nr|n|telefone|tel|celular|cel|telemovel|nome|contac?to|contac?tos|linha|dados|cadastro|fone|zap"
    r"|cell|registo)|(?:o|esse|este) (?:numero|contato))"
)
REMOVE = (
    r"(?:tir|remov|exclu|delet|apag|retir|elimin|descadastr|bloquei|desinscrev|risc|sac|desvincul|cancel"
    r"|desativ|desactiv|cort|limp|anul|suprim|desliga)"
)
LISTS = (
    r"(?:lista\w*|sistema|base|cadastro|grupo|registo\w*|registro\w*|mailing|contatos|contactos|banco"
    r"|mensagens|sms|msgs?|avisos|daqui|dai|disso|disto|dessa|ficheiro\w*|envios|divulgacao|distribuicao"
    r"|agenda|promoc\w*|programa|campanha|transmissao)"
)
NO = r"(?:nao|n|nem|nunca|nunka|jamais|num|ñ|naum)"
WANT = (
    r"(?:quero|qro|quer|desejo|pretendo|gostaria|preciso|queria|aceito|autorizo|tenho interesse|tenciono"
    r"|queremos|desejamos|necessito|aguento|kero|pedi|solicitei|suporto|autorizei|curto|gosto)"
)
