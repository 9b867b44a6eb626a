from cpd.rules.acts import may_answer, may_book_staff, may_cancel, may_keep, may_note, may_take_register
from cpd.rules.paid import hours_words, minutes_outside
from cpd.rules.queue import Claim, Standing, in_order, one_more, standings

__all__ = [
    "Claim",
    "Standing",
    "hours_words",
    "in_order",
    "may_answer",
    "may_book_staff",
    "may_cancel",
    "may_keep",
    "may_note",
    "may_take_register",
    "minutes_outside",
    "one_more",
    "standings",
]
