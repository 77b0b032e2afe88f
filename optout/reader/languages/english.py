"""English grammar of opt-outs."""

from optout.reader.grammar import Language, spellings
from optout.reader.languages.english_denials import DENIALS, RESERVATIONS, WISHES
from optout.reader.languages.english_holds import HOLDS
from optout.reader.languages.english_opt_outs import OPT_OUTS

ENGLISH = Language(
    code="en",
    clues=(
        "whos let turn lives needing enjoy "
        "stop stopping quit cease discontinue halt refrain desist end ends kill terminate suspend knock hold "
        "shut cut pause lay enough done through finished tired sick fed annoyed annoying text texts texting "
        "texted message sms spam spamming contact contacting send sending hit hitting bother disturb harass "
        "write writing no not dont never remove take delete drop scratch pull strike cross leave keep lose "
        "erase scrub ditch forget unsubscribe unsub deregister unlist opt opting revoke withdraw rescind "
        "consent permission cancel sign lists off wrong number isnt aint doesnt nobody passed deceased died "
        "interested interest cool straight nope nah how where who why block blocked report sue attorney fcc "
        "lawyer exit away lost fuck piss bugger buzz stfu only email mail letter less fewer unwanted welcome "
        "want wants wanted wanna rather prefer object put add resume restart reactivate reinstate "
        "resubscribe resub rejoin again start actually accident mistake miss ignore happy subscribe out "
        "decline refuse op ion iont cuz fu fgs nty pack too another expired scam junk yall removal pestering "
        "bugging blow nomore unblock sod feck eff requested clear wipe purge deactivate unfollow signing "
        "unenroll count"
    ),
    common=(
        "me my you your please this these i we from the good back need give here let just call phone turn "
        "get us"
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
        "these thes theese",
        "longer linger",
        "receive receve recive recieve",
        "receiving recieving",
        "more moar mote moer",
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
