"""Contact cards: the name and the number of the first person."""

import pytest

from messaging.media.contact_cards import ContactCard, read_card

HEAD, END = "BEGIN:VCARD\r\nVERSION:3.0\r\n", "\r\nEND:VCARD\r\n"


@pytest.mark.parametrize(
    ("lines", "card"),
    [
        ("FN:Ana Lopez\r\nTEL:+14155550177", ("Ana Lopez", "+14155550177")),
        ("N:Lopez;Ana;;;\r\nTEL;TYPE=CELL;VALUE=uri:tel:+1-415-555-0177", ("Ana Lopez", "+1-415-555-0177")),
        ("item1.FN:Ana\r\nitem1.TEL;waid=1:(415) 555-0177", ("Ana", "(415) 555-0177")),
        ("FN:Ana\r\n  Maria Lopez", ("Ana Maria Lopez", "")),
        ("FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Jos=C3=A9 =\r\nDuarte", ("José Duarte", "")),
        ("FN:Lopez\\, Ana\\; MD", ("Lopez, Ana; MD", "")),
        ("TEL:1\r\nTEL:2", ("", "1")),
        ("FN:\u200b", ("", "")),
        ("ORG:Alder", ("", "")),
        ("FN:" + "x" * 500 + "\r\nTEL:" + "1" * 500, ("x" * 100, "1" * 40)),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_first_person(lines: str, card: tuple[str, str]) -> None:
    content = HEAD + lines + END + HEAD + "FN:Second\r\nTEL:9" + END
    assert read_card(content.encode()) == ContactCard(*card)


def test_any_bytes_are_read() -> None:
    assert read_card(b"BEGIN:VCARD\nFN:\xff\0\nTEL") == ContactCard("\ufffd", "")
