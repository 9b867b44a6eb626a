"""Pages of moves and handovers. A view is: guard, one query, one form, one action, one redirect."""
