"""English grammar of opt-outs."""

from optout.reader.grammar import Language, rule, spellings

_LITTLE = (
    r"(?:all|any|the|these|this|those|that|them|with|w|your|you|of|it|please|damn|fucking|freaking|stupid|more"
    r"|on|a|such|dang"
    r"|these here|further|future|automated|unwanted|so many|political|marketing|promotional|spam|group|mass"
    r"|random|daily|damn)"
)
_SENDING = (
    r"(?:texting|messaging|contacting|spamming|bothering|bugging|sending|smsing|harassing|pestering|annoying"
    r"|blasting|hounding"
    r"|writing me|writing to me|reaching out|soliciting|disturbing|hitting (?:me|my|us)|hitting up|blowing "
    r"(?:me|my|up)"
    r"|bombarding|txtin|sms|outreach|correspondence|communications?|communicating|wasting my)"
)
_TEXTS = (
    r"(?:texts?|messages?|sms|spam|notifications?|notices?|alerts?|promos?|promotions?|ads?|advertisements?"
    r"|marketing|coupons?"
    r"|offers?|deals|newsletters?|blasts?|solicitations?|advertising|spamming|texting|messaging|group ?chat"
    r"|updates|chat|thread"
    r"|reminders|text ?messages?|mailings?)"
)
_NOT = r"(?:dont|do not|dnt|dun|dont you|dont ever|never|ion|iont|pls no|not to|no)"
_ME = (
    r"(?:me|us|(?:to |at |on )?(?:my|this|our|the|that|dis) (?:\w+ )?(?:number|numbers|phone|cell|line|mobile"
    r"|fone|device|cellphone)"
    r"|here|this number|my number)"
)
_FINALLY = (
    r"(?:again|anymore|any more|any longer|no more|ever|nomore|no mo|further|going forward|nothing|anything"
    r"|more|back|bro|now|please|thanks)"
)
_DETAIL = (
    r"(?:(?:my|this|our|the|that|dis) (?:\w+ ){0,2}?(?:number|numbers|name|phone|cell|digits|info|information"
    r"|details|line|mobile|contact|data"
    r"|husbands number|cellphone|email|fone)|number)"
)
_REMOVE = (
    r"(?:remove|take|delete|drop|scratch|get|pull|strike|cross|leave|keep|bump|kick|cut|let|count|clear|wipe"
    r"|lift|erase)"
)
_ERASE = (
    r"(?:remove|delete|lose|erase|scrub|ditch|unsubscribe|deregister|unlist|unenroll|disenroll|deactivate"
    r"|unregister|purge|unfollow|unsign|un sign|uninvite)"
)
_OTHER_LISTS = (
    r"waitlist|wait list|waiting list|waitlisted|guest list|schedule|shifts?|lease|insurance|plan|policy|loan"
    r"|account|title|deed"
    r"|volunteer|sign ?up sheet|rsvp|appointments?|appt|reservation|lineup|pickup|pick up|carpool|invoice|bill"
    r"|autopay|auto ?pay"
    r"|call list|hold list|my (?:son|daughter|mom|ex|husband|wife|kid|dog|cat|brother|sister|mother|father"
    r"|dad)|order|cart|booking|class"
    r"|team|wedding|prayer|substitute|speaker|speakerphone|speaker phone|emails?|email list|gate|buzzer"
    r"|registry|charge|fee|meds|medication|pills?"
    r"|pic|picture|photo|post|review|website|web site|facebook|directory|program|card|waiver|form|bus|route"
)
_WANT = (
    r"(?:want|wanna|wish|like|need|care|trying|tryna|wants|wanted|appreciate|intend|require|subscribe|expect"
    r"|authorize|agree|desire|consent|interested"
    r"|care for|rock with)"
)
_NO_WANT = (
    r"(?:(?:dont|do not|doesnt|didnt|did not|never|no longer|wont|would not|wouldnt|aint|not|ion|iont"
    rf"|dont even|dont really) (?:\w+ )?{_WANT}"
    r"|rather not|prefer not|prefer to not|not tryna|not trying|hate getting|object to|no desire|dont need"
    r"|opposed to|no reason)"
)

