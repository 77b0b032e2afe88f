"""Times of the contacts page in a team of a million, compared with ten thousand: filters, sort orders, searches."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
from django.utils import timezone

from accounts.models import Member
from bench import teams
from bench.fake_carrier import CarrierNumber
from bench.http_load import send_all
from bench.installation import NotMeasured
from bench.pages import PageTimes, page_request
from contacts.contact.models import Contact
from contacts.lists.models import ContactList, Tag
from contacts.search.sorting import SortOrder
from devserver import postgres
from devserver.addresses import DATABASE
from kernel.tenancy import scope

SMALL, BIG = 10_000, 1_000_000  # contacts in a team
MIN_MATCHES = 80  # contacts that match at least, so that a page is full in both teams

FIRST_NAMES = """
Maria James Anna Robert Linda John Patricia Michael Elena David Susan Carlos Sarah Daniel Karen Luis Nancy Peter
Lisa Ahmed Betty Kevin Sandra Brian Ashley Jorge Emily Ivan Donna Chen Michelle Omar Carol Paul Amanda Mark
Melissa Diego Deborah Steven Stephanie Andrew Rebecca Yusuf Sharon Kenneth Laura Joshua Cynthia George Dorothy
Pavel Amy Edward Kathleen Jason Angela Jeffrey Shirley Ryan Brenda Jacob Emma Gary Virginia Nicolas Pamela Eric
Nicole Jonas Helen Stefan Samantha Larry Katherine Justin Christine Scott Debra Brandon Rachel Benjamin Carolyn
Samuel Janet Raúl Maya Gregory Heather Aleksei Diane Patrick Zoë José Julie Frank Joyce Alexander Victoria Jack
Kelly Dennis Christina Jerry Joan Tyler Evelyn Aaron Lauren Mateo Judith Adam Olivia Nathan Frances Henry Martha
Zachary Cheryl Douglas Megan Thabo Andrea Kyle Hannah Noah
""".split()
LAST_NAMES = """
Smith Johnson Williams Brown Jones García Miller Davis Rodríguez Martínez Hernández López Gonzales Wilson
Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez Lewis Robinson
Walker Young Allen King Wright Scott Torres Nguyen Hill Flores Green Adams Nelson Baker Hall Rivera Campbell
Mitchell Carter Roberts Gomez Phillips Evans Turner Diaz Parker Cruz Edwards Collins Reyes Stewart Morris
Morales Murphy Cook Rogers Gutiérrez Ortiz Morgan Cooper Peterson Bailey Reed Kelly Howard Ramos Kim Cox Ward
Richardson Watson Brooks Chávez Wood James Bennett Gray Mendoza Ruiz Hughes Price Álvarez Castillo Sanders Patel
Myers Long Ross Foster Jiménez Powell Jenkins Perry Russell Sullivan Bell Coleman Butler Henderson Barnes Fisher
Vásquez Simmons Romero Jordan Patterson Alexander Hamilton Graham Reynolds Griffin Wallace West Cole Hayes
Bryant Herrera Gibson Ellis Tran Medina Okafor Müller Schäfer Petrov Novák Rossi Dubois Jensen Larsen Kowalski
Nagy Ivanova Yamamoto Suzuki Wang Zhang Singh Khan Haddad Cohen Mbeki
""".split()

# All numbers differ: a prime step visits all of them once. 5% have no name, 50% an e-mail address, 60% a last message,
# 3% are opted out and 0.5% blocked. The first MIN_MATCHES of each team are named Maria López, have a number that ends
# in 2125, and are opted out.
SEED = """
INSERT INTO contacts_contact (team_id, number, first_name, last_name, display_name, email, note, created_at, updated_at,
  assignee_id, last_message_at, last_inbox_id)
SELECT {team}, '+1' || CASE WHEN n > {full} THEN dialled ELSE dialled / 10000 * 10000 + 2125 END,
  name.first, name.last, '',
  CASE WHEN dice < 0.5 AND name.first <> '' THEN lower(name.first) || '.' || n || '@' ||
    (ARRAY['mail.example','post.example','work.example'])[1 + n % 3] ELSE '' END,
  '', at.created, at.created, CASE WHEN dice < 0.03 THEN ({members}::bigint[])[1 + n % 3] END,
  at.last, CASE WHEN at.last IS NOT NULL THEN ({inboxes}::bigint[])[1 + least((quiet * 1000000)::int % 7, 3)] END
FROM (SELECT n, 2000000000 + n * 2654435761 % 7999999999 AS dialled, random() AS dice,
    random() AS age, random() AS quiet,
    CASE WHEN n > {full} THEN random() ELSE 1 END AS bare,
    CASE WHEN n > {full} THEN floor(random() * {firsts})::int + 1 ELSE {maria} END AS f,
    CASE WHEN n > {full} THEN floor(random() * {lasts})::int + 1 ELSE {lopez} END AS l
    FROM generate_series(1, {count}::bigint) n) AS x,
  LATERAL (SELECT CASE WHEN bare < 0.05 THEN '' ELSE ({first}::text[])[f] END AS first,
    CASE WHEN bare < 0.05 THEN '' ELSE ({last}::text[])[l] END AS last) AS name,
  LATERAL (SELECT now() - age * interval '3 years' AS created,
    CASE WHEN quiet < 0.6 THEN now() - quiet * quiet * interval '2 years' END AS last) AS at;
