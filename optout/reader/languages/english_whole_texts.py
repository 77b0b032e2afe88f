"""Whole texts in English: STOP among other words, and what may ask to stop. Data."""

from collections.abc import Mapping

# Beside STOP: politeness, haste, and how a person says that this is the answer.
AROUND_STOP = (
    "ok|okay|k|alright|well|hi|hello|hey|dear|sir|madam|maam|mam|guys|folks|everyone|yes|yeah|yep|ya|sorry"
    "|um|just|really|seriously|literally|again|already|finally|immediately|permanently|forever|for good"
    "|for ever|once and for all|right now|right away|at once|now|asap|please|pls|plz|kindly|thanks"
    "|thank you|thank u|thx|ty|god bless|god bless you|have a (?:good|nice|great|blessed) (?:day|one|night)"
    "|effective immediately|as of now|to (?:end|stop|opt out|optout|quit|unsubscribe|cancel|leave"
    "|be removed)|2 (?:end|stop|quit)|i (?:say|said|choose|reply|answer)|my (?:answer|reply|response) is"
    "|reply|replying|text|txt|texting|send|sending|type|typing|saying|the word|stop|end|quit|unsubscribe"
    "|enough|ya|ahora|ahora mismo|inmediatamente|de una vez|hola|por favor|porfa|gracias|basta"
    "|tout de suite|maintenant|immediatement|bonjour|svp|s il vous plait|sil vous plait|merci|ca suffit"
    "|agora|imediatamente|oi|ola|obrigado|obrigada|chega|sofort|jetzt|endlich|hallo|bitte|danke|genug|nu"
    "|direct|meteen|onmiddellijk|aub|alstublieft|bedankt|genoeg|subito|ora|adesso|immediatamente|ciao|salve"
    "|per favore|grazie"
)
# Beside STOP: banter, contradiction and times, with which it may be about something else.
BESIDE_STOP = (
    "no|nope|nah|lol|lmao|haha|omg|ugh|ffs|wtf|damn|bro|bruh|dude|man|buddy|yo|babe|today|tonight|tomorrow"
    "|everything|it|this|that|all|nein|nee|non|nao|mec|bitch|idiot|idiots|fool|clown"
)
SAID_STOP = (
    "(?:i |ive |i have )?(?:already |literally |just |clearly |twice )?(?:said|texted|replied|typed|sent"
    "|answered|wrote|told (?:you|yall|u)(?: guys| people)?(?: to)?|asked (?:(?:you|yall"
    "|u) )?(?:guys )?to) (?:stop|unsubscribe)(?: already| before| twice| again| yesterday| \\d+ times"
    "| (?:two|three|four|five|several|many|multiple) times)*"
)

CHILD_AGE = r"(?:[5-9]|1[0-7])"
_KIN = (
    "he|she|this person|that person|account holder|my (?:husband|wife|mother|father|mom|mum|dad|son"
    "|daughter|brother|sister|grandmother|grandfather|grandma|grandpa|uncle|aunt|partner)"
)

