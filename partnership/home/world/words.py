"""What people wrote about the children of the demo: three voices, so that no two pages read alike."""

from __future__ import annotations

from transitions.enums import SectionKind as K

TEXTS: dict[str, tuple[str, str, str]] = {
    K.ABOUT_ME: (
        "I like maps and buses. I know the number of every bus in Wendlebury. I do not like it when people shout. "
        "I want to know where the library is and who I can sit with.",
        "I am good at football and at looking after my little brother. Reading is hard but I like it when someone reads to "
        "me. Please do not ask me to read out loud on the first day.",
        "My favourite thing is baking with Nan. I get worried when plans change. If I go quiet I am not being rude, I am "
        "thinking.",
    ),
    K.STRENGTHS: (
        "Remembers every detail of a story. Patient with younger children and reads to Reception on Fridays. Notices when "
        "somebody is left out.",
        "Quick with numbers and proud of it. A natural organiser on the playground; the one others come to for the rules of "
        "the game.",
        "Draws beautifully and explains what the picture means. Never forgets a kindness. Works hardest when the work has "
        "somebody to be for.",
    ),
    K.CONNECT: (
        "Say hello by name at the gate. Ask about the dog, Biscuit. Give two minutes' warning before a change and the day "
        "stays a good one.",
        "Humour works; sarcasm does not. Walk alongside rather than facing. A job to do in the first five minutes settles "
        "everything.",
        "Give time. Ask once, then wait: the answer comes after ten seconds of silence. A thumbs-up across the room is "
        "worth more than praise aloud.",
    ),
    K.HELPS: (
        "Instructions one at a time, written on a sticky note. A seat near the door. Five minutes outside after maths. "
        "Coloured overlay (yellow) for long texts.",
        "Pre-teach the vocabulary the day before. Let homework be done at homework club. Movement break before lunch, even "
        "on a good day.",
        "A visual timetable on the desk with changes marked in green. Headphones for assemblies. A named adult to check in "
        "with at nine and at two.",
    ),
    K.TRIGGERS: (
        "Fire alarms, supply teachers, being watched while eating. First sign: hood up, rubbing one thumb. At that point a "
        "quiet walk is enough.",
        "Losing face in front of friends. First sign: jokes get louder and quicker. Offer a way out before it becomes an "
        "argument.",
        "Noise in corridors and not knowing what comes next. First sign: asks the same question three times.",
    ),
    K.FRIENDS: (
        "Closest to two children from the same class who are coming to you too. Trusts Mr Reilly and Mrs Pocock at lunch "
        "club.",
        "A wide circle, nobody very close. Would love one good friend. Gets on well with adults who like football.",
        "One best friend, who goes to another school. Will need help to find people in the first weeks; art club is the "
        "place.",
    ),
    K.SEATING: (
        "Works well beside a quiet partner. Best not in a group with one child of the same class: ring us for the name.",
        "Sits best at the side, not at the back. No one to keep apart.",
        "Keep with the friend from table three for the first half-term.",
    ),
    K.FAMILY: (
        "Mum prefers a call after half past three. Gran collects on Thursdays. They would like to see the building when it "
        "is empty.",
        "Dad works nights: mornings are bad, texts are fine. Both parents read English well; Urdu is spoken at home and "
        "letters in both are welcome.",
        "Foster carer comes to everything and knows the plan by heart. Invite her early.",
    ),
    K.IN_PLACE: (
        "Speech and language twice a half-term; ten minutes of phonics each morning with a teaching assistant.",
        "Small group for reading three times a week. Emotional literacy support on Tuesdays.",
        "Fifteen hours of support named in the plan, used mostly in English and at unstructured times.",
    ),
    K.HEALTH: (
        "Mild asthma. The family sends a spacer; otherwise nothing needed day to day.",
        "Nut allergy; carries an adrenaline pen and knows how to use it.",
        "Hearing aid in the left ear since Year 4. Batteries are in the blue tin that travels with the school bag.",
    ),
    K.OPEN_QUESTIONS: (
        "We wonder about hearing: better in a quiet room. The referral went in last half-term, no date yet.",
        "Is it reading, or is it sight? New glasses in October; ask again at Christmas.",
        "We have not found what makes Mondays hard.",
    ),
}

FACTS: dict[str, tuple[dict[str, str], ...]] = {
    K.ABOUT_ME: (
        {"voice": "said", "asked_by": "Wendy Pocock", "written_by": "Wendy Pocock"},
        {"voice": "chosen", "asked_by": "Tom Reilly", "written_by": "Tom Reilly"},
        {"voice": "drawn", "asked_by": "Aled Parry", "written_by": "Priya Nair"},
    ),
    K.IN_PLACE: (
        {"professionals": "Speech and language therapist: twice a half-term, until July."},
        {"professionals": "Educational psychologist: report from March, attached to the school's own file."},
        {"professionals": "Advisory teacher for hearing: once a term."},
    ),
    K.HEALTH: (
        {"medicines": "Blue inhaler, in the office", "plan": "Held; reviewed in September"},
        {
            "allergies": "Nuts: adrenaline pen, one in the bag, one in the office",
            "training": "All staff, by the nurse, before the first day",
        },
        {"equipment": "Radio aid: order a receiver six weeks ahead", "evacuation": "Tap the shoulder"},
    ),
}  # fmt: skip

NOTES = (
    "Talked through the first week. The quiet room and the nine o'clock check-in are agreed; the family visits in the last "
    "week of term.",
    "We will meet the family together. The name of the teaching assistant is known by May.",
    "Agreed on seating and on who tells whom if a day starts badly.",
)

CLASS_NOTES = (
    (
        "Sits with Rosa and Ben.",
        "Secure in maths, reads widely.",
        "97 %.",
        "Grandparents help; letters to both homes.",
    ),
    ("Easy with everyone.", "Steady; needs a nudge to check.", "93 %, often late on Mondays.", ""),
    ("Quiet; one good friend.", "Strong writer, shy to share it.", "99 %.", "New to Wendlebury this year."),
    (
        "Popular, sometimes too much so.",
        "Quick and careless.",
        "95 %.",
        "Mum asks for a call, not an e-mail.",
    ),
    ("Football team.", "Loves science.", "96 %.", ""),
    ("Close to a cousin in 6M.", "Working towards age in reading.", "91 %.", "Polish spoken at home."),
)