OPT_OUTS = (
    rule(
        "asks to stop texting",
        r"(?:(?:stop|quit)(?: it)?|stopping|quitting|cease|discontinue|halt|refrain from|desist from|end|kill"
        r"|terminate|suspend|knock off|cut out|cut off"
        r"|hold off on|no need to keep|no need to|no need for|turn off|shut off|disable|cut|pause|leave off"
        r"|cancel|lay off|stay off|finish|give over"
        rf"|deactivate|stop to|switch off|block) (?:{_LITTLE} ){{0,4}}(?:{_SENDING}|{_TEXTS})(?! you\b| him\b"
        r"| her\b| and driv)",
        r"(?:stop|quit) (?:please )?(?:text|message|contact|send)(?: (?:me|us|this|my|to|please|these)|$)",
        r"(?:enough|through|done|finished) (?:already )?(?:with|of) (?:all )?(?:the|these|this|your|ur|them) "
        r"(?:\w+ )?" + _TEXTS,
        r"(?:stop|quit) hitting (?:up )?(?:me|us|my)",
        r"(?:texts?|messages?|spam|sms|these|texting|messaging|it all|this) (?:\w+ )?(?:need|needs|has|have"
        r"|must|should|gotta|got|better) (?:to )?"
        r"(?:be )?(?:stop|stopped|end|cease|discontinued)",
        unless=r"texted me to|trying to reach|screen|calling|appointment|appt|stop by|ringing|stop the \w+ at",
    ),
    rule(
        "asks not to text",
        rf"{_NOT} (?:\w+ )?(?:ever |again |please |be |keep |bother |go |to |you |even |need to |have to ){{0,3}}"
        r"(?:texts?|texting|message|messaging|contact|contacting|spam|spamming|bother|bothering|bug|sms|write"
        r"|writing|hit|disturb|desturb|harass|msg|blow up|reach out to"
        rf"|communicate with|solicit|pester|annoy)(?: (?:on|to|up|with))? (?:{_ME}|{_FINALLY})",
        rf"{_NOT} (?:ever |again |please |be |you )?(?:text|message|contact|texting|contacting|messaging"
        r"|bother|disturb)(?: (?:please|thank you|thanks|ok|okay|sir|maam))*$",
        rf"{_NOT} (?:\w+ )?(?:ever |again |please |be |keep |bother |to |you ){{0,3}}send(?:ing)? (?:to )?"
        r"(?:me |us |my phone |my number |this number |here )?(?:out )?"
        r"(?:anything|nothing|any ?more|no more|these|those|this|them|texts?|messages?|any (?:more |of |other "
        r"|further )?(?:\w+ )?(?:texts?|messages?|sms|stuff|these|this|promos?|offers?|ads?)"
        r"|sms|stuff|again|spam|promos?|offers|ads|more|another|ur|the (?:texts?|messages?)|your (?:\w+ )?"
        r"(?:texts?|messages|promos?|offers?))",
        rf"(?:text|message|contact|hit|bother|write) {_ME} (?:no more|no mo|nomore|never again|not again|not)",
        r"lets not (?:text|message|contact)",
        r"(?:no (?:permission|consent|authorization)|not have (?:my )?(?:permission|consent)|dont have "
        r"(?:my )?(?:permission|consent)|without my (?:permission|consent)"
        r"|permission (?:\w+ ){0,2}(?:revoked|withdrawn|denied)|never gave (?:you )?(?:\w+ )?(?:permission"
        r"|consent)) (?:\w+ ){0,3}(?:text|message|contact|texting|sms)",
        r"(?:not|never) (?:to )?(?:be )?(?:contacted|texted|messaged) (?:again|anymore|any more|further|by)",
        r"(?:you|yall) (?:can|may|should|must|need to|gotta|got to|shouldnt|should not) (?:not|never) (?:text"
        rf"|message|contact) {_ME}",
        unless=r"until|til|till|before|yet|unless|while|during|after \d|why dont|if you (?:dont|do not|never)|"
        r"(?:you|they|he|she|it|we|i|who|nobody) (?:dont|never|do not|didnt) (?:ever )?"
        r"(?:text|message|contact|send|bother)|hesitate|at work|when|code|forget|mean to|want to bother"
        r"|call before|no bother|not to bother|hate to|hate bothering|sorry to bother|"
        r"no contact with|no text (?:from|yet|or|about|came)|no message (?:from|yet)|the photo|the bill|bill"
        r"|photo|picture|pic|invoice|forgot|bother me",
    ),
    rule(
        "asks for no more texts",
        rf"(?:no|not) (?:more|mo|further|additional|another) (?:of )?(?:{_LITTLE} )*{_TEXTS}",
        rf"^(?:\w+ ){{0,4}}no (?:{_LITTLE} )*(?:texts|messages|sms|texting|messaging|spam)(?: (?:please|thanks"
        r"|thank you|anymore|to|at|on|for|ever|again|from|in)\b|$)",
        r"no more (?:of )?(?:these|this|them|those)(?: please| thanks| ever)*$",
        r"no (?:further|more) (?:contact|communications?|correspondence|text)",
        r"no (?:texts?|texting|messages?|contact|message) (?:me |us )?(?:again|anymore|any more|no more|please)",
        unless=r"yet|came|come through|from (?:you|them|him|her|the|my)|received|got|get|been|why|did|left a"
        r"|since|show|unread|have no|is there|sorry|new messages?|no message from",
    ),
    rule(
        "asks to be removed from a list",
        rf"{_REMOVE} (?:me|us|em|{_DETAIL}|\d{(3,)}(?: \d+)+|\d{(7,)}|this|these)(?: \w+){{0,2}}? (?:off|offa"
        r"|from|out|outta|alone)(?! (?:at|on|by|for|until|early|here) )",
        r"(?:want|wanted|like|be|rather be|wish|wants|need|get|gotten|prefer|love) (?:\w+ )?(?:to be |to get "
        r"|to come )?(?:taken |removed |dropped |pulled |deleted )?(?:off|out)"
        r" (?:of )?(?:your|ur|the|this|these|that|yall|yalls|here|dis|all)(?: \w+){0,2} (?:lists?|texts?"
        r"|texting|messages?|database|system|chat|thread|chain|thing|loop|blast|group|alerts|here)",
        r"(?:want|wanna|like|need|have to|got to|gotta) (?:to )?(?:off|out|be off|come off|get off|be out"
        r"|be removed|be deleted|be taken off|remove|unsubscribe)(?: of)?"
        r"(?: (?:this|your|the|these|please|now|asap|from|yalls?|list|it|here|anymore|immediately)\b|$)",
        r"(?:off|from|out) (?:of )?(?:your|ur|the|this|dis|yalls|all|any|these|those|that|there) (?:\w+ ){0,2}"
        r"(?:lists?|database|distribution|mailing|texting|texts|system|contacts|records|rolodex|"
        r"message list|text chain|text thread|chain|group text|messages|sms)(?: please| thanks| now| asap"
        r"| immediately)*$",
        r"(?:remove|delete|get|take) (?:me )?(?:from|off) (?:your |this |the |ur )?(?:\w+ )?(?:list|lists"
        r"|database|texts?|messages?|system)",
        r"^(?:\w+ ){0,3}(?:remove|take me off|take us off|remove me|remove us|take off|delete me|get me off)"
        r"(?: (?:please|now|thanks|thank you|immediately|asap|and|off|it|from|this))*$",
        r"(?:request|requested|requesting|demand|asking for|need|want) (?:\w+ )?(?:immediate )?removal",
        unless=rf"{_OTHER_LISTS}|did you|do you|who|why|to take me|take me out (?:to|for)|can you take us"
        r"|get out of (?:work|class|school)|get me out of|want out of the",
    ),
    rule(
        "asks to delete the number",
        rf"(?:{_ERASE}|forget|lost) (?:{_DETAIL}|this number)",
        rf"{_ERASE} (?:me|us)\b",
        r"(?:lose|delete|remove|erase) (?:it|this|these|that)(?: please| now| and .*)?$(?<=number)",
        rf"(?:take|keep|leave) {_DETAIL} (?:\w+ )?(?:off|out|outta|down)",
        rf"(?:stop|quit) using {_DETAIL}",
        unless=rf"{_OTHER_LISTS}|lost|i (?:will |can |should |may )?(?:lose|lost|delete|deleted|remove|removed)"
        r"|dont (?:want to )?(?:lose|delete)|did you (?:lose|delete)|old (?:number|phone)"
        r"|instead|use|new number|add|replace|update|wrong (?:info|email)|stitches|braces|from the (?:chair|front)",
    ),
    rule(
        "wants no texts",
        rf"{_NO_WANT} (?:to |for )?(?:you |yall )?(?:\w+ ){{0,4}}?(?:{_TEXTS}|texted|contacted|messaged"
        r"|spammed|hear from (?:you|yall|any|ur)|hearing from (?:you|yall)|be text|sms|bothered|on your list"
        r"|on (?:this|the|ur) list"
        r"|be on (?:this|your|the|any))",
        rf"{_NO_WANT} (?:to )?(?:get|getting|receive|recieve|receiving|recieving|have|see|be getting"
        r"|be sent)? ?(?:any (?:more )?(?:of )?)?(?:these|this|them|em|those|any|it)"
        r"(?: (?:anymore|any more|any longer|no more|no mo|ever|again|please|thanks|sent|from|on my|coming"
        r"|no longer|things?|at all|to my|ok)\b|$)",
        r"(?:no longer|dont|do not|not) (?:\w+ )?(?:wish|want|wanna|need|like|trying|tryna|care) (?:to )?"
        r"(?:be )?(?:receive|recieve|receiving|recieving|get|contacted|texted|notified|messaged)(?: "
        r"(?:anything|nothing|any|these|this|them|from|anymore|more|by)\b|$)",
        r"(?:no longer|never|not) (?:\w+ )?be (?:contacted|texted|messaged|notified)",
        r"(?:dont|do not) (?:ever )?(?:want|wanna) (?:you |yall )(?:to )?(?:text|texting|message|messaging"
        r"|contact|contacting|sending)",
        unless=r"miss|lose|stop|end|quit|cancel|unsub\w*|opt|missing|appointment for|to bother|bothering|spam you"
        r"|spam yall|for saturday|to the (?:bank|office)|i want to text|reminder for"
        r"|get(?:ting)? (?:a|my) (?:text|message|reminder) (?:about|for|from)|didnt (?:get|receive)|never "
        r"(?:got|get)|to text you|to message you|"
        r"send you|texting you|to text and|it to|them to|one|her to|him to|you to (?:leave|go|think|get|forget)",
    ),
    rule(
        "opts out",
        r"(?:opt|opting|opts|op) (?:me |us |(?:this|my|our) (?:\w+ )?(?:number|phone) )?(?:out|myself out)",
        r"(?:my|an) opt out",
        r"^unsub(?:scribe)?\b",
        r"unsub(?:scribe)?(?: (?:me|us|my|this|from|please|now|thanks|thank|to|asap|here|number|list"
        r"|immediately|and)\b|$)",
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
        r"|can i opt out of the|podcast|youtube|channel|app|on the (?:app|website)|from your channel|paperless"
        r"|dont opt|my (?:son|daughter|kid|child) (?:out|opt)"
        r"|photo",
    ),
    rule(
        "asks to be left alone",
        r"leave (?:me|us|my (?:phone|number)|this number|this phone|a [a-z]+) (?:the \w+ |tf |df |da \w+ )?"
        r"(?:alone|lone|be|in peace)",
        r"^(?:\w+ ){0,3}let (?:me|us) (?:be|alone)(?: please| now| already)*$",
        r"cease (?:and|&|n) desist|cease desist",
        r"(?:get|stay|keep) (?:off|out of|outta|away from) my (?:phone|inbox|messages|texts|line|cell)",
        unless=r"leave me alone (?:with|in|for|at)|alone with|let me be (?:honest|the|your|real|clear|late|early)",
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
        "asks to stop it, about the texts",
        r"^(?:\w+ ){0,4}(?:stop|quit|cease|knock|end|cut)(?: (?:it|this|that|off|out|all|now|already|please"
        r"|with|y|for|real|bro|man|immediately|dat|right|them|these|me))*$",
        also=r"text|texts|texting|texted|message|messages|messaging|spam|sms|sending|contacting|unsubscribe",
        unless=r"stop (?:sign|by)|(?:dont|cant|wont|never) (?:stop|quit)|bus|reply stop|(?:it|they|he|she|i|we) "
        r"(?:stop|quit|end)|send stop|text stop|next|last|the end|my stop|at the|weekend",
    ),
    rule(
        "refuses texts",
        r"(?:these|your|the|this|ur) (?:texts?|messages?|sms) (?:are|is) (?:not |un)(?:wanted|welcome|wanted or)",
        r"unwanted (?:texts?|messages?|sms)",
        r"(?:get|getting) (?:these|your|ur) (?:texts?|messages?) (?:anymore|no more)",
    ),
)

