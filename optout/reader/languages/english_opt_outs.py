"""Opt-outs in English: rules that opt out at once."""

from optout.reader.grammar import rule
from optout.reader.languages.english_removals import REMOVALS
from optout.reader.languages.english_words import FINALLY, LITTLE, ME, NO_WANT, NOT, SENDING, TEXTS

OPT_OUTS = (
    rule(
        "asks to stop texting",
        r"(?:(?:stop|quit)(?: it)?|stopping|quitting|cease|discontinue|halt|refrain from|desist from|end|kill"
        r"|terminate|suspend|knock off|cut out|cut off"
        r"|hold off on|no need to keep|no need to|no need for|turn off|shut off|disable|cut|pause|leave off"
        r"|cancel|lay off|stay off|finish|give over"
        rf"|deactivate|stop to|switch off|block) (?:{LITTLE} ){{0,4}}(?:{SENDING}|{TEXTS})(?! you\b| him\b"
        r"| her\b| and driv)",
        r"(?:stop|quit) (?:please )?(?:text|message|contact|send)(?: (?:me|us|this|my|to|please|these)|$)",
        r"(?:enough|through|done|finished) (?:already )?(?:with|of) (?:all )?(?:the|these|this|your|ur|them) "
        r"(?:\w+ )?" + TEXTS,
        r"(?:stop|quit) hitting (?:up )?(?:me|us|my)",
        r"(?:stop|quit|end|ending|discontinue|cease|kill|cut|cancel|disable) (?:with |w )?(?:all )?(?:of )?"
        r"(?:the|these|your|this|those|any|my) (?:\w+ ){0,2}(?:texts|messages|sms|text alerts|messaging"
        r"|texting)",
        r"(?:turn|shut|switch|close) (?:\w+ ){0,3}" + TEXTS + r" (?:off|down)(?: |$)",
        rf"(?:can|could|would|may) (?:{LITTLE} |my ){{1,3}}(?:{TEXTS} )?(?:please |pls )?be (?:turned off"
        rf"|stopped"
        r"|cancelled|canceled|discontinued|ended|switched off|shut off)",
        r"(?:make|get|have|want|wanted|like|need) (?:all |all of )?(?:it|them|this|these"
        r"|those)(?: \w+)? (?:to )?(?:stop"
        r"|quit|end|discontinued|stopped|cancelled|canceled|ended|turned off)(?: |$)",
        rf"(?:cut (?:it|this) out|knock (?:it|this) off|hush|shut up|bye|goodbye|done|finished"
        rf"|over it) (?:with|w|to) "
        rf"(?:all )?(?:the|these|this|your|them) ?(?:\w+ )?{TEXTS}",
        rf"{TEXTS} (?:has|have|had|need|needs|gotta|got) (?:got )?to (?:go|stop|end|quit)",
        r"(?:like|want|need|wish) (?:that|this|it|these|them|those) to (?:come to an )?(?:end|stop)(?: |$)",
        r"(?:like|want|need|wish) (?:it|this|these|them|that|those) (?:cancelled|canceled|stopped|ended"
        r"|discontinued)",
        r"(?:kill|end|cancel|mute|close|shut|stop|silence) (?:these|those|them|me|it) (?:for good"
        r"|permanently|down|for me"
        r"|on your (?:side|end))",
        r"(?:kindly|please|pls) (?:deactivate|discontinue|unsubscribe|cease|desist|deregister)(?! the| my"
        r"| our)(?: |$)",
        r"(?:atop|stoop|stomp|stip|step|steop|shop) (?:texting|sending|messaging|contacting)",
        r"no to (?:your|the|these|all) (?:texts|messages|sms)",
        r"(?:get rid|rid me|rid us) of (?:these|those|the texts|the messages|all of (?:these|this))",
        r"(?:done|through|finished|enough) (?:with|of) (?:these|those|your texts)(?: now| thanks| thank you)*$",
        r"(?:texts?|messages?|spam|sms|these|texting|messaging|it all|this) (?:\w+ )?(?:need|needs|has|have"
        r"|must|should|gotta|got|better) (?:to )?"
        r"(?:be )?(?:stop|stopped|end|cease|discontinued)",
        unless=r"texted me to|trying to reach|screen|calling|appointment|appt|stop by|emails? (?:only|but)"
        r"|did the|will the|when|why did|ringing|stop the \w+ at",
        needs="stop remove text send",
    ),
    rule(
        "asks not to text",
        rf"{NOT} (?:\w+ )?(?:ever |again |please |be |keep |bother |go |to |you |even |need to "
        rf"|have to ){{0,3}}"
        r"(?:texts?|texting|message|messaging|contact|contacting|spam|spamming|bother|bothering|bug|sms|write"
        r"|writing|hit|disturb|desturb|harass|msg|blow up|reach out to"
        rf"|communicate with|solicit|pester|annoy)(?: (?:on|to|up|with))? (?:{ME}|{FINALLY})",
        rf"{NOT} (?:ever |again |please |be |you )?(?:text|message|contact|texting|contacting|messaging"
        r"|bother|disturb)(?: (?:please|thank you|thanks|ok|okay|sir|maam))*$",
        rf"{NOT} (?:\w+ )?(?:ever |again |please |be |keep |bother |to |you ){{0,3}}send(?:ing)? (?:to )?"
        r"(?:me |us |my phone |my number |this number |here )?(?:out )?"
        r"(?:anything|nothing|any ?more|no more|these|those|this|them|texts?|messages?|any (?:more |of |other "
        r"|further )?(?:\w+ )?(?:texts?|messages?|sms|stuff|these|this|promos?|offers?|ads?)"
        r"|sms|stuff|again|spam|promos?|offers|ads|more|another|ur|the (?:texts?|messages?)|your (?:\w+ )?"
        r"(?:texts?|messages|promos?|offers?))",
        rf"(?:text|message|contact|hit|bother|write) {ME} (?:no more|no mo|nomore|never again|not again|not)",
        r"lets not (?:text|message|contact)",
        rf"{NOT} (?:ever )?(?:text|message|contact|disturb|bother|send|call or text"
        rf"|spam)(?: \w+){{0,4}}? (?:again|anymore"
        r"|any more|any longer|henceforth|going forward|in (?:the )?future)",
        rf"{NOT} use (?:it|this|that|them|(?:my|this) (?:\w+ )?(?:number|phone|line)) (?:for|again)",
        r"(?:please|pls|kindly|to|just|you|and|but) (?:dont|not|do not) (?:ever )?(?:send|text|message"
        r"|contact|market|use)"
        r" (?:\w+ ){0,3}?(?:again|anymore|any more|henceforth|these|texts?|messages?|further|going forward"
        r"|to me|at all)",
        rf"{NOT} (?:ever |please )?(?:use|call or text|text or call) (?:this|my|our) (?:\w+ )?(?:number"
        rf"|phone|line|cell"
        r"|mobile)(?: \w+)? (?:for (?:\w+ ){0,2}(?:promo\w*|ads?|marketing|messages|texts|sales|messaging)"
        r"|again|anymore"
        r"|any more|for (?:this|these|that))",
        rf"{NOT} (?:market|advertise|solicit|follow up|ask again|reach out)(?: |$)",
        r"(?:no soliciting|not one more (?:\w+ )?(?:text|message)|(?:text|texts|call|calls) (?:dont"
        r"|no) (?:text|texts|call|calls))",
        r"(?:dont|not|do not) (?:send|text|message|want|contact) (?:me |us )?(?:to (?:get )?)?(?:nun"
        r"|nothin\w*|anythin\w*)(?: else| more| from|$)",
        r"(?:would|will|id|rather|prefer|like|wish|want|ask) (?:\w+ )?not (?:to )?(?:get|receive"
        r"|have) (?:these|them|any|texts|messages|your|it)",
        r"\bdnd\b|mark (?:\w+ ){0,4}do not (?:text|contact|message)",
        r"(?:no (?:permission|consent|authorization)|not have (?:my )?(?:permission|consent)|dont have "
        r"(?:my )?(?:permission|consent)|without my (?:permission|consent)"
        r"|permission (?:\w+ ){0,2}(?:revoked|withdrawn|denied)|never gave (?:you )?(?:\w+ )?(?:permission"
        r"|consent)) (?:\w+ ){0,3}(?:text|message|contact|texting|sms)",
        r"(?:not|never) (?:to )?(?:be )?(?:contacted|texted|messaged) (?:again|anymore|any more|further|by)",
        r"(?:you|yall) (?:can|may|should|must|need to|gotta|got to|shouldnt|should not) (?:not|never) (?:text"
        rf"|message|contact) {ME}",
        unless=r"until|til|till|before|yet|unless|while|during|after \d|why dont|if you (?:dont|do not|never)|"
        r"(?:you|they|he|she|it|we|i|who|nobody) (?:dont|never|do not|didnt) (?:ever )?"
        r"(?:text|message|contact|send|bother)|hesitate|at work|when|code|forget|didnt mean to"
        r"|mean to (?:text|bother|contact|message|spam)|want to bother"
        r"|call before|no bother|not to bother|hate to|hate bothering|sorry to bother|"
        r"no contact with|no text (?:from|yet|or|about|came)|no message (?:from|yet)|the photo|the bill|bill"
        r"|photo|picture|pic|invoice|forgot|bother me",
        needs="not more consent send",
    ),
    rule(
        "asks for no more texts",
        rf"(?:no|not) (?:more|mo|further|additional|another) (?:of )?(?:{LITTLE} )*{TEXTS}",
        rf"^(?:\w+ ){{0,4}}no (?:{LITTLE} )*(?:texts|messages|sms|texting|messaging|spam)(?: (?:please|thanks"
        r"|thank you|anymore|to|at|on|for|ever|again|from|in)\b|$)",
        r"no more (?:of )?(?:these|this|them|those)(?: please| thanks| ever)*$",
        rf"no more (?:of )?(?:\w+ ){{1,3}}?(?:{TEXTS}|by text|on (?:my|this) (?:phone|number|line))(?: |$)",
        r"no (?:to )?(?:more |your |the )?(?:texts|messages|sms)(?: or| and| no) \w+|no \w+(?: and"
        r"| or)? no (?:to )?(?:more |your "
        r"|the )?(?:texts|messages|sms)|^no to (?:your|the|these|all) (?:texts|messages)",
        r"^(?:so |and |but |ok |okay )?(?:please |pls )?no more (?:of )?(?:it|this|that|come"
        r"|coming)(?: please| pls| thanks| now)*$",
        r"no more (?:of )?(?:these|them|this|it)? ?(?:come|coming|to (?:this|my) (?:phone|number))",
        r"no (?:further|more) (?:contact|communications?|correspondence|text)",
        r"no (?:texts?|texting|messages?|contact|message) (?:me |us )?(?:again|anymore|any more|no more"
        r"|please)",
        unless=r"yet|came|come through|from (?:you|them|him|her|the|my)|received|got|get|been|why|did|left a"
        r"|since|show|unread|have no|is there|sorry|new messages?|no message from",
        needs="not",
    ),
    *REMOVALS,
    rule(
        "wants no texts",
        rf"{NO_WANT} (?:to |for )?(?:you |yall )?(?:\w+ ){{0,4}}?(?:{TEXTS}|texted|contacted|messaged"
        r"|spammed|hear from (?:you|yall|any|ur)|hearing from (?:you|yall)|be text|sms|bothered|on your list"
        r"|on (?:this|the|ur) list"
        r"|be on (?:this|your|the|any))",
        rf"{NO_WANT} (?:to )?(?:get|getting|receive|recieve|receiving|recieving|have|see|be getting"
        r"|be sent)? ?(?:any (?:more )?(?:of )?)?(?:these|this|them|em|those|any|it)"
        r"(?: (?:anymore|any more|any longer|no more|no mo|ever|again|please|thanks|sent|from|on my|coming"
        r"|no longer|things?|at all|to my|ok)\b|$)",
        r"(?:no longer|dont|do not|not) (?:\w+ )?(?:wish|want|wanna|need|like|trying|tryna|care) (?:to )?"
        r"(?:be )?(?:receive|recieve|receiving|recieving|get|contacted|texted|notified|messaged)(?: "
        r"(?:anything|nothing|any|these|this|them|from|anymore|more|by)\b|$)",
        r"(?:no longer|never|not) (?:\w+ )?be (?:contacted|texted|messaged|notified)",
        r"(?:dont|do not) (?:ever )?(?:want|wanna) (?:you |yall )(?:to )?(?:text|texting|message|messaging"
        r"|contact|contacting|sending)",
        unless=r"miss|lose|stop|end|quit|cancel|unsub\w*|opt|missing|appointment for|to bother|bothering"
        r"|spam you"
        r"|spam yall|dont like (?!getting|receiving|being|to|you|these)|(?:need|like) (?:it|them) (?:any"
        r"|anymore)|for saturday|to the (?:bank|office)|i want to text|reminder for"
        r"|get(?:ting)? (?:a|my) (?:text|message|reminder) (?:about|for|from)|didnt (?:get|receive)|never "
        r"(?:got|get)|to text you|to message you|"
        r"send you|texting you|to text and|it to|them to|one|her to|him to|you to (?:leave|go|think|get"
        r"|forget)",
        needs="not want",
    ),
    rule(
        "opts out",
        r"(?:opt|opting|opts|op) (?:me |us |(?:this|my|our) (?:\w+ )?(?:number|phone) )?(?:out|myself out)",
        r"(?:my|an) opt out",
        r"^unsub(?:scribe)?\b",
        r"unsub(?:scribe)?(?: (?:me|us|my|this|from|please|now|thanks|thank|to|asap|here|number|list"
        r"|immediately|and)\b|$)",
        r"opt (?:our|put|oit|iut|ot|ouy)(?: |$)",
        r"(?:un ?enroll|un ?subscribed?|dis ?enroll) (?:me|us|please|pls)|be unsubscribed|(?:want|like|need"
        r"|wish) to unsubscribe",
        r"un sub(?:scribe)? (?:me|us|this|my|please)",
        r"(?:revoke|revoking|withdraw|withdrawing|rescind|rescinding|revoked|pull|pulling) (?:\w+ )?(?:my "
        r"|any |all |our |prior )*(?:\w+ )?(?:consent|permission|authorization|opt in)",
        r"(?:do not|dont|never|no longer|not) (?:give )?(?:my |you )?(?:consent|authorize|permission)",
        r"(?:no longer|not) (?:have|give|given|giving) (?:\w+ )?(?:consent|permission|authorization)",
        r"cancel (?:my |the |this |our )?(?:text |sms |message )?(?:subscription|membership to (?:this|these"
        r"|your) texts?|texts|messages|text alerts|alerts|enrollment in texts)(?! box)",
        r"(?:sign|signed) (?:me|us|this number|my number) off|(?:put|place) (?:me|us|this number"
        r"|my number) on (?:your|the) do not (?:text|contact|call)",
        r"do not (?:text|contact|call|disturb) (?:list|registry)",
        r"signing off (?:of|from) (?:your|these|this|the)",
        unless=r"(?:how|would someone|instructions|if i|what is|of what|told the|asks whether)\b|by (?:accident"
        r"|mistake)|accidentally|accidentaly|mistakenly|from the emails?|emails?|dont want to"
        r"|do not want to|did i|hope i|gym|box|did not|didnt|im trying to opt in|surgery|of the "
        r"(?:insurance|plan|test|trip|class|photo"
        r"|field|lunch|program|extra|warranty)|treatment|x ?rays?|shipping|lease|netflix|meal|wont let me"
        r"|can i opt out of the|channel|app|on the (?:app|website)|from your channel|paperless"
        r"|dont opt|my (?:son|daughter|kid|child) (?:out|opt)"
        r"|photo",
        needs="remove stop consent not list",
    ),
    rule(
        "asks to be left alone",
        r"leave (?:me|us|my (?:phone|number)|this number|this phone|a [a-z]+) (?:the \w+ |tf |df |da \w+ )?"
        r"(?:alone|lone|be|in peace)",
        r"^(?:\w+ ){0,3}let (?:me|us) (?:be|alone)(?: please| now| already)*$",
        r"cease (?:and|&|n) desist|cease desist",
        r"(?:get|stay|keep) (?:off|out of|outta|away from) my (?:phone|inbox|messages|texts|line|cell)",
        unless=r"leave me alone (?:with|in|for|at)|alone with|let me be (?:honest|the|your|real|clear|late"
        r"|early)",
        needs="leave stop me",
    ),
    rule(
        "says the number is wrong and asks to stop",
        r"wrong (?:number|person|phone|guy|lady)(?: \w+){0,6} (?:stop|remove|delete|quit|take me off|dont text"
        r"|do not text|unsubscribe)(?! by)",
    ),
    rule(
        "asks to stop",
        r"^(?:\w+ ){0,2}(?:please|pls|kindly|just) (?:just |would you |now )?(?:stop|quit|cease)(?: (?:it|this"
        r"|that|already|now|please|immediately|thank|thanks|you|sir|maam|all|everything|these|them|asap|today"
        r"|everyone|for))*(?: real)?(?: this)?(?: time)?$",
        r"^(?:ok |okay |hey |yo |bro |no |nah |hi |hello |omg ){0,2}(?:stop|quit|cease)(?: (?:it|this|that"
        r"|already|these|them))?(?: (?:please|now|immediately|thank you|thanks|right now|asap|permanently"
        r"|forever|at once)){1,3}$",
        r"^(?:hi |hello |hey |sir |maam |ok |and |so |but |just |lord have mercy ){0,3}(?:please|pls"
        r"|kindly) (?:just )?(?:stop|quit|cease|end) "
        r"(?:i|we|im|its|it is|they|this is|you are|youre|all of)\b",
        r"^(?:can|could|would|will) (?:you|yall|u) (?:all |please |just |kindly )*(?:stop|quit"
        r"|cease)(?: (?:it|this|that|please|now"
        r"|already|thanks))*$",
        r"(?:stop|cease|end|quit) (?:these|those|them)(?: please| now| from| immediately| coming| thanks"
        r"| asap)*(?:$| coming| from)",
        r"^(?:\w+ )?(?:please |can you |could you |u |you can |you )?(?:stop|quit) (?:these|those|them|all of "
        r"(?:this|these))(?: please| now| all)*$",
        r"(?:asking|asked|telling|told|want|wants|need|begging|tell|say|said|requesting|ask) (?:you|yall"
        r"|you all|you guys|u|you people)(?: \w+)? to (?:please )?(?:stop|quit|cease)"
        r"(?: (?:it|this|please|now|immediately|that|all|already|texting|sending))*$",
        unless=r"laugh|crying|raining|killing|playing|lol|haha|barking",
    ),
    rule(
        "asks to stop, about the texts",
        r"^(?:please |pls |kindly |just |ok |so |and )*(?:stop(?: it)?|cease|quit(?: it)?|unsubscribe"
        r"|remove|no more|opt out|off|enough)"
        r"(?: (?:please|pls|now|thanks|thank you|already|i mean it|it))*$",
        also=r"texts?|texting|texted|messag\w+|these|spam|sms|campaigns?|elections?|phone|number|times"
        r"|disturbing|donor"
        r"|volunteers?|opted|daily|every ?day|unsubscribed?|your list|up to it",
        unless=r"(?:dont|cant|wont|never) (?:stop|quit)",
        needs="stop remove not",
    ),
    rule(
        "asks to stop it, about the texts",
        r"^(?:\w+ ){0,4}(?:stop|quit|cease|knock|end|cut)(?: (?:it|this|that|off|out|all|now|already|please"
        r"|with|y|for|real|bro|man|immediately|dat|right|them|these|me))*$",
        also=r"text|texts|texting|texted|message|messages|messaging|spam|sms|sending|contacting|unsubscribe",
        unless=r"stop (?:sign|by)|(?:dont|cant|wont|never) (?:stop|quit)|bus|reply stop|(?:it|they|he|she|i"
        r"|we) "
        r"(?:stop|quit|end)|send stop|text stop|next|last|the end|my stop|at the|weekend",
    ),
    rule(
        "refuses texts",
        r"(?:not|dont|do not|rather not|no more) (?:\w+ ){0,2}?hear (?:\w+ )?from (?:you|yall|u|your)"
        r"|heard no more from you"
        r"|(?:never|not) (?:\w+ )?hear from (?:you|yall) again",
        rf"(?:lose|ditch|drop|skip) (?:the|these|your) {TEXTS}",
        r"(?:these|your|the|this|ur) (?:texts?|messages?|sms) (?:are|is) (?:not |un)(?:wanted|welcome"
        r"|wanted or)",
        r"unwanted (?:texts?|messages?|sms)",
        r"(?:get|getting) (?:these|your|ur) (?:texts?|messages?) (?:anymore|no more)",
        needs="text not stop",
    ),
)
