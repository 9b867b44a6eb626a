from cpd.rules.acts import may_book_staff, may_cancel, may_keep, may_take_register
from cpd.rules.queue import Claim, Standing, standings

__all__ = ["Claim", "Standing", "may_book_staff", "may_cancel", "may_keep", "may_take_register", "standings"]
