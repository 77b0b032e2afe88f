"""Holds in English: rules for texts that may be opt-outs."""

from optout.reader.grammar import rule

HOLDS = (
    rule(
        "says the number is wrong",
        r"wrong (?:number|person|phone|guy|girl|lady|contact|chat)",
        r"(?:isnt|is not|not|aint|no longer) (?:my|his|her|their) (?:number|phone)",
        r"number (?:has |was |got )?(?:changed|reassigned|belongs)",
        r"(?:this|number|phone) (?:is not|isnt|aint|no longer|dont|doesnt) (?:\w+ )?belong",
        r"(?:doesnt|does not|dont|no longer|never) (?:live|lived|stay|stays|lives) here",
        r"(?:passed away|is deceased|has died|(?:he|she|mother|father|mom|dad|wife|husband|man) is dead"
        r"|expired last|has expired|died (?:last|in|on))",
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
        r"(?:not|no longer|never|wasnt|aint|isnt) (?:\w+ )?(?:interested|intrested"
        r"|interest)(?! in (?!(?:your|these|the|any|more) "
        r"(?:texts?|messages?|offers?|deals|promos?|sales)|anything|receiving|getting|being|hearing|this|it))",
        r"(?:no|zero) interest\b",
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
        unless=r"why (?:are|do|is|am|did) (?:\w+ ){1,3}(?:charge|bill|late|email)|registered for"
        r"|sign up for the",
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
        "has asked before",
        r"(?:i|ive|have|already|literally|just|we) (?:\w+ ){0,2}(?:replied|texted|typed|sent|said|told|wrote|written"
        r"|put|did|say|tried|hit) (?:\w+ ){0,4}(?:stop|unsubscribe|stopall|opt out)"
        r"(?:$| (?:\d+|once|twice|three|four|five|six|multiple|several|many|already|before|last|yesterday|again|and"
        r"|but|so|n|like|every|months?|weeks?|days?|ages|to (?:this|you|yall|these))\b)",
        r"how many times (?:\w+ ){0,7}(?:stop|unsubscribe)\b",
        r"what part of (?:stop|no|unsubscribe|remove|leave me alone)\b",
        r"(?:stop|unsubscribe) (?:did not|didnt|does not|doesnt|is not|isnt|wont) work",
        unless=r"never (?:said|sent|told)|accident\w*|by mistake|didnt mean|did not mean|stop (?:by|at|in|over)",
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
        unless=r"dog|neighbor|music|noise|barking|sauce|cheese|sugar|pepper|not (?:annoying|bothering|too)"
        r"|sorry"
        r"|spam filter|spam folder|hope|am i",
    ),
    rule(
        "blocks or reports",
        r"(?:im|i am|i will|ill|gonna|going to|finna|bout to|about to|have|ima|imma|we will|be) (?:\w+ )?"
        r"(?:block|blocked|blocking|report|reporting|reported|sue|suing)(?: (?:you|yall|u|this|these|ur|your"
        r"|the number|it|number|and|for)|$)",
        r"^block(?:ed|s|ing)?(?: you| this| u| this number)?$|^reported$|^report(?:ed)? (?:as )?(?:spam|junk)",
        r"attorney general|fcc|tcpa|do not call registry|my (?:lawyer|attorney)|report (?:you|this|as) ",
        unless=r"report card|lab report|my attorney (?:is|will)|my (?:lawyer|attorney) (?:needs|wants"
        r"|called|said"
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
        r"^(?:please )?(?:do not|dont|stop|quit) (?:calling|call)(?: (?:me|us|this number|please|again"
        r"|anymore))*$",
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