HOLDS = (
    rule(
        "says the number is wrong",
        r"wrong (?:number|person|phone|guy|girl|lady|contact|chat)",
        r"(?:isnt|is not|not|aint|no longer) (?:my|his|her|their) (?:number|phone)",
        r"number (?:has |was |got )?(?:changed|reassigned|belongs)",
        r"(?:this|number|phone) (?:is not|isnt|aint|no longer|dont|doesnt) (?:\w+ )?belong",
        r"(?:doesnt|does not|dont|no longer|never) (?:live|lived|stay|stays|lives) here",
        r"(?:passed away|is deceased|has died|is dead|expired last|has expired|died (?:last|in|on))",
        r"no (?:one|body) (?:here )?(?:by|named|with) (?:that|the)",
        r"nobody (?:by|named)",
        r"(?:dont|do not) (?:know|recognize) (?:who|this|you|any|no)(?: (?:you|is|this|number|are))*$",
        unless=r"(?:gave|sent|given|have|put|had|typed|dialed|texted|called|call) (?:\w+ )?(?:the |a |an |my "
        r"|your )?wrong|is this the wrong|my number (?:has )?changed|wrong (?:size|color|order|item"
        r"|address|time|day)"
        r"|i (?:think i )?(?:gave|put|texted|called)",
    ),
    rule(
        "is not interested",
        r"(?:not|no longer|never|wasnt|aint|isnt) (?:\w+ )?(?:interested|intrested|interest)(?! in (?:the )?"
        r"(?:tour|evening))",
        r"(?:no|zero) interest\b",
        r"(?:im|we are|were|i am) (?:good|cool|straight|all set|set)(?: (?:thanks|thank you|on that|bro|sir"
        r"|maam|no thanks))*$",
        r"^(?:no|nah|nope) (?:thanks|thank you|ty|thx|thank u)(?: (?:you|im good|sir|maam))*$|^nty$",
        unless=r"in the (?:upgrade|extended|warranty)|but please|but i do|interest rate|interest (?:on|free)"
        r"|question",
    ),
    rule(
        "asks where the number is from",
        r"(?:how|where) (?:did|do|you|yall|have|ve) (?:you |yall |ye |u )?(?:even )?(?:get|got|gotten|have) "
        r"(?:my|this) (?:number|contact|info|cell|phone|name)",
        r"who (?:gave|give) (?:you|yall|u)(?: \w+)? (?:my|this)",
        r"(?:didnt|did not|never|dont remember|not) (?:sign(?:ed|ing)? (?:up|me up)|subscribed?|ask"
        r"(?:ed)? for (?:this|these|any)|asked|gave you|regist?ered|opted in|joined)",
        r"who (?:is|dis|are|tf is|s) (?:this|dis|these|you|u|it)(?: (?:please|pls|even|and|bro|sir|ok"
        r"|again))*$|^whos this|^who dis|who dis$|new (?:phone|number) who",
        r"why (?:am i|are you|are yall|you|yall|do i|do you|is this|u|r you) (?:\w+ )?(?:getting|texting"
        r"|receiving|text|messaging|sending|contacting|keep|be)",
        r"is (?:this|it) (?:a )?(?:spam|scam)",
        unless=r"why (?:are|do|is|am|did) (?:\w+ ){1,3}(?:charge|bill|late|email)|registered for|sign up for the",
    ),
    rule(
        "asks how to stop",
        r"(?:how (?:do|can|could|to|would|does) (?:i |we |you |one )?(?:\w+ )?(?:stop|unsubscribe|opt out|opt"
        r"|get off|get out|remove|cancel|end|turn off|quit)) (?:\w+ ){0,4}(?:texts?|messages?|sms|list|texting"
        r"|these|this|alerts|notifications)",
        r"how (?:do|can|to) (?:i |we )?(?:unsubscribe|opt out)",
        r"(?:texted|replied|said|sent|typed|put|wrote|pressed|told you|told yall|asked you|asked) "
        r"(?:\w+ ){0,2}(?:stop|to stop|unsubscribe|stop stop)",
        r"(?:opted|unsubscribed|unsubbed|removed my) (?:\w+ )?(?:out |already |twice |before |last )",
        r"(?:tried|trying|been trying) (?:to )?(?:\w+ ){0,2}(?:stop|unsubscribe|opt|stopping) (?:\w+ )?(?:out"
        r"|this|these|texts?|messages?)?",
        r"when (?:will|do|does) (?:these|the|this|your) (?:texts?|messages?|texting) (?:stop|end)"
        r"|do you ever stop|is there (?:any|an) end",
        unless=r"bleed|leak|crying|eating|drinking|smoking|the (?:water|dog|baby|car|pain)|emails?|accident"
        r"|mistake|bus|stopped by|stop by",
    ),
    rule(
        "complains about the texts",
        r"(?:tired|sick|fed up|annoyed|over) (?:of|with|by)? ?(?:all )?(?:the|these|this|your|ur|getting"
        r"|yalls?|being) (?:\w+ )?(?:texts?|messages?|texting|texted|spam|sms)",
        r"(?:too|so|to) many (?:\w+ )?(?:texts?|messages?|sms|promos?|notifications?|reminders)",
        r"(?:texting|messaging|text|texts?|messages?) (?:me )?(?:\w+ )?(?:too|so|way too|to) (?:much|often"
        r"|many|damn)",
        r"(?:annoying|annoyed|harassment|harassing me|spamming me|bothering me|bugging me|ridiculous) ?"
        r"(?:\w+ )?(?:texts?|messages?|$)",
        r"enough is enough|^(?:thats |ok |okay )?enough(?: already| please| now)?$|give it a rest|^pack it in"
        r"|oh pack it|knock it off|give over|do (?:me|us) a favou?r$",
        r"^(?:this is |its |thats |is this )?(?:a )?(?:spam|scam|junk|junk mail)$",
        r"(?:another|again with|more of) (?:these|this|the|your|one of these) (?:texts?|messages?|spam)",
        unless=r"dog|neighbor|music|noise|barking|sauce|cheese|sugar|pepper|not (?:annoying|bothering|too)|sorry"
        r"|spam filter|spam folder|hope|am i",
    ),
    rule(
        "blocks or reports",
        r"(?:im|i am|i will|ill|gonna|going to|finna|bout to|about to|have|ima|imma|we will|be) (?:\w+ )?"
        r"(?:block|blocked|blocking|report|reporting|reported|sue|suing)(?: (?:you|yall|u|this|these|ur|your"
        r"|the number|it|number|and|for)|$)",
        r"^block(?:ed|s|ing)?(?: you| this| u| this number)?$|^reported$|^report(?:ed)? (?:as )?(?:spam|junk)",
        r"attorney general|fcc|tcpa|do not call registry|my (?:lawyer|attorney)|report (?:you|this|as) ",
        unless=r"report card|lab report|my attorney (?:is|will)|my (?:lawyer|attorney) (?:needs|wants|called|said"
        r"|sent|asked)|accident report|police report|road|street|driveway|the report",
    ),
    rule(
        "asks to go away",
        r"^exit$|^(?:just |please )?(?:go|get) (?:away|lost)|^(?:\w+ )?(?:fuck|f|eff|bugger|piss|sod|buzz"
        r"|feck) (?:off|you|u)\b|^fu$|^stfu|shut up$|take a hike|^bye felicia|kick rocks"
        r"|not (?:on|in) my phone|can you not$|can u not$|can you like not|forget (?:me|about me)$|dont (?:do"
        r"|use|like) (?:text|texts|texting)(?:s| messages?)?$|dont do business by",
    ),
    rule(
        "asks for another way",
        r"(?:only|just|please|rather you|rather|instead|prefer|better) (?:\w+ )?(?:e ?mail|call|phone|mail)"
        r"(?: (?:me|us|only|instead|at|for|is|is best))*$",
        r"(?:e ?mail|call|phone|mail|letter|post) (?:me |us )?(?:only|instead|is better|is best|works better"
        r"|please|preferred|s best|best)(?: \w+)?$",
        r"(?:dont|do not|no) (?:\w+ )?(?:call|text)(?:s|ing)? (?:\w+ )?(?:me )?(?:just )?(?:e ?mail|call|mail)",
        r"(?:e ?mail|emails)s? best (?:for|with)",
        r"(?:call|phone|email) me (?:and )?(?:dont|not|instead of) text",
        r"(?:send|mail) (?:me )?(?:a |it as a )?(?:letter|mail only)",
        r"^(?:please )?(?:do not|dont|stop|quit) (?:calling|call)(?: (?:me|us|this number|please|again|anymore))*$",
        unless=r"where|can you call|please call me (?:at|when|back)|^please call|^can you|^just call|call me "
        r"(?:when|at|back|after|before)|^please (?:phone|call|email)",
    ),
    rule(
        "may mean some texts only",
        r"(?:only|just) (?:text|send|message|want|need) (?:\w+ ){0,3}(?:if|when|about|for|otp|bill|the"
        r"|urgent|emergency|important|appointment|reminders?)(?=.*\b(?:not|none|no|dont)\b)",
        r"(?:stop|no|dont (?:want|need|send)|quit) (?:\w+ ){0,4}(?:promos?|coupons?|ads|offers|sales?|deals"
        r"|marketing|promotional|specials)\b.*\b(?:but|just|only|keep)",
        r"(?:send|sending) (?:\w+ )?(?:less|fewer)|(?:less|fewer) (?:texts?|messages?)",
    ),
    rule(
        "may ask to cancel the texts",
        r"^(?:\w+ )?(?:please |kindly |just |pls )?cancel(?: (?:it|this|that|please|all|everything|me|mine|my"
        r"|them|the lot|now|for me|my account|my subscription|subscription|thanks|thank you))*$",
        r"^cancel (?:please )?(?:that|it) (?:please )?ive changed",
    ),
    rule(
        "may be a keyword",
        r"^(?:stop|end|quit|cancel|unsubscribe|opt out)(?: \d+)+$",
        r"^(?:lol|haha|lmao|omg|bro|bruh|no|ok|okay|well|hmm|hi|hey|yo|so)? ?(?:stop|quit)(?: (?:it|this|that"
        r"|lol|haha|lmao|bro|bruh|playing(?: with me)?|now))*$",
        r"^(?:done|off|out|leave|stopall|finish|enough|remove|delete|nomore|no more|unjoin|decline|refuse|opt"
        r"|halt|terminate|deactivate|stahp|no stop)(?: please| now| me)*$",
    ),
)

