"""Look-alike letters: Cyrillic, Greek, small-capital and boxed characters that people read as Latin letters."""

_PAIRS = (
    ("АВЕКМНОРСТХУІЅЈԚԜ", "ABEKMHOPCTXYISJQW"),
    ("авекмнорстухіѕјԛԝ", "abekmhopctyxisjqw"),
    ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX"),
    ("οα", "oa"),
    ("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz"),
)
_BOXED_A = (0x1F130, 0x1F150, 0x1F170)  # squared, negative circled and negative squared capitals, A to Z
_REGIONAL_A = 0x1F1E6
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

LOOK_ALIKES: dict[int, str] = {
    ord(looks): letter
    for looks_all, letters in _PAIRS
    for looks, letter in zip(looks_all, letters, strict=True)
} | {first + at: letter for first in _BOXED_A for at, letter in enumerate(_LETTERS)}
REGIONAL_LETTERS: dict[int, str] = {_REGIONAL_A + at: letter for at, letter in enumerate(_LETTERS)}
_FEWEST_REGIONAL_LETTERS = 3  # two are a flag


def with_plain_letters(body: str) -> str:
    """The text with Latin letters for their look-alikes.

    Regional letters count in a text of at least three of them without other letters: elsewhere they are flags.
    """
    if body.isascii():
        return body
    plain = body.translate(LOOK_ALIKES)
    if any(character.isalpha() for character in plain):
        return plain
    spelt = plain.translate(REGIONAL_LETTERS)
    return plain if sum(map(str.isalpha, spelt)) < _FEWEST_REGIONAL_LETTERS else spelt
