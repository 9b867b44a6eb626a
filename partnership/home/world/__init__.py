"""The demo world: a fictional county with a cluster in it, laid out through the product's own importers.

No school, person or child here exists: URNs begin at 900001, the LA code is 899, which no authority has."""