DENIALS = (
    r"(?:dont|do not|never|cant|cannot|couldnt|didnt|wont|did not|will not|please no|doesnt|wouldnt|not"
    r"|shouldnt|aint|isnt) (?:want (?:you |yall )?to |wanna |you (?:ever )?|ever |please |going to |gonna "
    r"|trying to |ask(?:ed)? to "
    r"|let (?:\w+ )|mean (?:to )|even |yall |ask you to |have to |need to |really |think you should "
    r"|to )?(?<!if you dont )(?<!if yall dont )(?<!if u dont )(?<!if you do not )(?<!why dont you )"
    r"(?:stop|quit|end|cease|unsubscribe|opt|remove|delete|cancel|take me off|stopping|get rid|block|drop)(?! "
    r"(?:texting|sending|messaging) (?:me|us) (?:i|im|ill|we))\b"
    r"|(?:he|she|they|it|we|phone|who|that|car|dog|baby|i|ill|id|lets|nobody|somebody|someone|everybody"
    r"|husband|wife|son|daughter|mom|dad|doctor) (?:will |to |should |finally |just |can |might |have to "
    r"|had to |could |must |ever |would |all |did |wants to |already |also |do ){0,2}"
    r"(?:stop|quit|end|cease|cancel|unsubscribe|remove|delete|opt|opt out)(?:s|ped|ted|ed|ting|ping|ing|led"
    r"|d)?\b(?! (?:all|any|further) contact)(?<!i quit)(?<!ill unsubscribe)"
    r"|if i (?:reply|text|send|say|unsubscribe|opt|stop|cancel)|how (?:do|can|to|does|could|would) (?:i|we|you"
    r"|it|one|stop|cancel|unsubscribe|opt|get|remove)|what happens|should i|do i (?:need|have)|did (?:you|i"
    r"|yall|they|he|she|we)|why did"
    r"|have you stopped|(?:reply|text|send|say|type|msg|txt|answer|press|respond|word) (?:with )?(?:stop|end"
    r"|cancel|quit|unsubscribe)(?! (?:texting|sending|messaging|calling|contacting|all|to (?:my|this|me)|these"
    r"|the|your|ur|spamming|bothering))"
    r"|by accident|by mistake|accidentally|accidentaly|mistakenly|(?:stop|stopped|stopping) (?:by|in)\b|stop "
    r"(?:and|at|for|on|over|near|sign|light)|bus stop|non stop|if you (?:stop|quit|remove|delete|take me off)"
    r"|when (?:i|you|u|will) (?:stop|quit)|just (?:kidding|playing)"
    r"|unless i (?:stop|opt)|are you (?:going to|gonna) (?:stop|quit)|(?:will|do|does) (?:the|these|it|they"
    r"|this) (?:\w+ )?(?:stop|end|quit)"
)

