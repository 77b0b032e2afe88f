"""Story of the demo: an invented bicycle shop in Portland and a dentist, with their members, customers and settings."""

from dataclasses import dataclass

NAME, SLUG = "Alder Street Bicycles", "alder-street-bicycles"
# Publicly known: for the demo only.
PASSWORD = "alder-street-demo"  # noqa: S105
# API keys, publicly known too: a bearer key, and the ID and secret of a signing key.
API_KEY_ID, SECRET_ID = "a1de5000000000b1", "a1de5000000000c2"
API_KEY = f"hmk_{API_KEY_ID}_alder-street-demo-bearer-key-known-to-all"
SECRET_KEY = "alder-street-demo-secret-key-known-to-all"  # noqa: S105

# key: name, e-mail, role, inboxes by seat
PEOPLE = {
    "ruth": ("Ruth Adeyemi", "ruth@alderstreet.example", "owner", ()),
    "daniel": ("Daniel Park", "daniel@alderstreet.example", "admin", ()),
    "maya": ("Maya Chen", "maya@alderstreet.example", "member", ("Front Desk",)),
    "luis": ("Luis Ortega", "luis@alderstreet.example", "member", ("Front Desk", "Workshop")),
}
# The team's own role: what it is for, who has it, and its rights beside those of a member.
OWN_ROLE = (
    "Front desk lead",
    "Answers texts like everybody, keeps the shared templates and looks at reports",
    "luis",
)
OWN_ROLE_ALSO_MAY = ("manage_templates", "see_reports")
INBOXES = {
    "Front Desk": ("+15035550140", "ACa1de50000000000000000000000000f1", "demo0front0desk0token0000000000f1"),
    "Workshop": ("+15035550141", "ACa1de50000000000000000000000000b2", "demo0workshop0token00000000000b2"),
}

# The workshop is open on weekdays from 9:00 to 12:00 and from 13:00 to 17:30, and on Saturdays until 14:00.
WORKSHOP_WEEK = (((540, 720), (780, 1050)),) * 5 + (((600, 840),), ())
AWAY_TEXT = (
    "The workshop is closed. We read your text when we open. Bike stuck on the road? Call (503) 555-0100."
)
FIRST_CONTACT_TEXT = "Hello from the workshop! One of us reads this and answers soon."
WAITING_GOAL = 30  # minutes

# Customers in the order of their numbers, from +1 503 555 0101 on.
CUSTOMERS = (
    "Maria Alvarez", "Tom Becker", "Priya Nair", "Hannah Lindqvist", "Jamal Washington", "Grace Kim",
    "Oliver Stone-Whitfield", "Fatima Haddad", "Ben Kowalski", "Sofia Rossi", "Marcus Bell", "Elena Petrova",
    "Noah Schmidt", "Aaliyah Brooks", "Diego Fernández", "Wendy Zhao", "Patrick O’Connell", "Nkechi Okafor",
    "Isabel Duarte", "Sam Whitehorse", "Ingrid Halvorsen", "Leo Castellanos", "Ruby Thompson", "Arjun Mehta",
    "Clara Jensen", "Victor Nguyen", "Dorothy Miles", "Kai Nakamura", "Beatriz Santos", "Ethan Goldberg",
    "Chidi Eze", "Annika Virtanen", "Rosa Delgado", "Peter van den Berg", "Mei-Ling Tan", "Joanna Wójcik",
    "Hassan Ali", "Lucy Armstrong", "Caleb Turner", "Yara Mansour", "George Papadakis", "Nadia Rahman",
    "Walter Finch", "Tessa Moore", "Ravi Subramaniam", "Frances Doyle", "Miguel Ángel Torres", "Zoe Campbell",
)  # fmt: skip


def number_of(customer: str) -> str:
    index = CUSTOMERS.index(customer)
    # 0140 and 0141 are the numbers of the shop's inboxes.
    return f"+1503555{101 + index if index < 39 else 103 + index:04d}"