INSERT INTO contacts_contactlist (team_id, name, created_at) SELECT {team}, name, now()
FROM unnest(ARRAY['a hundred', 'one percent', 'three tenths', 'the newest']) AS name;
INSERT INTO contacts_tag (team_id, name, created_at) SELECT {team}, name, now()
FROM unnest(ARRAY['fifty', 'one in a thousand', 'a tenth']) AS name;
INSERT INTO contacts_listentry (team_id, list_id, contact_id)
SELECT {team}, l.id, c.id FROM contacts_contactlist l, contacts_contact c
WHERE l.team_id = {team} AND c.team_id = {team}
  AND abs(hashint8extended(c.id, l.id) % 1000000) < CASE l.name WHEN 'three tenths' THEN 300000
    WHEN 'one percent' THEN 10000 WHEN 'a hundred' THEN 100000000 / {count} ELSE 0 END;
INSERT INTO contacts_listentry (team_id, list_id, contact_id)
SELECT {team}, l.id, c.id FROM contacts_contactlist l, (SELECT id FROM contacts_contact WHERE team_id = {team}
  ORDER BY created_at DESC LIMIT {count} / 20) AS c WHERE l.team_id = {team} AND l.name = 'the newest';
INSERT INTO contacts_tagging (team_id, tag_id, contact_id)
SELECT {team}, t.id, c.id FROM contacts_tag t, contacts_contact c WHERE t.team_id = {team} AND c.team_id = {team}
  AND abs(hashint8extended(c.id, t.id + 99) % 1000000) < CASE t.name WHEN 'fifty' THEN 50000000 / {count}
    WHEN 'a tenth' THEN 100000 ELSE greatest(1000, {full} * 1000000 / {count}) END;
INSERT INTO contacts_tagging (team_id, tag_id, contact_id)
SELECT {team}, t.id, e.contact_id FROM contacts_tag t, (
  SELECT e.contact_id FROM contacts_listentry e JOIN contacts_contactlist l
  ON l.team_id = e.team_id AND l.id = e.list_id WHERE e.team_id = {team} AND l.name = 'one percent' LIMIT {full}) AS e
WHERE t.team_id = {team} AND t.name = 'a tenth' ON CONFLICT DO NOTHING;
"""
# Without ledger entries, so `verify_ledger` would find fault with them.
SUPPRESSIONS = """
INSERT INTO optout_suppression (team_id, number, kind, origin, event_id, created_at)
SELECT {team}, number, 'opt_out',
  (ARRAY['contact','contact','contact','contact','carrier','carrier','import','member'])[1 + abs(hashint8(id)) % 8],
  id, now()
FROM contacts_contact WHERE team_id = {team} AND (random() < 0.03 OR right(number, 4) = '2125');
INSERT INTO optout_suppression (team_id, number, kind, origin, event_id, created_at)
SELECT {team}, number, 'block', 'member', id, now() FROM contacts_contact WHERE team_id = {team}
  AND random() < greatest(0.005, {full}.0 / {count});