RESERVATIONS = (
    r"but (?:please |pls |still |do |id like to |i still |id still |i would like |you can |can you |could you "
    r"|ill |i )*(?:keep|send|text|let|tell|want|need|like|leave|continue|lemme|hmu|call|email|e mail|mail"
    r"|hit)(?! (?:texting|sending|getting|you|coming|on)\b)"
    r"|but (?:\w+ )?(?:reminders?|the (?:\w+ )?(?:texts?|ones?|reminders?|alerts?|updates?) (?:\w+ )?(?:are"
    r"|is)? ?(?:ok|okay|fine|good))|except|other than"
    r"|(?:only|just) (?:text|send|message|email|call|mail|contact|the \w+ (?:ones?|reminders?|alerts?))|just "
    r"(?:want|need|keep) (?:the|my|appointment)|keep (?:the|my|sending|me on) (?!phone|number)|instead|use "
    r"(?:this|my new|the new|my other) (?:one|number|phone)|text (?:my new|the new|my other)"
    r"|(?:my|the) old (?:number|phone|cell)|old (?:number|phone) |new number (?:is|s)|just kidding|jk|until "
    r"(?:\w+ )?(?:monday|tuesday|next|further|after|spring|fall|january|\d)|for (?:a few|a couple|the next|now"
    r"|today|two|a week|a month|a while)(?! times)|on (?:weekends|sundays?|saturdays?)"
    r"|after \d+|before \d+|so (?:early|late) |at night|not the (?:\w+ )?(?:ones?|reminders?)|less often|"
    r"(?:email|call) me (?:at|on)|keep (?:just|only)"
)

