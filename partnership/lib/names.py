"""Names folded for matching and ordering, so that every server sorts É and de Souza alike."""

import unicodedata

# Letters that carry no combining mark and so survive NFKD.
PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i", "ħ": "h"}
    | dict.fromkeys("’‘ʼ`´′", "'")
    | dict.fromkeys("‐‑‒–—", "-")
)


def fold(text: str) -> str:
    """The text without case, accents, invisible characters or doubled spaces; twice changes nothing more."""
    if text.isascii():  # nothing to take apart
        return " ".join(text.lower().replace("`", "'").split())
    text = text.translate(PLAIN)  # before NFKD, which turns ´ into a space and a mark
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    text = "".join(c for c in text if unicodedata.category(c) not in ("Cf", "Mn", "Mc", "Me"))
    return " ".join(text.casefold().translate(PLAIN).split())


def within_a_sentence(label: str) -> str:
    """A label as it stands inside a sentence: its first letter small, unless it begins with letters such as EHC."""
    first = label.partition(" ")[0]
    return label if first.isupper() and len(first) > 1 else label[:1].lower() + label[1:]