HOLDS: Mapping[str, str] = {
    "says the number is wrong": (
        r"(?:(?:you|u|ya|yall|this|it|thats|its|youve|you guys|that)(?: must| may| might"
        r"| probably)?(?: have| has|ve| is)?(?: got| texted| called| messaged| reached| contacted"
        r"| dialed)? )?(?:the |a )?wrong (?:number|person|phone|guy|man|woman|lady|girl|house|contact"
        r"|family|name|individual|party)(?: (?:buddy|pal|here|dude))?|(?:this is |its |thats )?(?:not"
        r"|no longer|isnt|aint) \w+s (?:number|phone|cell)(?: any ?more)?|(?:this |it )(?:isnt|aint|is not"
        r"|is no longer) \w+s (?:number|phone|cell)(?: any ?more)?|(?:nobody|no one|noone"
        r"|no person)(?: here)?(?: by| with| of| named)?(?: that| this) name(?: here)?|(?:theres "
        r"|there is )?no \w+ at this (?:number|phone)|never heard of (?:you|yall|him|her|them|\w+)"
        rf"|(?:{_KIN})(?: has| is| was|s)? (?:died|dead|deceased|passed|passed away|passed on"
        r"|no longer with us)(?: \w+){0,4}"
    ),
    "is no customer": (
        r"(?:i(?:m| am)(?: not| no longer)|not|no longer|i was never|never was)(?: even)?(?: a| your"
        r"| an)?(?: current| active)? (?:customer|client|patient|subscriber)(?: (?:of yours|there|here"
        r"|any ?more|any longer))*"
    ),
    "is not interested": (
        r"hard pass|ill pass|i will pass|not int|(?:the |my |our |this )?(?:house|property|home|land)(?: is"
        r"|s)? not for sale|(?:im |were )?not selling(?: (?:my|the|our) (?:house|home|property|land))?"
    ),
    "blocks or reports": (
        r"(?:youre|you are|ur|you|u|this number is|number|youve been|you have been|you will be"
        r"|consider yourself)(?: now| getting| being| gonna be| going to be| about to be)* (?:blocked"
        r"|reported|blacklisted)|(?:blocked|blocking|block|reported|reporting|deleted|delete)(?: (?:and"
        r"|then) (?:blocked|blocking|block|reported|reporting|report|deleted))?(?: (?:you|u|yall|this"
        r"|this number|number|spam|as spam|junk|as junk))*(?<!\bdeleted)(?<!\bdelete)|(?:im "
        r"|i am )?(?:on )?(?:the )?(?:national )?(?:do not call|dnc) (?:list|registry)|(?:im|i am"
        r"|this number is|my number is|were) (?:registered )?on (?:the )?(?:national )?(?:do not call"
        r"|dnc)(?: list| registry)?|dnc|(?:do not|dont) call(?: (?:me|us|again|this number|any ?more))*|td"
        r"|i(?:ll| will| am|m|m going to|m gonna|ma)(?: be)? (?:block|report|su|blocking|reporting|suing"
        r"|sue)(?: (?:you|u|yall|this|this number))*"
    ),
    "complains about the texts": (
        r"(?:this is |thats |youre |you are |its |what a |total |more |just |another |nice try )?(?:a "
        r"|an )?(?:spam|scam|junk|scammers?|spammers?|phishing|fraud|harassment|robotext|solicitation"
        r"|unsolicited)(?: (?:text|message|texts|messages|number|alert|call))?|(?:i "
        r"|ive )?(?:already )?(?:said|told you) no(?: already| thanks)?|(?:what|which) part of (?:no"
        r"|stop) .*|no means no|how many times .*(?:stop|say no)|for the (?:last|hundredth"
        r"|tenth) time(?: no)?"
    ),
    "asks how to stop": (
        r"(?:how|where) (?:do|can|could|would|to)(?: i| we| you| one)? (?:get|make|have) (?:these|this|it"
        r"|them|yall|you|the texts|these texts|these messages|the messages|you guys)(?: to)? (?:stop|end"
        r"|go away)|(?:can|could|may|how do|how can|where do|where can) (?:i|we) (?:please )?(?:opt out"
        r"|unsubscribe|unsub|get off(?: of)?(?: this| the| your)?(?: list)?|stop this|stop these|end this"
        r"|get out of this)|what do i (?:text|send|reply|type|say) to (?:stop|end|opt out|unsubscribe"
        r"|quit).*|is there (?:a|any) way to (?:stop|opt out|unsubscribe|end).*"
    ),
    "asks to go away": (
        r"exit|(?:go|get) (?:away|lost|bent)|get out of (?:here|my (?:phone|life|texts|inbox))|(?:go )?(?:fuck|f"
        r"|fck|fk|eff|screw|piss|bugger|sod|buzz|bug|jog|shove|naff|back) off|(?:go )?(?:fuck|screw|fck"
        r"|fk) (?:you|u|yall|this|yourself|urself|yourselves)|fu|f u|go to hell|drop dead|eat (?:shit|dirt)"
        r"|suck (?:it|my \w+)|kiss my ass|shut up|stfu|kick rocks|beat it|scram|up yours|get a life|bite me"
        r"|you suck|disenroll(?: me| us)?|(?:end|terminate|discontinue) (?:this |the |my )?service"
    ),
    "says that a child has the phone": (
        r"(?:i(?:m| am)|this is)(?: only| just| literally)*(?: a| an)? (?:minor|underage|under age"
        rf"|under 18|child|kid)|i(?:m| am)(?: only| just| literally)* {CHILD_AGE}(?: years old| yrs old"
        r"| year old| yo)|this (?:is|belongs to) (?:a|my) (?:\w+ year old |)?(?:minor|child|kid|son"
        r"|daughter)s (?:phone|number|cell)"
    ),
}