# Recorded by staff: customer, member, reason, days ago.
ASKED_US = "They asked us"  # the person's own word
OPTED_OUT_BY_STAFF = (
    ("Ben Kowalski", "ruth", ASKED_US, 5),
    ("Leo Castellanos", "daniel", ASKED_US, 16),
    ("Walter Finch", "maya", ASKED_US, 9),
    ("Frances Doyle", "ruth", "Our decision", 15),
)
# Inbox, customer and the member who takes care of the conversation.
ASSIGNED = (
    ("Front Desk", "Maria Alvarez", "maya"),
    ("Workshop", "Priya Nair", "luis"),
    ("Workshop", "Oliver Stone-Whitfield", "daniel"),
)
# Inbox, customer, author, words, minutes ago.
NOTES = (
    ("Workshop", "Priya Nair", "luis", "Paid by card. @Maya Chen she picks it up at the front desk.", 80),
    (
        "Workshop",
        "Oliver Stone-Whitfield",
        "daniel",
        "Rental Brompton no. 3 is his until the hinge pin arrives.",
        4000,
    ),
)
# The 10DLC registration of an inbox: brand, campaign, its state, why it was rejected.
REGISTRATIONS = {
    "Front Desk": ("BALDER1", "CALDER7", "approved", ""),
    "Workshop": (
        "BALDER1",
        "CALDER9",
        "rejected",
        "The opt-in is not described well enough: message flow (code 30909).",
    ),
}
# Inbox, customer, author, words that are not sent yet.
DRAFTS = (("Workshop", "Grace Kim", "maya", "Hi Grace, the display is here. Could you bring the bike on"),)
# Owner (empty: shared), title, text, uses.
TEMPLATES = (
    (
        "",
        "Ready for pickup",
        "Hi {{ first_name | there }}, your bike is ready. We are open until 6 pm today.",
        41,
    ),
    ("", "Opening hours", "We are open Tuesday to Saturday, 9 am to 6 pm. {{ team_name }}", 27),
    ("", "Rental terms", "Hi {{ first_name | there }}, a rental is $45 a day with helmet and lock.", 12),
    ("maya", "Sign-off", "Thanks, {{ first_name | friend }}! {{ sender_first_name }} at {{ inbox_name }}", 9),
)
# Inbox, customer, member; until next week.
SNOOZED = (("Front Desk", "Kai Nakamura", "daniel"),)
# Whose (empty: the team's), name, assignee, unread, standing.
SAVED_VIEWS = (
    ("", "Unread, nobody's", "nobody", True, ""),
    ("maya", "Mine, held", "me", False, "held"),
)
# Inbox, customer, author, words, hours from now, only without an answer.
SCHEDULED = (
    (
        "Front Desk",
        "Maria Alvarez",
        "maya",
        "Hi Maria, see you at 4 today. The blue Larkspur is set up for you.",
        20,
        False,
    ),
    ("Workshop", "Grace Kim", "luis", "Hi Grace, is the clicking gone?", 72, True),
)
# The vendor list, imported so many days ago: customer, days between opt-out and import, source.
# Two of its numbers have no contact.
FORMER_VENDOR, VENDOR_LIST_IMPORTED_BY, VENDOR_LIST_DAYS_AGO = "Textbell", "ruth", 20
VENDOR_OPT_OUTS = (
    ("George Papadakis", 211, "texted STOP"),
    ("Joanna Wójcik", 64, "texted STOP"),
    ("Chidi Eze", 390, "asked on the phone"),
    ("+15035550188", 127, "texted UNSUBSCRIBE"),
    ("+13605550171", 502, ""),
)
IMPORTED = (("Yara Mansour", "ruth", "customers-2026.csv", 20),)
BLOCKED = (("+12065550162", "daniel", "Spam"),)

