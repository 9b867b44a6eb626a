"""Who may open what, written by hand from the access table of the road ("Who sees what") and practice P6, P13, P20.

Never computed from `schools/rules.py`: a copy of the rule would only repeat its mistakes. A new address without an entry
here fails the run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum


class Outcome(StrEnum):
    """What a request comes to."""

    OK = "opens"
    NO = "not for you (403)"
    MISSING = "does not exist (404)"
    METHOD = "not by this method (405)"
    SIGN_IN = "to the sign-in page"
    FACTOR = "to the second factor"
    FAULT = "a fault (500)"


# Roles, as the table groups them ---------------------------------------------------------------------------------

LEADS = frozenset({"head", "deputy_head", "senco", "transition_lead"})
SAFEGUARDING = frozenset({"dsl", "deputy_dsl"})
OFFICE = frozenset({"school_office"})
TEACHER = frozenset({"class_teacher"})
NEVER = frozenset({"support_staff", "governor", "dpo"})
SCHOOL = LEADS | SAFEGUARDING | OFFICE | TEACHER | NEVER
HEADS = frozenset({"head", "deputy_head"})

COORDINATORS = frozenset({"coordinator", "county_coordinator", "far_coordinator"})
COUNTING = frozenset({"la_officer", "trust_leader"})
AROUND = frozenset({"community_partner", "observer"})
WITH_A_POST = SCHOOL | COORDINATORS | COUNTING | AROUND
EVERYBODY = WITH_A_POST | {"superuser", "nobody"}

NAMES = LEADS | SAFEGUARDING | OFFICE | TEACHER
"""Who sees children by name: of their own school, those offered to it; a teacher those of the class alone."""
READERS = LEADS | SAFEGUARDING | TEACHER
"""Who reads content: of their own school; incoming once shared; a teacher of the same pupils. The office never."""


@dataclass(frozen=True, slots=True)
class Page:
    """`opens`: roles that pass the door, all others are told it is not for them. Of those, `present` and `next` may at
    the child's two schools, `cluster` from the partnership that holds them; whoever sees the child (or the post) but may
    not, gets `others`. To everybody else the row does not exist. Without `present` there is no row to ask about.

    `factor`: the session needs its second factor. `kind` names the sort of row in the address."""

    opens: frozenset[str] = EVERYBODY
    methods: str = "GET"
    present: frozenset[str] | None = None
    next: frozenset[str] = frozenset()
    cluster: frozenset[str] = frozenset()
    sees: frozenset[str] = NAMES
    others: Outcome = Outcome.NO
    factor: bool = True
    kind: str = "move"
    unshared: Outcome | None = None
    """What the next school gets instead while nothing is shared."""


WRITES = LEADS | TEACHER
FILES = LEADS | OFFICE | COORDINATORS
"""Who brings files in at all; a coordinator those without children, so that a pupil list does not exist for them."""
EXPORTS = LEADS | SAFEGUARDING | OFFICE
"""Who takes a board away as a file."""
MAKER = frozenset({"senco"})
"""Who asked for the file that there is: to everybody else, colleagues and superiors too, it does not exist."""
CONTROLLERS = frozenset({"head", "governor", "trust_leader"})
"""Who answers for the controller of the organisation of their own post."""
BOTH = "GET POST"
BOOKS = SCHOOL - {"dpo"} | COORDINATORS
"""Who works in a partnership, with or without a second factor: the offer is theirs to see and to book."""
STAFFS = frozenset({"head", "deputy_head", "senco", "school_office"})
"""Who books the staff of their own school."""
REGISTER = Page(
    methods=BOTH, cluster=COORDINATORS, present=frozenset(), sees=frozenset(), factor=False, kind="session"
)
"""A coordinator's, and that of whoever leads the session, who is nobody of the cast (tests/cpd/test_register_pages.py)."""

