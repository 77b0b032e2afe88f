"""Opt-outs in English that ask to be removed from a list, or to delete the number."""

from optout.reader.grammar import rule
from optout.reader.languages.english_words import DETAIL, ELSEWHERE, ERASE, LISTED, OTHER_LISTS, REMOVE

REMOVALS = (
    rule(
        "asks to be removed from a list",
        rf"{REMOVE} (?:me|us|em|{DETAIL}|\d{{3,}}(?: \d+)+|\d{{7,}}|this|these)(?: \w+){{0,2}}? (?:off|offa"
        rf"|from|out|outta|alone)(?! (?:at|on|by|for|until|early|here) )(?!{ELSEWHERE})",
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
        r"(?:being|be|get|getting|to be|want|am|have us|have me) (?:taken |dropped |removed |deleted "
        r"|pulled |struck )?(?:off|from|out of"
        r"|off of) (?:of )?(?:your|the|this|these|all|all of|any|every|every one of|yall"
        r"|whatever) (?:\w+ ){0,2}(?:lists?|texts|texting"
        r"|messages|database|system)",
        r"(?:dropped|removed|deleted|erased|unenrolled|unsubscribed|unlisted) (?:from|off) (?:your|the|this"
        r"|these|all)(?! \w* ?(?:class|team|order))",
        r"(?:take|get|remove|leave|cut|pull|drop) (?:\w+ ){1,4}(?:both |all )?(?:off|out)(?: of)? (?:there"
        r"|your (?:list|texts)|yours)",
        r"(?:take|get|keep|want) (?:me|us|my number|it) (?:off|of|out) (?:of )?(?:your|the|this|ur"
        r"|my) (?:list|lost|lists|phone|texts)",
        r"^(?:\w+ ){0,4}take (?:me|us|my number|my numb|this number) (?:both )?(?:off|out|of)(?: (?:please"
        r"|pls|now|thanks|thank you|permanently))*$",
        r"(?:my|this|our) (?:\w+ )?(?:number|numb|phone|cell|name) (?:removed|deleted|erased|taken off|off"
        r"|dropped)(?: |$)",
        r"(?:be|want|put|like) (?:to be )?on (?:it|this list|your list|the list"
        r"|any list)(?=.*\b)(?<=dont want to be on it)",
        rf"(?:take|remove|get|delete|pull|exclude|drop|unenroll|sign) (?:\w+ ){{1,5}}?(?:off|out of|from|of)"
        rf" (?:\w+ ){{0,3}}{LISTED}(?: |$)",
        rf"taken off (?:of )?(?:the|your|this) (?:\w+ ){{0,2}}{LISTED}",
        r"(?:get|sign|let) (?:me|us) out of (?:this|these|your|here)",
        r"(?:told|asked|asking|telling) (?:\w+ ){1,8}to (?:take|remove|get|delete) (?:me|us|my number|my name)",
        r"(?:request|requested|requesting|demand|asking for|need|want) (?:\w+ )?(?:immediate )?removal",
        unless=rf"{OTHER_LISTS}|did you|do you|who|why|to take me|take me out (?:to|for)|can you take us"
        r"|get out of (?:work|class|school)|get me out of|want out of the",
        needs="remove list",
    ),
    rule(
        "asks to delete the number",
        rf"(?:{ERASE}|forget|lost) (?:{DETAIL}|this number)",
        rf"{ERASE} (?:me|us)\b",
        r"(?:lose|delete|remove|erase) (?:it|this|these|that)(?: please| now| and .*)?$(?<=number)",
        rf"(?:take|keep|leave) {DETAIL} (?:\w+ )?(?:off|out|outta|down)",
        rf"(?:stop|quit) using {DETAIL}",
        unless=rf"{OTHER_LISTS}|lost|i (?:will |can |should |may )?(?:lose|lost|delete|deleted|remove|removed)"
        r"|dont (?:want to )?(?:lose|delete)|did you (?:lose|delete)|old (?:number|phone)"
        r"|instead|use|new number|add|replace|update|wrong (?:info|email)|stitches|braces|from the (?:chair"
        r"|front)",
        needs="remove number stop",
    ),
)
