"""Whole texts that may ask to stop, in German and Dutch. Data."""

from collections.abc import Mapping

from optout.reader.languages.english_whole_texts import CHILD_AGE

HOLDS: Mapping[str, Mapping[str, str]] = {
    "de": {
        "says the number is wrong": (
            r"(?:(?:sie|du|ihr) (?:haben|hast|habt) )?(?:die |eine )?falsche (?:nummer|person|rufnummer)"
            r"|(?:(?:da |hier )?(?:sie|du|ihr|haben sie|hast du|habt ihr) )?(?:haben |hast |habt |sind "
            r"|bist )?(?:sich |dich |euch )?(?:hier )?(?:falsch verbunden|verwahlt|geirrt"
            r"|in der nummer geirrt|vertan)|(?:das|dies) ist (?:nicht|nicht mehr) (?:die"
            r"|meine) nummer(?: von \w+)?|(?:hier )?(?:gibt es|wohnt|kenne ich"
            r"|ich kenne) keinen? \w+(?: hier)?|(?:ich )?kenne (?:sie|dich|euch) nicht|(?:er|sie"
            r"|mein (?:mann|vater|sohn|opa)|meine (?:frau|mutter|tochter|oma)"
            r"|diese person) ist (?:\w+ ){0,3}(?:verstorben|gestorben|tot)"
        ),
        "is no customer": (
            r"(?:ich )?(?:bin )?(?:kein|keine|nicht mehr|nicht) (?:ihr |ihre |euer )?(?:kunde|kundin"
            r"|mitglied|patient|patientin)(?: mehr)?(?: bei (?:ihnen|euch))?"
        ),
        "is not interested": (
            r"(?:ich )?(?:habe |hab )?(?:kein|keine|keinen) (?:interesse|bedarf|bock|lust)(?: mehr)?"
            r"|nicht interessiert|(?:das )?interessiert (?:mich|uns) nicht|(?:das )?will ich nicht"
            r"|ich will das nicht"
        ),
        "blocks or reports": (
            r"(?:ich )?(?:blockiere?|sperre)(?: (?:sie|dich|euch|das|die nummer|diese nummer|jetzt))+"
            r"|(?:ich )?melde (?:sie|dich|euch|das)(?: (?:jetzt|der \w+))*|(?:du bist|sie sind|ihr seid"
            r"|nummer|nummer ist|ihr werdet|sie werden|du wirst) (?:jetzt |hiermit )?(?:blockiert|gesperrt"
            r"|gemeldet)|blockiert(?: und gemeldet)?|gemeldet|anzeige (?:ist )?raus|ich zeige (?:sie|euch"
            r"|dich) an"
        ),
        "complains about the texts": (
            r"(?:das ist |schon wieder |nur |alles )?(?:spam|betrug|belastigung|abzocke)|betruger|ihr nervt"
            r"|du nervst|das nervt|sie nerven|ich (?:habe|hab) (?:doch |schon |bereits )?nein gesagt"
            r"|nein heisst nein"
        ),
        "asks how to stop": (
            r"wie (?:kann ich |kann man |melde ich |bestelle ich |stoppe ich |werde ich "
            r"|komme ich )?(?:mich |man )?(?:hier |das |das hier |die \w+ |diese \w+ )?(?:ab|abmelden"
            r"|abbestellen|stoppen|los|austragen|von der liste|aus der liste|aus dem verteiler)"
        ),
        "asks to go away": (
            r"(?:verpiss|verzieh|verpisst|verzieht) (?:dich|euch)|(?:hau|haut|zieh|zieht) (?:bloss )?(?:ab"
            r"|leine)|leck mich(?: am arsch)?|fick (?:dich|euch)|halt(?:et)? (?:die|das) (?:klappe|fresse"
            r"|maul)|geht? (?:bitte )?weg|fahr zur holle"
        ),
        "says that a child has the phone": (
            rf"ich bin (?:minderjahrig|ein kind|erst {CHILD_AGE}(?: jahre(?: alt)?)?"
            rf"|{CHILD_AGE} jahre(?: alt)?)"
        ),
    },
    "nl": {
        "says the number is wrong": (
            r"(?:(?:je|jij|u|jullie) (?:hebt|heeft|heb|hebben) )?(?:het |een |de )?(?:verkeerde?|foute?"
            r"|foutief) (?:nummer|persoon|verbonden)|(?:je|u|jullie) (?:bent|zit"
            r"|zijn) (?:hier )?(?:verkeerd|verkeerd verbonden|fout)|(?:dit is )?niet (?:meer )?(?:het"
            r"|mijn) nummer(?: van \w+)?|ik ken (?:je|jou|u|jullie) niet|ik ken geen \w+|(?:hij|zij|ze"
            r"|mijn (?:man|vrouw|vader|moeder|zoon|dochter|opa|oma)|deze persoon) is (?:\w+"
            r" ){0,3}(?:overleden|dood|gestorven)"
        ),
        "is no customer": (
            r"(?:ik ben )?(?:geen|niet meer) (?:klant|patient)(?: meer)?(?: bij (?:jullie|u))?"
        ),
        "is not interested": (
            r"(?:ik heb )?geen (?:interesse|belangstelling|behoefte)(?: aan| in| meer)*"
            r"|(?:ik ben )?niet geinteresseerd"
        ),
        "blocks or reports": (
            r"ik (?:blokkeer|meld|rapporteer)(?: (?:je|jou|u|jullie|dit nummer|dit|nu))+|(?:je bent|u bent"
            r"|jullie zijn|nummer|je wordt|jullie worden) (?:nu )?(?:geblokkeerd|gemeld|gerapporteerd)"
            r"|geblokkeerd(?: en gemeld)?|gerapporteerd"
        ),
        "complains about the texts": (
            r"(?:dit is |wat een |weer )?(?:spam|oplichting|oplichters?|fraude|intimidatie)|ik (?:heb"
            r"|zei) (?:al )?nee(?: gezegd)?|nee is nee"
        ),
        "asks how to stop": (
            r"hoe (?:kan ik |kom ik |stop ik |meld ik |schrijf ik |zet ik )?(?:me |mij )?(?:hier |dit "
            r"|van de lijst |deze \w+ )?(?:mee |van )?(?:af|afmelden|uitschrijven|stoppen|stopzetten|vanaf)"
        ),
        "asks to go away": (
            r"(?:rot|flikker|donder|sodemieter|hoepel|tief|lazer)(?: toch| nou)? op|val dood|ga weg"
            r"|hou je (?:bek|mond|kop)|oprotten|opzouten"
        ),
        "says that a child has the phone": (
            rf"ik ben (?:minderjarig|een kind|(?:pas |nog maar ){CHILD_AGE}(?: jaar(?: oud)?)?"
            rf"|{CHILD_AGE} jaar(?: oud)?)"
        ),
    },
}