PAGES: dict[str, Page] = {
    # Children -----------------------------------------------------------------------------------------------------
    "transitions:leaving": Page(NAMES),
    "transitions:joining": Page(NAMES),
    "transitions:leaving_export": Page(EXPORTS, BOTH),
    "transitions:joining_export": Page(EXPORTS, BOTH),
    "transitions:export": Page(EXPORTS, present=MAKER, sees=frozenset(), kind="export"),
    "transitions:export_fetch": Page(EXPORTS, "POST", present=MAKER, sees=frozenset(), kind="export"),
    "transitions:export_cancel": Page(EXPORTS, "POST", present=MAKER, sees=frozenset(), kind="export"),
    "transitions:closed_places": Page(LEADS | SAFEGUARDING | OFFICE, BOTH),
    "transitions:known_as": Page(LEADS | OFFICE, BOTH, present=LEADS | OFFICE),
    "transitions:new_identity": Page(frozenset({"head"}), BOTH, present=frozenset({"head"})),
    "transitions:family": Page(LEADS | OFFICE, BOTH, present=LEADS | OFFICE),
    "transitions:counts": Page(COUNTING),
    "transitions:add_pupil": Page(LEADS | OFFICE, BOTH),
    "transitions:child": Page(NAMES, present=NAMES, next=NAMES),
    "transitions:destination": Page(LEADS | OFFICE, BOTH, present=LEADS | OFFICE),
    "transitions:begin": Page(WRITES, "POST", present=WRITES),
    "transitions:write_all": Page(WRITES, BOTH, present=WRITES),
    "transitions:write": Page(WRITES, BOTH, present=WRITES, others=Outcome.MISSING),
    "transitions:own_conversation": Page(WRITES, "POST", present=WRITES),
    "transitions:share": Page(LEADS, BOTH, present=LEADS),
    "transitions:withdraw": Page(LEADS | SAFEGUARDING, BOTH, present=LEADS | SAFEGUARDING),
    "transitions:rectify": Page(LEADS | SAFEGUARDING, BOTH, present=LEADS | SAFEGUARDING),
    "transitions:withhold": Page(
        LEADS | SAFEGUARDING, BOTH, present=LEADS | SAFEGUARDING, others=Outcome.MISSING
    ),
    "transitions:let_go": Page(
        LEADS | SAFEGUARDING, "POST", present=LEADS | SAFEGUARDING, others=Outcome.MISSING
    ),
    "transitions:read": Page(READERS, "POST", next=READERS, present=frozenset(), unshared=Outcome.MISSING),
    "transitions:accept": Page(LEADS, "POST", next=LEADS, present=frozenset()),
    "transitions:settle": Page(LEADS, BOTH, next=LEADS, present=frozenset()),
    "transitions:allot": Page(LEADS, "POST", next=LEADS, present=frozenset()),
    "transitions:class_note": Page(WRITES, "POST", present=WRITES),
    "transitions:talk": Page(LEADS, BOTH, present=LEADS, next=LEADS),
    "transitions:adults": Page(LEADS, BOTH, present=LEADS, next=LEADS),
    "transitions:conversation": Page(
        LEADS | SAFEGUARDING, present=LEADS | SAFEGUARDING, next=LEADS | SAFEGUARDING, kind="conversation"
    ),
    "transitions:conversation_held": Page(LEADS, BOTH, present=LEADS, next=LEADS, kind="conversation"),
    "transitions:conversation_cancel": Page(LEADS, BOTH, present=LEADS, next=LEADS, kind="conversation"),
    "transitions:class_notes": Page(WRITES),
    "transitions:class_grid": Page(WRITES, BOTH, present=WRITES, others=Outcome.MISSING, kind="class"),
    "transitions:class_share": Page(LEADS, BOTH, present=LEADS, others=Outcome.MISSING, kind="class"),
    # Professional development -------------------------------------------------------------------------------------
    "cpd:sessions": Page(BOOKS, factor=False),
    "cpd:session": Page(BOOKS, present=BOOKS, cluster=COORDINATORS, factor=False, kind="session"),
    "cpd:session_calendar": Page(BOOKS, present=frozenset(), factor=False, kind="session"),
    "cpd:year": Page(BOOKS, factor=False),
    "cpd:day": Page(BOOKS, present=BOOKS, cluster=COORDINATORS, factor=False, kind="day"),
    "cpd:choose_day": Page(BOOKS, BOTH, present=BOOKS, cluster=COORDINATORS, factor=False, kind="day"),
    "cpd:day_school": Page(STAFFS, BOTH, present=STAFFS, factor=False, kind="day"),
    "cpd:decide": Page(COORDINATORS, BOTH, cluster=COORDINATORS, present=frozenset(), kind="session"),
    "cpd:my_calendar": Page(BOOKS, BOTH, factor=False),
    "cpd:revoke_calendar": Page(BOOKS, "POST", factor=False),
    "cpd:book": Page(BOOKS, "POST", present=BOOKS, cluster=COORDINATORS, factor=False, kind="session"),
    "cpd:book_people": Page(STAFFS, BOTH, present=STAFFS, factor=False, kind="session"),
    "cpd:call_off": Page(COORDINATORS, BOTH, cluster=COORDINATORS, present=frozenset(), kind="session"),
    "cpd:leading": Page(factor=False),
    "cpd:register": REGISTER,
    "cpd:register_sync": REGISTER,
    "cpd:register_shell": replace(REGISTER, methods="GET"),
    "cpd:register_worker": replace(REGISTER, methods="GET"),
    "cpd:register_people": replace(REGISTER, methods="GET"),
    "cpd:sign_in_sheet": replace(REGISTER, methods="GET"),
    "cpd:cancel": Page(
        BOOKS, BOTH, present=STAFFS, cluster=COORDINATORS, sees=frozenset(), factor=False, kind="booking"
    ),
    "cpd:separate": Page(STAFFS, "POST", present=STAFFS, sees=frozenset(), factor=False, kind="booking"),
    "cpd:pass_on": Page(BOOKS, BOTH, present=STAFFS, sees=frozenset(), factor=False, kind="booking"),
    "cpd:offer_talk": Page(BOOKS, "POST", present=frozenset(), factor=False, kind="session"),
    "cpd:answer_talk": Page(BOOKS, "POST", present=frozenset(), factor=False, kind="talk"),
    "cpd:release": Page(BOOKS, BOTH, present=STAFFS, sees=frozenset(), factor=False, kind="booking"),
    "cpd:slips": Page(STAFFS, BOTH, present=STAFFS, factor=False, kind="session"),
    "cpd:out": Page(STAFFS, factor=False),
    "cpd:school_rule": Page(HEADS, BOTH, factor=False),
    "cpd:feedback": Page(methods=BOTH, present=frozenset(), factor=False, kind="session"),
    "cpd:feedback_results": Page(
        BOOKS, present=frozenset(), cluster=COORDINATORS, factor=False, kind="session"
    ),
    "cpd:certificate": Page(methods=BOTH, present=frozenset(), factor=False, kind="session"),
    "cpd:certificate_pdf": Page(present=frozenset(), factor=False, kind="session"),
    "cpd:passport": Page(factor=False),
    "cpd:passport_csv": Page(factor=False),
    "cpd:passport_pdf": Page(factor=False),
    "cpd:passport_add": Page(methods=BOTH, factor=False),
    "cpd:passport_change": Page(methods=BOTH, present=frozenset(), factor=False, kind="entry"),
    "cpd:passport_remove": Page(methods=BOTH, present=frozenset(), factor=False, kind="entry"),
    "cpd:passport_wrong": Page(methods=BOTH, present=frozenset(), factor=False, kind="entered"),
    "cpd:figures": Page(STAFFS | COORDINATORS),
    "cpd:figures_csv": Page(STAFFS | COORDINATORS),
    "cpd:training": Page(STAFFS, factor=False),
    "cpd:training_csv": Page(STAFFS, factor=False),
    "cpd:training_enter": Page(STAFFS, BOTH, factor=False),
    "cpd:training_entered": Page(STAFFS, factor=False),
    "cpd:training_change": Page(STAFFS, BOTH, present=STAFFS, factor=False, kind="entered"),
    "cpd:training_withdraw": Page(STAFFS, BOTH, present=STAFFS, factor=False, kind="entered"),
    # The shared ground --------------------------------------------------------------------------------------------
    "schools:directory": Page(WITH_A_POST, factor=False),
    "schools:directory_csv": Page(WITH_A_POST, factor=False),
    "schools:map": Page(WITH_A_POST, factor=False),
    "schools:school": Page(WITH_A_POST, factor=False, kind="school"),
    "schools:staff": Page(LEADS | SAFEGUARDING | OFFICE | COORDINATORS),
    "schools:appoint": Page(HEADS | COORDINATORS, BOTH),
    "schools:end_post": Page(HEADS | COORDINATORS, BOTH, present=HEADS, cluster=COORDINATORS, kind="post"),
    "schools:cover_post": Page(
        LEADS | SAFEGUARDING | OFFICE | COORDINATORS,
        BOTH,
        present=HEADS,
        cluster=COORDINATORS,
        sees=LEADS | SAFEGUARDING | OFFICE,
        kind="post",
    ),
    "schools:line_manager": Page(HEADS, BOTH, present=HEADS, sees=frozenset(), factor=False, kind="post"),
    "schools:invite": Page(HEADS | COORDINATORS, BOTH, present=HEADS, cluster=COORDINATORS, kind="post"),
    "schools:start_afresh": Page(
        HEADS | COORDINATORS, BOTH, present=HEADS, cluster=COORDINATORS, kind="post"
    ),
    "schools:code_sheet": Page(HEADS, BOTH, present=HEADS, kind="post"),
    "schools:give_code": Page(STAFFS, "POST", present=STAFFS, sees=frozenset(), kind="post"),
    "schools:resend_invitation": Page(
        HEADS | COORDINATORS, "POST", present=HEADS, cluster=COORDINATORS, kind="invitation"
    ),
    "schools:withdraw_invitation": Page(
        HEADS | COORDINATORS, "POST", present=HEADS, cluster=COORDINATORS, kind="invitation"
    ),
    "schools:invitation_slip": Page(
        HEADS | COORDINATORS, "POST", present=HEADS, cluster=COORDINATORS, kind="invitation"
    ),
    "schools:sign_in_methods": Page(frozenset({"head"})),
    "schools:my_account": Page(factor=False),
    "schools:hours": Page(methods=BOTH, present=STAFFS, sees=frozenset(), factor=False, kind="post"),
    "schools:sealed": Page(frozenset({"dpo"})),
    "schools:agreement": Page(WITH_A_POST, factor=False),
    "schools:controller": Page(
        CONTROLLERS, BOTH, present=frozenset({"head", "governor"}), sees=frozenset(), kind="school"
    ),
    "schools:accept_agreement": Page(
        CONTROLLERS, BOTH, present=frozenset({"head", "governor"}), sees=frozenset(), kind="school"
    ),
    # Files in -----------------------------------------------------------------------------------------------------
    "imports:list": Page(FILES),
    "imports:import": Page(FILES, present=LEADS | OFFICE, sees=frozenset(), kind="import"),
    "imports:refused": Page(FILES, present=LEADS | OFFICE, sees=frozenset(), kind="import"),
    "imports:apply": Page(FILES, BOTH, present=LEADS | OFFICE, sees=frozenset(), kind="import"),
    "imports:discard": Page(FILES, "POST", present=LEADS | OFFICE, sees=frozenset(), kind="import"),
    "imports:decide": Page(FILES, "POST", present=LEADS | OFFICE, sees=frozenset(), kind="import"),
    # One's own ----------------------------------------------------------------------------------------------------
    "home": Page(factor=False),
    "inbox:list": Page(factor=False),
    "inbox:read_all": Page(methods="POST", factor=False),
    "inbox:preferences": Page(methods=BOTH, factor=False),
}

