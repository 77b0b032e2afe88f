"""Filters and search of the contacts page, against the real database."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import QueryDict

from contacts.contact.models import Contact
from contacts.lists.models import ContactList, ListEntry, Tag, Tagging
from contacts.search import text_search
from contacts.search.filters import matching_contacts
from contacts.search.refresh import refresh_search_words
from kernel.tenancy import scope
from optout.models import Suppression
from tests.cast import MARIA, TOM, Cast

# The contacts: number, first name, last name, display name, email.
PEOPLE = {
    "jose": ("+15105553344", "José", "Núñez-O’Neill", "", "jose.nunez@Clinic.example"),
    "anna": ("+4915123456789", "Anna", "Schäfer", "", ""),
    "london": ("+442079460958", "", "", "Harbour Café Ltd", "desk@cafe.example"),
    "dublin": ("+353861234567", "Aoife", "Byrne", "Ms B.", ""),
    "bank": ("US:384387", "", "", "Bank 007", ""),
    "shop": ("ACME", "", "", "🦊 שירה", ""),
    "lukasz": ("+48512888999", "Łukasz", "Þór", "", ""),
    "strasse": ("+436641112222", "", "", "Große Straße, Tromsø", ""),
    "nobody": ("+15105550007", "", "", "", "o'neill+tag@x-mail.example"),
}
# Typed text -> contacts that a team in the US finds.
SEARCHES = {
    "jose": "jose", "JOSÉ": "jose", "jos": "jose", "nunez": "jose", "neill": "", "oneill": "jose",
    "o'neill": "jose nobody",
    "José Nú": "jose", "nu jo": "jose", "jose x": "", "núñez-o": "jose", "o’nei": "jose", "aoife byrne": "dublin",
    "schaf": "anna", "Schäfer, Anna": "anna", "a": "anna dublin shop", "cafe": "london", "ms b.": "dublin",
    "(510) 555-33": "jose", "+1 510": "jose nobody", "510": "jose nobody", "1510555": "jose nobody", "5553344": "jose",
    "3344": "jose", "510.555.3344": "jose", "+1 (510) 555 3344": "jose", "jose 510 555": "jose", "510555 jos": "jose",
    "0151 234": "anna", "+49 151 2345": "anna", "0049 151": "anna", "+49 (0)151 23456789": "anna", "151 23": "anna",
    "020 7946": "london", "+44 20": "london", "086 123": "dublin", "+353 86": "dublin", "4567": "dublin",
    "384387": "bank", "US:384387": "bank", "3843": "bank", "007": "bank", "0007": "nobody",
    "bank 007": "bank", "bank 0": "bank",
    "acme": "shop", "🦊": "shop", "שיר": "shop", "9999": "",
    "jose.nunez@clinic.example": "jose", "jose.nun": "jose", "jose@": "", "clinic.ex": "jose", "@clinic": "jose",
    "jose.n": "jose", "jose.5": "jose", "jose.9": "", "jose n": "jose", "jose s": "", "a s": "anna", "ca l 4": "london",
    "JOSE.NUNEZ@C": "jose", "jose clinic.example": "jose", "o'neill+tag@x-mail": "nobody", "x-mail": "nobody",
    "lukasz": "lukasz", "Łukasz": "lukasz", "łuk": "lukasz", "THOR": "lukasz", "thor łu": "lukasz",
    "strasse": "strasse", "STRASSE": "strasse", "straße": "strasse", "grosse str": "strasse", "tromso": "strasse",
    "\u202a(510) 555\u20113344\u202c": "jose", "\u200e+1\u00a0510\u00a0555\u00a03344": "jose", "j\u200bose": "jose",
    "!!": "", "\\": "", "'": "", "& | ! :*": "", "%": "",
}  # fmt: skip


@pytest.mark.parametrize(
    "limits",
    [{}, {"SHORT_WORD": 0}, {"LOOKUP_LIMIT": 0}],
    ids=["long words in the index", "all words in the index", "contact by contact"],
)
def test_a_search_finds_words_by_their_beginning(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, limits: dict[str, int]
) -> None:
    """With the same result whether the index or each contact is tested."""
    for name, value in limits.items():
        monkeypatch.setattr(text_search, name, value)
    with scope(cast.harbor.id):  # which also has "M. Lopez (blue Brompton)"
        for number, first, last, shown, email in PEOPLE.values():
            Contact.objects.create(
                team=cast.harbor,
                number=number,
                first_name=first,
                last_name=last,
                display_name=shown,
                email=email,
            )
        names = {row[0]: name for name, row in PEOPLE.items()} | {MARIA: "maria"}
        found = {
            typed: {
                names[contact.number]
                for contact in matching_contacts(
                    cast.harbor, cast.outsider, QueryDict(urlencode({"q": typed}))
                )
            }
            - {"maria"}
            for typed in SEARCHES
        }
    assert found == {typed: set(expected.split()) for typed, expected in SEARCHES.items()}


JUNE = datetime(2026, 6, 15, 12, tzinfo=UTC)


def test_filters_are_combined(cast: Cast) -> None:
    with scope(cast.northside.id):
        _create_contacts(cast)
        vip = ContactList.objects.get(name="VIP").id
        blue = Tag.objects.get(name="blue").id
        deleted = vip + 999
        for query, expected in {
            "": "maria tom una ben",
            "sort=name&columns=x&nonsense=1": "maria tom una ben",
            "status=active": "tom una",
            "status=opt_out": "maria",
            "status=block": "ben",
            "origin=contact": "maria ben",
            "origin=member": "ben",
            "status=block&origin=contact": "",
            "status=opt_out&origin=contact": "maria",
            f"list={vip}": "maria tom",
            f"list={vip}&status=active": "tom",
            f"tag={blue}": "tom ben",
            f"tag={blue}&list={vip}&q=tom": "tom",
            f"tag={blue}&list={vip}&q=maria": "",
            f"inbox={cast.front_desk.id}": "una",
            f"inbox={cast.shop.id}": "",  # another team's
            f"assignee={cast.member.id}": "ben",
            "assignee=null": "maria tom una",
            "no_name=1": "una",
            "no_name=": "maria tom una ben",
            # June 15 in New York ends at 04:00 on June 16 in UTC.
            "created_from=2026-06-15&created_to=2026-06-15": "tom una",
            "created_to=2026-06-14": "ben",
            "created_from=2026-06-16": "maria",
            "last_from=2026-06-15&last_to=2026-06-15": "una",
            "last_to=2026-06-14": "",
            # An invalid filter matches no contact, so that no action applies to more contacts than intended.
            f"list={deleted}": "", "list=x": "", "status=happy": "", "created_from=2026-06-31": "", "q=%00": "",
        }.items():  # fmt: skip
            found = matching_contacts(cast.northside, cast.owner, QueryDict(query)).values_list(
                "note", flat=True
            )
            assert set(found) == set(expected.split()), query
        hidden = matching_contacts(cast.northside, cast.second, QueryDict(f"inbox={cast.front_desk.id}"))
        assert not hidden.exists()  # an inbox that the member does not see


def _create_contacts(cast: Cast) -> None:
    def make(note: str, number: str, **fields: Any) -> Contact:
        return Contact.objects.create(team=cast.northside, number=number, note=note, **fields)

    Contact.objects.filter(team_id=cast.northside.id).delete()
    maria = make("maria", MARIA, first_name="Maria", created_at=JUNE + timedelta(days=9))
    tom = make("tom", TOM, first_name="Tom", created_at=datetime(2026, 6, 16, 3, 59, tzinfo=UTC))
    una = make("una", "+14155550103", created_at=JUNE, last_message_at=JUNE, last_inbox=cast.front_desk)
    ben = make(
        "ben", "+14155550104", last_name="Ben", assignee=cast.member, created_at=JUNE - timedelta(days=2)
    )
    vip = ContactList.objects.create(team=cast.northside, name="VIP")
    blue = Tag.objects.create(team=cast.northside, name="blue")
    for contact in (maria, tom):
        ListEntry.objects.create(team=cast.northside, list=vip, contact=contact)
    for contact in (tom, ben):
        Tagging.objects.create(team=cast.northside, tag=blue, contact=contact)
    _suppress(cast, maria.number, "opt_out", "contact")
    _suppress(cast, ben.number, "opt_out", "contact")
    _suppress(cast, ben.number, "block", "member")
    _suppress(cast, una.number, "opt_out", "carrier", inbox=cast.billing)  # applies to one inbox only


def _suppress(cast: Cast, number: str, kind: str, origin: str, **fields: Any) -> None:
    Suppression.objects.create(
        team=cast.northside, number=number, kind=kind, origin=origin, event_id=1, created_at=JUNE, **fields
    )


FOLDED = "CREATE OR REPLACE FUNCTION contacts_folded(plain text) RETURNS text LANGUAGE sql IMMUTABLE RETURN "


def found(cast: Cast, typed: str) -> list[str]:
    with scope(cast.harbor.id):
        rows = matching_contacts(cast.harbor, cast.outsider, QueryDict(urlencode({"q": typed})))
        return [contact.first_name for contact in rows]


def test_words_from_before_letters_were_folded_are_found_and_refreshed(cast: Cast, owner: Any) -> None:
    (as_now,) = owner.execute("SELECT pg_get_function_sqlbody('contacts_folded'::regproc)").fetchone()
    owner.execute(f"{FOLDED} plain")
    try:
        with scope(cast.harbor.id):
            Contact.objects.create(team=cast.harbor, number=TOM, first_name="Łukasz")
    finally:
        owner.execute(f"{FOLDED.removesuffix('RETURN ')} {as_now}")
    assert (found(cast, "Łuk"), found(cast, "lukasz")) == (["Łukasz"], [])
    assert sum(refresh_search_words(cast.harbor.id)) == 1
    assert (found(cast, "Łuk"), found(cast, "lukasz")) == (["Łukasz"], ["Łukasz"])