"""


def seed(owner: psycopg.Connection, member: Member, inboxes: list[int], count: int) -> None:
    """Fill a team with contacts, suppressions, lists and tags, in the same proportions for any count."""
    seed_contacts(owner, member, inboxes, count)
    _execute(owner, SUPPRESSIONS, {"team": member.team_id, "count": count, "full": MIN_MATCHES})


def seed_contacts(owner: psycopg.Connection, member: Member, inboxes: list[int], count: int) -> None:
    """The same without suppressions."""
    with scope(member.team_id):
        members = list(Member.objects.filter(team_id=member.team_id).values_list("id", flat=True))
    places = {
        "team": member.team_id,
        "count": count,
        "full": MIN_MATCHES,
        "maria": FIRST_NAMES.index("Maria") + 1,
        "lopez": LAST_NAMES.index("López") + 1,
        "members": _array((members * 3)[:3]),
        "inboxes": _array(inboxes),
        "first": _array(FIRST_NAMES),
        "firsts": len(FIRST_NAMES),
        "last": _array(LAST_NAMES),
        "lasts": len(LAST_NAMES),
    }
    _execute(owner, SEED, places)


def _execute(owner: psycopg.Connection, script: str, places: dict[str, Any]) -> None:
    for statement in script.format(**places).split(";\n"):
        if statement.strip():
            owner.execute(statement)  # type: ignore[arg-type]


def _array(values: list[int] | list[str]) -> str:
    return "'{" + ",".join(map(str, values)) + "}'"


def create_team(count: int) -> tuple[Member, list[int]]:
    """Create a team with four inboxes for `count` contacts."""
    lines = [CarrierNumber(f"+1510557{n}{count % 997:03d}", f"AC{n}{count:031d}", "token") for n in range(4)]
    member, inboxes = teams.create_team_at(f"Contacts{count}", lines)
    return member, list(inboxes.values())


ORDERS = ["name", "-name", "number", "-number", "created", "-created", "last", "-last"]


def cases(member: Member, inboxes: list[int]) -> dict[str, str]:
    """Page paths by name: each sort order (first page and deep), each filter, searches, and combinations."""
    with scope(member.team_id):
        lists = {row.name: row.id for row in ContactList.objects.filter(team_id=member.team_id)}
        tags = {row.name: row.id for row in Tag.objects.filter(team_id=member.team_id)}
        queries: dict[str, dict[str, Any]] = {f"sort {order}": {"sort": order} for order in ORDERS}
        queries |= {
            f"sort {order}, deep": {"sort": order, "after": _middle(member, order)} for order in ORDERS
        }
    filters: dict[str, dict[str, Any]] = {
        "active": {"status": "active"},
        "opted out (3 %)": {"status": "opt_out"},
        "blocked (0.5 %)": {"status": "block"},
        "opted out by the carrier": {"origin": "carrier"},
        "inbox": {"inbox": inboxes[3]},
        "rare inbox": {"inbox": inboxes[0]},
        "assignee": {"assignee": _assignee(member)},
        "created in a month": {"created_from": "2025-03-01", "created_to": "2025-03-31"},
        "last message in a week": {"last_from": _ago(100), "last_to": _ago(94)},
        "no name": {"no_name": "1"},
        **{f"list: {name}": {"list": id} for name, id in lists.items()},
        **{f"tag: {name}": {"tag": id} for name, id in tags.items()},
        "list and status": {"list": lists["three tenths"], "status": "opt_out"},
        "list and tag": {"list": lists["one percent"], "tag": tags["a tenth"]},
    }
    queries |= filters
    queries |= {f"{name}, newest first": {**query, "sort": "-created"} for name, query in filters.items()}
    queries |= {f"{name}, by last message": {**query, "sort": "-last"} for name, query in filters.items()}
    searches = [
        "m",
        "mar",
        "maria",
        "maria lopez",
        "ma lo",
        "(510) 555",
        "2125",
        "maria.1",
        "work.example",
        "zzzz",
    ]
    queries |= {f"search {typed}": {"q": typed} for typed in searches}
    queries |= {
        f"search {typed}, by last message": {"q": typed, "sort": "-last"} for typed in ("m", "mar", "maria")
    }
    queries |= {"search maria, opted out": {"q": "maria", "status": "opt_out"}}
    return {name: f"contacts/?{urlencode(query)}" for name, query in queries.items()}


def _ago(days: int) -> str:
    return str(timezone.localdate() - timedelta(days=days))


def _middle(member: Member, text: str) -> str:
    """The cursor of the contact in the middle of a sort order."""
    order = SortOrder.read(text)
    contacts = Contact.objects.filter(team_id=member.team_id).filter(order.parts[0]).order_by(*order.by)
    return str(order.cursor(contacts[contacts.count() // 2]))


def _assignee(member: Member) -> int:
    with scope(member.team_id):
        return Member.objects.filter(team_id=member.team_id).latest("id").id


@dataclass
class ContactsPageTimes(PageTimes):
    """Also the number of rows on each page: a full page cannot be compared with an empty page."""

    rows: tuple[int, ...] = ()


def measure(
    folder: Path, address: tuple[str, int], rounds: int, big: int = BIG
) -> dict[str, ContactsPageTimes]:
    """Time each page in both teams, requested by a signed-in owner."""
    query = []
    for count in (SMALL, big):
        member, inboxes = create_team(count)
        with postgres.connect(folder, DATABASE) as owner:
            seed(owner, member, inboxes, count)
        query.append((member, inboxes))
    with postgres.connect(folder, DATABASE) as owner:
        owner.execute("VACUUM ANALYZE")
    (small, small_cases), (large, large_cases) = [
        (member, cases(member, inboxes)) for member, inboxes in query
    ]
    return {
        name: _alternate(address, page_request(small, path), page_request(large, large_cases[name]), rounds)
        for name, path in small_cases.items()
    }


def _alternate(address: tuple[str, int], small: bytes, big: bytes, rounds: int) -> ContactsPageTimes:
    """Like pages.time_alternately with fewer requests, since there are eighty pages."""
    answers = [send_all(address, [request] * 8, 4).newest for request in (small, big)]
    pair = ContactsPageTimes(rows=tuple(answer.count(b'name="contact"') for answer in answers))
    for _ in range(rounds):
        for request, times in ((small, pair.small), (big, pair.big)):
            outcome = send_all(address, [request] * 7, 1)
            if set(outcome.statuses) != {200}:
                raise NotMeasured(f"Not every page was answered 200: {dict(outcome.statuses)}")
            times.append(outcome.percentile(0.5))
    return pair
