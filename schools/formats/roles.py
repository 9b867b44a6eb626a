"""The words by which schools call a post, and the code each stands for (codes of `schools.enums.Role`)."""

from __future__ import annotations

import re

ROLE_LABELS = {
    "head": "Head teacher",
    "deputy_head": "Deputy head",
    "senco": "SENCO",
    "dsl": "DSL",
    "deputy_dsl": "Deputy DSL",
    "transition_lead": "Transition lead",
    "class_teacher": "Class teacher",
    "support_staff": "Support staff",
    "school_office": "School office",
    "coordinator": "Coordinator",
    "la_officer": "LA officer",
    "trust_leader": "Trust leader",
    "governor": "Governor",
    "dpo": "DPO",
    "community_partner": "Community partner",
    "observer": "Observer",
}

_WORDS = {
    "head": "head teacher|headteacher|principal|executive head|executive headteacher|head of school"
    "|acting head|interim head|co head|co headteacher|executive principal",
    "deputy_head": "deputy headteacher|deputy head teacher|assistant head|assistant headteacher"
    "|assistant head teacher|vice principal|assistant principal|deputy principal|deputy or assistant head"
    "|associate head",
    "senco": "sendco|sen co|senco teacher|inclusion manager|send lead"
    "|sen coordinator|send coordinator|special educational needs coordinator"
    "|special educational needs co ordinator",
    "dsl": "designated safeguarding lead|safeguarding lead|dsl lead",
    "deputy_dsl": "ddsl|deputy designated safeguarding lead|deputy safeguarding lead",
    "transition_lead": "head of year|head of year 7|transition coordinator|transition co ordinator"
    "|year leader|head of year or transition lead|year lead|hoy",
    "class_teacher": "teacher|form tutor|tutor|form teacher|classteacher|subject teacher|year 6 teacher"
    "|year 2 teacher|early years teacher|reception teacher",
    "support_staff": "ta|lsa|hlta|teaching assistant|learning support assistant|support assistant"
    "|higher level teaching assistant|learning mentor|elsa|send ta|cover supervisor",
    "school_office": "office|office manager|administrator|admin|school administrator|office administrator"
    "|data manager|school business manager|business manager|sbm|admissions officer|secretary|school secretary"
    "|admin officer|receptionist",
    "coordinator": "co ordinator|cluster coordinator|partnership coordinator|cluster lead|partnership lead"
    "|cluster co ordinator|partnership co ordinator",
    "la_officer": "local authority officer|council officer|la|send officer|send case officer|ehc coordinator"
    "|ehcp coordinator|virtual school officer|virtual school head|la admissions officer|attendance officer"
    "|educational psychologist",
    "trust_leader": "ceo|chief executive|trust ceo|director of education|trust lead|mat leader"
    "|trust send lead|trust safeguarding lead",
    "governor": "trustee|school governor|chair of governors|governor or trustee"
    "|parent governor|send governor",
    "dpo": "data protection officer|data protection lead",
    "community_partner": "partner|vcs|family hub|voluntary sector|community",
    "observer": "guest|visitor",
}

_SERVICES = {
    "send": "send|sen|send officer|send case officer|ehc coordinator|ehcp coordinator|send team|sen team"
    "|special educational needs",
    "virtual_school": "virtual school|virtual school officer|virtual school head|looked after children",
    "admissions": "admissions|la admissions officer|school admissions",
    "attendance": "attendance|attendance officer|education welfare",
    "safeguarding": "safeguarding|social care|early help",
    "other": "other|educational psychologist",
}


def _fold(words: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", words.casefold().replace("'", "").replace("’", "")).strip()


def _table(words: dict[str, str]) -> dict[str, str]:
    return {_fold(word): code for code, joined in words.items() for word in (code, *joined.split("|"))}


_ROLE_BY_WORDS = _table(_WORDS) | {_fold(label): code for code, label in ROLE_LABELS.items()}
_SERVICE_BY_WORDS = _table(_SERVICES)


def role_code(words: str) -> str | None:
    """None for words we do not know: a role is never guessed, since it opens doors."""
    return _ROLE_BY_WORDS.get(_fold(words))


def service_code(words: str) -> str | None:
    """The code of `schools.enums.LAService`, or None."""
    return _SERVICE_BY_WORDS.get(_fold(words))
