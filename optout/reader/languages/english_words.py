"""Words of the English grammar, as alternatives of patterns."""

LITTLE = (
    r"(?:all|any|the|these|this|those|that|them|with|w|your|you|of|it|please|damn|fucking|freaking|stupid|more"
    r"|on|a|such|dang"
    r"|these here|further|future|automated|unwanted|so many|political|marketing|promotional|spam|group|mass"
    r"|random|daily|damn)"
)
SENDING = (
    r"(?:texting|messaging|contacting|spamming|bothering|bugging|sending|smsing|harassing|pestering|annoying"
    r"|blasting|hounding"
    r"|pinging|gettin|writing me|writing to me|reaching out|soliciting|disturbing|hitting (?:me|my|us)"
    r"|hitting up|blowing "
    r"(?:me|my|up)"
    r"|bombarding|txtin|sharing|asking|advertising|following up|marketing|sensing|testing me|testing this"
    r"|taxing me|sms|outreach|correspondence|communications?|communicating|wasting my)"
)
TEXTS = (
    r"(?:texts?|messages?|sms|spam|notifications?|notices?|alerts?|promos?|promotions?|ads?|advertisements?"
    r"|marketing|coupons?"
    r"|offers?|deals|newsletters?|blasts?|solicitations?|advertising|spamming|texting|messaging|group ?chat"
    r"|updates|chat|thread"
    r"|reminders|text ?messages?|mailings?|bulletins?|flyers?|pings?|specials|surveys?|campaigns?"
    r"|emails and texts|massages)"
)
LISTED = (
    r"(?:lists?|text|texts|texting|messag\w+|sms|database|system|chain|thread|phone|contacts?|thing|blast|group"
    r"|distribution|mailing|roster|records?|alerts?|notifications?|books|file|line|data|subscription"
    r"|subscribers?|spam|number)"
)
# What follows "take me off" in another sense: "the Thursday van".
ELSEWHERE = (
    rf"(?: of)? (?:the|my|his|her|our|tomorrows?|todays?|tonights?|next) (?!(?:\w+ ){{0,3}}{LISTED}\b)"
)
NOT = r"(?:do nit|do bot|do mot|dont|do not|dnt|dun|dont you|dont ever|never|ion|iont|pls no|not to|no)"
ME = (
    r"(?:me|us|(?:to |at |on )?(?:my|this|our|the|that|dis) (?:\w+ )?(?:number|numbers|phone|cell|line|mobile"
    r"|fone|device|cellphone)"
    r"|here|this number|my number)"
)
FINALLY = (
    r"(?:henceforth|again|anymore|any more|any longer|no more|ever|nomore|no mo|further|going forward"
    r"|nothing|anything"
    r"|more|back|bro|now|please|thanks)"
)
DETAIL = (
    r"(?:(?:my|this|our|the|that|dis) (?:\w+ ){0,2}?(?:number|numbers|name|phone|cell|digits|info|information"
    r"|details|line|mobile|contact|data"
    r"|husbands number|cellphone|email|fone)|number)"
)
REMOVE = (
    r"(?:remove|take|delete|drop|scratch|get|pull|strike|cross|leave|keep|bump|kick|cut|let|count|clear|wipe"
    r"|lift|erase|exclude|omit|scrub|purge|nuke|un ?enroll|free|release)"
)
ERASE = (
    r"(?:remove|delete|lose|erase|scrub|ditch|unsubscribe|deregister|unlist|unenroll|disenroll|deactivate"
    r"|unregister|purge|unfollow|unsign|un sign|uninvite|un ?enroll|exclude|omit|nuke|drop|scrap|pull"
    r"|strike|wipe|release)"
)
OTHER_LISTS = (
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
WANT = (
    r"(?:want|wanna|wish|like|need|care|trying|tryna|wants|wanted|appreciate|intend|require|subscribe|expect"
    r"|authorize|agree|desire|consent|interested|needing|wanting|longing"
    r"|care for|rock with)"
)
NO_WANT = (
    r"(?:(?:dont|do not|doesnt|didnt|did not|never|no longer|wont|would not|wouldnt|aint|not|ion|iont"
    rf"|dont even|dont really) (?:\w+ )?{WANT}"
    r"|rather not|prefer not|prefer to not|not tryna|not trying|hate getting|object to|no desire|dont need"
    r"|opposed to|no reason)"
)