# Lists and tags with their contacts.
LISTS: dict[str, tuple[str, ...]] = {
    "Spring tune-up": (
        "Maria Alvarez",
        "Tom Becker",
        "Priya Nair",
        "Ben Kowalski",
        "Joanna Wójcik",
        "Zoe Campbell",
    ),
    "Newsletter": (
        "Maria Alvarez", "Tom Becker", "Grace Kim", "Oliver Stone-Whitfield", "Ben Kowalski", "Sofia Rossi",
        "Marcus Bell", "Elena Petrova", "Noah Schmidt", "Aaliyah Brooks", "Diego Fernández", "Nkechi Okafor",
        "Isabel Duarte", "Ingrid Halvorsen", "Leo Castellanos", "Clara Jensen", "Annika Virtanen", "Rosa Delgado",
        "Peter van den Berg", "Mei-Ling Tan", "Joanna Wójcik", "Chidi Eze", "George Papadakis", "Miguel Ángel Torres",
        "Zoe Campbell",
    ),
}  # fmt: skip
# What people agreed to at the shop, before anybody wrote to them, and who keeps the papers. Some were never asked.
CONSENT_KEPT_BY, CONSENT_SOURCE = "ruth", "Service ticket at the counter"
SERVICE_CONSENT = "Text me about my bike: quotes, questions, and when it is ready."
NEWSLETTER_CONSENT = "Yes, text me offers and news of the shop, up to four a month."
NEVER_ASKED = ("Caleb Turner", "Ravi Subramaniam", "Lucy Armstrong", "Hassan Ali")
TAGS: dict[str, tuple[str, ...]] = {
    "Commuter": ("Maria Alvarez", "Jamal Washington", "Grace Kim", "Ben Kowalski"),
    "E-bike": ("Priya Nair", "Kai Nakamura", "Dorothy Miles"),
}


@dataclass(frozen=True)
class DemoField:
    """A custom field with its values by customer, as a member would type them. A date is given as days from today."""

    name: str
    kind: str
    values: dict[str, str]
    options: tuple[str, ...] = ()


FIELDS = (
    DemoField("Bike", "text", {
        "Maria Alvarez": "Marin Larkspur, medium, blue",
        "Tom Becker": "Surly Midnight Special",
        "Victor Nguyen": "Miyata, 1987",
        "Beatriz Santos": "Gravel bike, 54 cm",
        "Dorothy Miles": "Tricycle with basket",
    }),
    DemoField("Service plan", "choice", {
        "Tom Becker": "Plus", "Kai Nakamura": "Fleet", "Beatriz Santos": "Basic", "Jamal Washington": "Basic",
    }, ("Basic", "Plus", "Fleet")),
    DemoField("Next service", "date", {"Tom Becker": "19", "Kai Nakamura": "33", "Victor Nguyen": "6"}),
    # Grace has moved to Austin: her sending hours are those of Oregon and of Texas.
    DemoField("ZIP code", "text", {"Grace Kim": "78704", "Jamal Washington": "97214", "Maria Alvarez": "98660"}),
)  # fmt: skip

# A second team, which shares a customer with the first. Neither may see the other's data.
OTHER_NAME, OTHER_SLUG = "Harborview Family Dental", "harborview-family-dental"
OTHER_OWNER = ("helen", "Helen Moreau", "helen@harborview.example")
OTHER_INBOXES = {
    "Reception": ("+12065550110", "ACa1de50000000000000000000000000c3", "demo0reception0token0000000000c3")
}
# A branch of the bicycle shop, linked with it.
RENTALS_NAME, RENTALS_SLUG = "Alder Street Rentals", "alder-street-rentals"
RENTALS_OWNER = ("naomi", "Naomi Adeyemi", "naomi@alderstreet.example")
RENTALS_INBOXES = {
    "Rental Desk": (
        "+15035550160",
        "ACa1de50000000000000000000000000d4",
        "demo0rental0desk0token0000000000d4",
    )
}
SLUGS = (SLUG, OTHER_SLUG, RENTALS_SLUG)
# Inbox, customer, member, when, and the text that the carrier refused: the person had opted in again at another inbox.
REFUSED_BY_CARRIER = (
    "Workshop",
    "Patrick O’Connell",
    "luis",
    "0 95m",
    "Hi Patrick, your bike is on the stand now.",
)
OTHER_FIELDS = (
    DemoField("Insurance", "choice", {"Maria Alvarez": "Family plan", "Kai Nakamura": "Self-pay"},
        ("Family plan", "Single plan", "Self-pay")),
    DemoField("Last cleaning", "date", {"Maria Alvarez": "-183", "Kai Nakamura": "-371"}),
    DemoField("Prefers mornings", "yes_no", {"Maria Alvarez": "yes"}),
)  # fmt: skip