WISHES = (
    r"(?:you|yall|u) (?:can|may|could) (?:now |always |still |go ahead and )?(?:text|message|contact|send|hit"
    r"|write)(?: \w+){0,3} (?:again|back|now|anytime|any time|whenever)(?! off)"
    r"|(?:text|message|send|contact|texting|messaging|sending) (?:me |us |my phone |to me |the \w+ |them |it "
    r"|your (?:texts|messages) )?(?:texts? |messages? |stuff )?(?:again|once more) ?(?:please|lol|thanks"
    r"|pls)?$"
    r"|(?:put|add|sign|place|stick|get|enroll|hook|take|pop) (?:me|us|my number|this number|my name|it|them"
    r"|her|him)(?: \w+){0,2} (?:back|again|up again)\b|(?:turn|switch|get|have|want|start|hook|bring|gimme|put"
    r"|give|like|give me) (?:\w+ ){0,4}(?:texts?|messages?|alerts|reminders|notifications|it|them|deals"
    r"|coupons|updates) (?:back|again|back on|back up|once more|after all|on again)"
    r"|(?:back on) (?:the|your|that|ur|this|yalls?) (?:\w+ ){0,2}(?:list|texts?|texting|messages)|(?:resume"
    r"|restart|reactivate|reinstate|re start|unpause|reenable|re enable|continue) (?:the |my |sending |these "
    r"|your |them |text )*(?:texts?|messages?|sms|texting|service|subscription|alerts|reminders|them"
    r"|notifications)"
    r"|(?:re ?subscribe|re ?sub|resubscribe|resub|re ?join|resign|resign me|re ?enroll|rejoin|re ?add)(?: me"
    r"| us| my| please| to|$)|(?:start|begin|keep|back to) (?:getting|receiving|sending|texting)(?: me| us)?"
    r"(?: \w+){0,3} (?:again|after all|back)|(?:actually|please|do) (?:do )?keep (?:texting|sending|messaging)"
    r"|(?:opted out|unsubscribed|stopped|hit stop|sent stop|texted stop|typed stop|said stop|blocked you) "
    r"(?:\w+ ){0,3}(?:by accident|by mistake|accidentally|on accident)|(?:accidentally|mistakenly) (?:\w+ )?"
    r"(?:opted out|unsubscribed|stopped|hit stop|texted stop|sent stop)"
    r"|want (?:to )?(?:opt (?:back )?in|back in|in again|to get them again|back on)|opt (?:me |us )?"
    r"(?:back )?in\b|(?:subscribe|sign) (?:me|us)(?: \w+)? (?:again|back)|ignore (?:my|that|what i) (?:stop"
    r"|last|said)|(?:get|receive|getting|receiving) (?:your |the |these |yalls? )?(?:texts|messages|alerts"
    r"|reminders|updates) again|happy to (?:get|receive)"
    r"|(?:hit|text) my (?:phone|line) again|miss (?:the|your|yalls?|getting) (?:\w+ )?(?:texts|messages|alerts"
    r"|reminders)|(?:didnt|aint|did not|dont) mean (?:to )?(?:stop|opt|unsubscribe|quit)|unblock(?:ed)? (?:you"
    r"|me)"
)

