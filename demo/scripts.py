"""Scripts of the demo's dialogues: the texts between the two teams and their customers."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Dialogue:
    """The texts of one conversation. A line is "member: text"; "they: …" is the customer's.

    "maya, 2h: …" makes a pause before the text (m, h or d); without it, some minutes pass. A trailing [failed],
    [undelivered] or [refused] is the status of an outbound text.
    """

    inbox: str
    customer: str  # a name, or a number without a contact
    begins: str  # days ago and local time, "12 09:40"; or minutes ago, "0 45m"
    lines: tuple[str, ...]
    closed: bool = False
    unread_by: tuple[str, ...] = field(default=())


DIALOGUES = (
    Dialogue("Front Desk", "Maria Alvarez", "0 52m", (
        "they: Hi! Do you still have the blue Marin Larkspur in a medium?",
        "maya: Hi Maria, we do! One medium in blue is on the floor. Would you like to try it?",
        "they: Yes please. Could I come tomorrow around 4?",
        "maya: 4 pm is yours. Bring a photo ID for the test ride and shoes you like to ride in.",
        "they: Perfect, see you then 😊",
    ), unread_by=("ruth", "daniel")),
    Dialogue("Front Desk", "Jamal Washington", "0 31m", (
        "they: Hey, is the shop open on Thanksgiving weekend?",
        "they: And can I bring two kids' bikes for a checkup on Saturday?",
    ), unread_by=("ruth", "daniel", "maya", "luis")),
    Dialogue("Workshop", "Priya Nair", "0 96m", (
        "luis: Hi Priya, your Trek is ready. New chain and brake pads, wheels trued: $118.40. We "
        "are open until 6:30.",
        "they: Great, thank you! I'll be there at 5",
        "luis: See you at 5.",
    ), unread_by=("ruth",)),
    Dialogue("Front Desk", "Hannah Lindqvist", "0 24m", (
        "they: Please don't cancel my order, I only want to change the color to green if that works",
    ), unread_by=("ruth", "daniel", "maya", "luis")),
    Dialogue("Workshop", "Grace Kim", "1 10:12", (
        "they: Morning! My rear wheel makes a clicking noise when I pedal hard. Something serious?",
        "luis: Could be a loose spoke or the cassette. Can you bring it in today? We look at it for free.",
        "they: I can drop it off at lunch",
        "luis, 3h: Found it: two loose spokes and a worn cassette. Spokes are on us, a new cassette "
        "is $62 with labor. Shall we?",
        "they: Yes, go ahead please",
        "luis, 2h: Done! Ready whenever you are.",
        "they: You're the best. Picking up tomorrow morning",
    )),
    Dialogue("Front Desk", "Tom Becker", "2 15:20", (
        "maya: Hi Tom, the cargo rack you ordered has arrived. Shall we hold it for you until Saturday?",
        "they: I found one elsewhere, sorry. You can sell it",
        "maya: No problem at all, thanks for telling us!",
        "ruth, 1d: Tom, winter tune-ups are 20% off through Sunday. Want me to save you a slot?",
        "they: STOP",
        "luis, 50m: Hi Tom, the rack is sold, so nothing is left to pay. [refused]",
    )),
    Dialogue("Workshop", "Oliver Stone-Whitfield", "3 09:05", (
        "they: Good morning. Any update on the Brompton? It has been a week now.",
        "luis: Good morning Oliver. The hinge pin is still on its way from the UK, the tracking says Tuesday.",
        "they: I commute on that bike every day, so this is really difficult",
        "daniel, 20m: Hi Oliver, Daniel here. You can have one of our rental Bromptons until yours "
        "is done, no charge. Stop by any time before 6.",
        "they: That is very kind. I'll come by at 5:30, thank you",
    )),
    Dialogue("Front Desk", "Fatima Haddad", "4 11:40", (
        "they: Salaam, do you rent child trailers? For this weekend, two kids",
        "maya: Hi Fatima! Yes, double trailers are $35 a day. Saturday and Sunday both free right now.",
        "they: Both days please",
        "maya: Booked for you. Pick up Saturday from 9, and bring your own helmets if you have them.",
        "they: Wonderful, thank you",
    ), closed=True),
    Dialogue("Front Desk", "Ben Kowalski", "5 13:02", (
        "ruth: Hi Ben, thanks for joining our newsletter by text. You get one text a month about rides and sales.",
        "they: wrong number, please stop texting me",
        "ruth, 9m: Sorry about that, Ben. You will not hear from us again.",
    )),
    Dialogue("Workshop", "Sofia Rossi", "1 16:45", (
        "they: Do I need an appointment for a flat tire?",
        "luis: No, just come by. About 20 minutes, $15 plus the tube.",
        "they: on my way",
    ), closed=True),
    Dialogue("Front Desk", "Marcus Bell", "6 10:30", (
        "they: Is the group ride on Sunday happening if it rains?",
        "luis: We ride in anything but ice! 9 am at the shop, about 22 miles, coffee after.",
        "they: count me in",
        "they, 2d: My buddy wants to come too, ok?",
        "luis: The more the merrier.",
    ), closed=True),
    Dialogue("Front Desk", "Elena Petrova", "7 12:15", (
        "daniel: Hello Elena, your test ride on the Gazelle is booked for today at 2.",
        "they: I can't make it, I'm sick. Can we move it to next week?",
        "daniel: Of course. Get well soon! Wednesday at 2?",
        "they: Wednesday works. Thank you Daniel",
    ), closed=True),
    Dialogue("Workshop", "Noah Schmidt", "8 14:00", (
        "luis: Hi Noah, your estimate: bottom bracket $75, cables $40, labor $60. Okay to start?",
        "they: Is there a cheaper option for the bottom bracket?",
        "luis: There is a good Shimano one for $38. I'd take that for city riding.",
        "they: then that one please 👍",
        "luis, 1d: All done, $138 in total. Open until 6:30 today.",
    ), closed=True),
    Dialogue("Front Desk", "Aaliyah Brooks", "9 17:10", (
        "they: Hi, I left my gloves on the counter today I think. Black with a reflective stripe?",
        "maya: Found them! They are in the drawer with your name on it.",
        "they: Phew thank you!!",
    ), closed=True),
    Dialogue("Front Desk", "Diego Fernández", "10 09:30", (
        "maya: Hola Diego, your Surly frame came in this morning. Do you want to come and see it "
        "before we build it up?",
        "they: YES",
        "maya: Haha, see you soon then.",
        "they, 5h: It looks amazing. Build it!",
    ), closed=True),
    Dialogue("Workshop", "Wendy Zhao", "11 11:11", (
        "they: My e-bike shows error E04 and won't start",
        "luis: That is the battery contact. Please don't charge it until we have had a look. Can you bring it in?",
        "they: it's too heavy for me to carry down the stairs...",
        "daniel, 12m: We pick up inside the city for $20, Wendy. Tomorrow between 10 and 12?",
        "they: yes please! 2210 SE Ankeny, apt 3",
        "luis, 1d: Cleaned the contacts and replaced one cable. She runs again! Bringing her back at 4.",
        "they: thank you so much, all of you",
    ), closed=True),
    Dialogue("Front Desk", "Patrick O’Connell", "12 15:45", (
        "ruth: Hi Patrick, a reminder: your service plan ends on the 30th. Reply here if you would like to renew it.",
        "they: Unsubscribe",
        "they, 4d: Hi, I thought that was a mailing list. I do want to hear from you about my bike",
        "they: START",
        "maya: Welcome back, Patrick! Shall we renew the plan? It is $120 for the year.",
        "they: Please do",
    )),
    Dialogue("Front Desk", "Nkechi Okafor", "13 10:05", (
        "they: Do you buy used bikes?",
        "daniel: We do, bring it by on a weekday and we make you an offer. Store credit gets 15% more.",
        "they: cool will do",
    ), closed=True),
    Dialogue("Workshop", "Isabel Duarte", "14 16:20", (
        "luis: Hi Isabel, your wheel build is finished. $240 as agreed. [undelivered]",
        "luis, 30m: Hi Isabel, trying again: your wheels are finished and ready to pick up. [failed]",
    )),
    Dialogue("Front Desk", "Sam Whitehorse", "15 13:33", (
        "they: Can you order a saddle bag from Swift in red?",
        "maya: Sure can. About two weeks. $95, paid when it arrives?",
        "they: deal",
    ), closed=True),
    Dialogue("Front Desk", "Leo Castellanos", "16 11:50", (
        "daniel: Hi Leo, the Salsa demo day is this Saturday, 10 to 3. Would you like a slot?",
        "they: stop texting me at work!!",
        "daniel, 6m: Sorry, Leo. We took you off our list.",
    )),
    Dialogue("Workshop", "Ruby Thompson", "17 09:15", (
        "they: When is my tune-up?",
        "luis: Thursday at 9. Drop it off the evening before if you like.",
        "they: ok thx",
    ), closed=True),
    Dialogue("Front Desk", "Arjun Mehta", "18 14:25", (
        "they: What size would you recommend for 5'7\"?",
        "maya: Usually a 52 or a small, depending on the bike and your arms. Come in for a fit "
        "check, it takes ten minutes.",
        "they: Saturday morning then",
        "maya: Perfect, ask for Maya.",
    ), closed=True),
    Dialogue("Front Desk", "Clara Jensen", "19 10:40", (
        "maya: Hi Clara, did the rain jacket fit?",
        "they: It did! Love it.",
    ), closed=True),
    Dialogue("Workshop", "Victor Nguyen", "20 15:05", (
        "they: How much is a full overhaul on a 1987 Miyata?",
        "luis: $280 plus parts, and it is worth it. We have a three-week queue at the moment.",
        "they: put me on the list please",
        "luis: You are on it. We'll text you when it's your turn.",
        "they: HELP",
    ), closed=True),
    Dialogue("Front Desk", "Dorothy Miles", "2 10:10", (
        "they: This is Dorothy Miles. My grandson says I can text you. Is my tricycle basket in?",
        "maya: Hello Dorothy! It is in, and we can mount it while you wait.",
        "they: How lovely. I will come on Tuesday with my grandson. Best regards, Dorothy",
    )),
    Dialogue("Front Desk", "Kai Nakamura", "1 14:55", (
        "they: Got the invoice for the fleet service, thanks. One question: is the 10% for "
        "nonprofits in there already?",
        "ruth: Good catch, it is not. I'll send a corrected one today.",
        "they: Much appreciated",
        "ruth, 2h: Sent. Please check your e-mail.",
    )),
    Dialogue("Workshop", "Beatriz Santos", "3 17:20", (
        "luis: Hi Beatriz, we finished early: your gravel bike is ready.",
        "they: Fantastic! Tomorrow ok? And can I pay by card?",
        "luis: Both yes.",
    ), closed=True),
    Dialogue("Front Desk", "+13605550117", "0 140m", (
        "they: hi is this the bike shop on alder? do u do gift cards",
        "maya: It is! Any amount from $20, here or over the phone.",
    ), unread_by=("daniel",)),
    Dialogue("Front Desk", "+12065550162", "4 03:12", (
        "they: CONGRATULATIONS your shop was selected for a $50,000 business loan!! Reply NOW to claim",
    )),
    Dialogue("Front Desk", "Ethan Goldberg", "1 11:20", (
        "maya: Hi Ethan, your helmet is here. We are open until 6:30.",
        "they: wrong number, I don't have a bike",
    )),
    Dialogue("Front Desk", "Nadia Rahman", "2 13:45", (
        "daniel: Hi Nadia, all winter jackets are 20% off until Sunday.",
        "they: not interested",
    ), unread_by=("daniel",)),
    Dialogue("Workshop", "Hassan Ali", "8 09:50", (
        "luis: Hi Hassan, it has been a year since your last tune-up. Shall I book you in?",
        "they: only e-mail me about the sales please, reminders are ok",
    )),
    Dialogue("Front Desk", "Lucy Armstrong", "1 16:10", (
        "maya: Hi Lucy, new gravel tires are in. Want me to put a pair aside?",
        "they: take me off this list please",
    )),
    Dialogue("Workshop", "Caleb Turner", "0 75m", (
        "luis: Hi Caleb, your appointment for the brake service is tomorrow at 3. Reply C to confirm.",
        "they: CANCEL",
    ), unread_by=("luis", "ruth", "daniel")),
    Dialogue("Front Desk", "Tessa Moore", "3 10:30", (
        "maya: Hi Tessa, the spring catalog is out. Take a look when you stop by!",
        "they: STOP",
        "they, 26h: Sorry, that was a mistake, you can text me again",
    )),
    # Answers to the broadcast "Winter storage", which began six days ago at ten.
    Dialogue("Front Desk", "Annika Virtanen", "6 10:04", (
        "they: Do you store e-bikes too? I worry about the battery",
        "maya: We do! The battery stays inside at room temperature, and we charge it once a month.",
        "they: Then book me in please",
    ), closed=True),
    Dialogue("Front Desk", "Rosa Delgado", "6 10:31", (
        "they: Two bikes from December on, can I bring them by on Friday?",
        "maya: Friday works, any time before 6.",
    ), closed=True),
    Dialogue("Front Desk", "Peter van den Berg", "6 12:15", (
        "they: no room in my flat, so yes please 🙏",
    ), unread_by=("ruth",)),
    Dialogue("Front Desk", "Mei-Ling Tan", "6 10:02", ("they: STOP",)),
    Dialogue("Front Desk", "Miguel Ángel Torres", "6 11:40", ("they: please stop sending me these texts",)),
    Dialogue("Front Desk", "Ravi Subramaniam", "1 15:05", (
        "maya: Hi Ravi, your new wheels are trued and ready.",
        "they: Loved “Hi Ravi, your new wheels are trued and ready.”",
        "they: Can I stop by at 5?",
        "maya: Of course!",
    )),
)  # fmt: skip

RENTALS_DIALOGUES = (
    Dialogue("Rental Desk", "Nkechi Okafor", "0 40m", (
        "naomi: Hi Nkechi, the e-bikes are back for the winter: 20% off this week. Reply STOP to opt out.",
        "they: STOP",
    )),
    Dialogue("Rental Desk", "Kai Nakamura", "1 14:05", (
        "they: Do you rent child seats?",
        "naomi: We do, $8 a day. They fit all our city bikes.",
    )),
)  # fmt: skip
OTHER_DIALOGUES = (
    Dialogue("Reception", "Maria Alvarez", "1 09:20", (
        "helen: Hello Maria, a reminder of your cleaning tomorrow at 8:30. Reply C to confirm.",
        "they: C",
    )),
    Dialogue("Reception", "Kai Nakamura", "6 11:05", (
        "helen: Hello Kai, it is time for your yearly checkup. When would suit you?",
        "they: STOP",
    )),
)  # fmt: skip