PUBLIC: dict[str, str] = {
    "schools:invitation_code": BOTH,
    "schools:accept_invitation": BOTH,
    "schools:invitation": BOTH,
    "schools:office_code": BOTH,
    "cpd:public_calendar": "GET",
    "cpd:own_calendar": "GET",
    "cpd:check": "GET",
    "cpd:slip": "GET POST",
}
"""Pages that somebody without an account must reach. An unknown token is 404 there, and tells nothing."""

IMPORT_KINDS: dict[str, frozenset[str]] = {
    "ctf": LEADS | OFFICE,
    "pupils": LEADS | OFFICE,
    "offers": LEADS | OFFICE,
    "staff": HEADS | COORDINATORS,
    "gias": COORDINATORS,
    "gias_links": COORDINATORS,
    "group_links": COORDINATORS,
}
"""Who may bring in which file; the page of a kind that is not theirs does not exist."""
BY_KIND = frozenset({"imports:upload", "imports:template"})
SIGN_IN_KINDS = frozenset({"schools:sign_in_method"})
"""Set by a head for their own school alone; `tests/schools/people/test_work_sign_in.py` asks everybody."""

OWN_ONLY: dict[str, str] = {"inbox:open": "senco"}
"""Rows that belong to one person, whatever anybody's post: 404 to all others."""