ENGLISH = Language(
    code="en",
    clues=(
        "stop stopping quit cease discontinue halt refrain desist end ends kill terminate suspend knock hold "
        "turn shut cut pause lay enough done through finished tired sick fed annoyed"
        " annoying text texts texting texted message sms spam spamming contact contacting send sending hit "
        "hitting bother disturb harass write writing no not dont never need remove take"
        " delete drop scratch get pull strike cross leave keep lose erase scrub ditch forget unsubscribe "
        "unsub deregister unlist opt opting revoke withdraw rescind consent permission cancel"
        " sign lists off wrong number isnt aint doesnt nobody passed deceased died interested interest good "
        "cool straight nope nah how where who why block blocked report sue attorney"
        " fcc lawyer exit away lost fuck piss bugger buzz stfu only just email call phone mail letter less "
        "fewer unwanted welcome want wants wanted wanna rather prefer object let put add"
        " resume restart reactivate reinstate resubscribe resub rejoin back again start actually accident "
        "mistake miss ignore happy subscribe out exit decline refuse op ion iont cuz fu fgs nty"
        " give give pack too another expired scam junk yall removal pestering bugging blow nomore unblock sod "
        "feck eff another requested clear wipe purge deactivate unfollow signing unenroll count"
        " me my you your please stop text message this these i we from the"
    ),
    same=spellings(
        "you u ya ye",
        "your ur yr yalls",
        "are r",
        "please pls plz plis plese pleas plse plzz",
        "text txt tex txet texto",
        "texts txts texs tests smses textmessages",
        "texting txting txtin textin texing textting",
        "message msg mesage messege",
        "messages msgs mesages messeges massages messges mssgs",
        "messaging msging messagin messging msgin",
        "sending sendin sendng",
        "send snd",
        "contacting contactin",
        "bothering botherin",
        "bugging buggin",
        "hitting hittin",
        "blowing blowin",
        "spamming spammin",
        "harassing harrassing harasing harrasing",
        "stop stopp stp stap stpo sotp tsop",
        "stopping stoping",
        "the da de tha",
        "this dis",
        "them dem em",
        "with wit",
        "any ne",
        "thanks thx ty thnx",
        "though tho",
        "number num nbr nmbr numer numba numbr no. nuber",
        "phone fone",
        "just jus",
        "unsubscribe unsubcribe unsuscribe unsubscibe unsubscrib unscribe unsubsribe unsubscirbe"
        " usubscribe unsubcribed unsuscribed unsubscribing unsuscrib unsubscribes desubscribe disubscribe",
        "remove remve remov rmove reomve",
        "list lst list's listing",
        "delete delet delte deleate",
        "dont dont't dnt dun doant donot don",
        "contact contac contackt",
        "before b4",
        "because bc",
        "to 2",
        "for 4",
        "have hav",
        "something sumthing",
        "receive receve recive recieve",
        "receiving recieving",
        "more moar",
        "anymore anymor",
        "nomore nomor",
        "would wud",
        "could cud",
        "through thru",
        "promos promotionals",
    ),
    opt_outs=OPT_OUTS,
    holds=HOLDS,
    denials=DENIALS,
    reservations=RESERVATIONS,
    wishes=WISHES,
)