DOOR: dict[str, tuple[Outcome, Outcome]] = {
    # name: (signed out, signed in with a second factor); allauth's pages ask for themselves
    "account_login": (Outcome.OK, Outcome.OK),
    "account_request_login_code": (Outcome.OK, Outcome.OK),
    "account_confirm_login_code": (Outcome.OK, Outcome.OK),
    "work_accounts": (Outcome.OK, Outcome.OK),
    "openid_connect_login": (Outcome.MISSING, Outcome.MISSING),
    "openid_connect_callback": (Outcome.MISSING, Outcome.MISSING),
    "account_logout": (Outcome.OK, Outcome.OK),
    "account_inactive": (Outcome.OK, Outcome.OK),
    "account_signup": (Outcome.OK, Outcome.OK),
    "account_reauthenticate": (Outcome.SIGN_IN, Outcome.OK),
    "account_change_password": (Outcome.SIGN_IN, Outcome.OK),
    "account_set_password": (Outcome.SIGN_IN, Outcome.OK),
    "account_reset_password": (Outcome.OK, Outcome.OK),
    "account_reset_password_done": (Outcome.OK, Outcome.OK),
    "account_reset_password_from_key": (Outcome.OK, Outcome.OK),
    "account_reset_password_from_key_done": (Outcome.OK, Outcome.OK),
    "usersessions_list": (Outcome.SIGN_IN, Outcome.OK),
    "usersessions_end": (Outcome.SIGN_IN, Outcome.MISSING),
    "mfa_index": (Outcome.SIGN_IN, Outcome.OK),
    "mfa_authenticate": (Outcome.SIGN_IN, Outcome.OK),
    "mfa_reauthenticate": (Outcome.SIGN_IN, Outcome.OK),
    "mfa_activate_totp": (Outcome.SIGN_IN, Outcome.OK),
    "mfa_replace_totp": (Outcome.SIGN_IN, Outcome.OK),
    "mfa_deactivate_totp": (Outcome.SIGN_IN, Outcome.OK),
    "mfa_list_webauthn": (Outcome.SIGN_IN, Outcome.OK),
    "mfa_add_webauthn": (Outcome.SIGN_IN, Outcome.OK),
    "mfa_login_webauthn": (Outcome.SIGN_IN, Outcome.OK),
    "mfa_reauthenticate_webauthn": (Outcome.SIGN_IN, Outcome.OK),
    "mfa_edit_webauthn": (Outcome.SIGN_IN, Outcome.OK),
    "mfa_remove_webauthn": (Outcome.SIGN_IN, Outcome.OK),
    "mfa_view_recovery_codes": (Outcome.SIGN_IN, Outcome.OK),
    "mfa_generate_recovery_codes": (Outcome.SIGN_IN, Outcome.OK),
    "mfa_download_recovery_codes": (Outcome.SIGN_IN, Outcome.OK),
}


@dataclass(frozen=True, slots=True)
class Records:
    """A page of the coordinators' desk: what coordinators may do with rows of their own partnership. Rows of another
    partnership do not exist for them; the superuser sees all rows. Everybody else is told that it is not for them."""

    add: bool = False
    change: bool = False
    delete: bool = False
    files: bool = False
    own_partnership_alone: bool = False
    """Not even a superuser sees rows of a partnership in which they hold no post: progress of moves."""
    everywhere: bool = False
    """Rows that hold for all partnerships: seen by every coordinator, changed by county coordinators and superusers."""


ADMIN: dict[str, Records] = {
    "schools_organisation": Records(add=True, change=True),
    "schools_academicyear": Records(add=True, everywhere=True),
    "schools_halfterm": Records(add=True, change=True, delete=True, files=True),
    "schools_closure": Records(add=True, change=True, delete=True, files=True),
    "schools_bankholiday": Records(add=True, change=True, delete=True, files=True, everywhere=True),
    "schools_duty": Records(add=True, change=True, delete=True, files=True),
    "schools_import": Records(),
    "schools_agreement": Records(add=True, everywhere=True),
    "schools_acceptance": Records(),
    "schools_controller": Records(),
    "schools_post": Records(),
    "schools_invitation": Records(),
    "accounts_user": Records(),
    "transitions_transition": Records(own_partnership_alone=True),
    "cpd_programme": Records(add=True, change=True, own_partnership_alone=True),
    "cpd_day": Records(add=True, change=True, own_partnership_alone=True),
    "cpd_session": Records(add=True, change=True, own_partnership_alone=True),
    "cpd_trainingkind": Records(add=True, change=True, delete=True),
    "audit_event": Records(),
    "outbox_delivery": Records(),
    "outbox_message": Records(),
    "outbox_job": Records(),
}
"""Plain records are edited; whatever has a workflow, and people and posts, are read-only and change by named buttons."""

ADMIN_PLAIN = frozenset(
    {"admin:index", "admin:jsi18n", "admin:password_change", "admin:password_change_done"}
)
"""Open to coordinators and superusers behind their second factor."""
ADMIN_DOOR = frozenset({"admin:login", "admin:logout"})
"""The door tests hold these two: no sign-in of its own, and out through the one door."""
ADMIN_BY_SHAPE = frozenset(
    {
        "admin:autocomplete",
        "admin:app_list",
        "admin:outbox_delivery_again",
        "admin:cpd_session_halfterm",
        "admin:cpd_session_messages",
        "admin:cpd_day_choices",
    }
)
"""They ask for a thing: closed to everybody else in `test_desk`; `tests/admin` asks them for things that are there."""
