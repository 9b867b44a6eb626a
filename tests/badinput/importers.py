"""The reader of each kind of file, and a good file of each for tests to spoil."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from schools.formats.gias import read_schools
from schools.formats.gias_links import read_group_links, read_links
from schools.formats.staff_csv import read_staff
from schools.formats.upn import check_letter
from transitions.formats.ctf import read_ctf
from transitions.formats.offers_csv import read_offers
from transitions.formats.pupil_csv import read_pupils

Rows = list[list[str]]
UPN = f"{check_letter('899000126001')}899000126001"
READERS: dict[str, Callable[[bytes], Iterable[Any]]] = {
    "gias": read_schools, "gias_links": read_links, "group_links": read_group_links, "staff": read_staff,
    "pupils": read_pupils, "offers": read_offers, "ctf": read_ctf,
}  # fmt: skip
TABLES: dict[str, Rows] = {
    "gias": [
        ["URN", "LA (code)", "LA (name)", "EstablishmentNumber", "EstablishmentName", "TypeOfEstablishment (name)",
         "EstablishmentStatus (name)", "PhaseOfEducation (name)", "StatutoryLowAge", "StatutoryHighAge", "Town",
         "Trusts (code)", "Trusts (name)", "Easting", "Northing", "SchoolWebsite", "TelephoneNum", "OpenDate", "Postcode"],
        ["900001", "899", "Wendlebury", "0001", "Ashgrove Primary School", "Academy converter", "Open", "Primary", "4",
         "11", "Wendle", "9001", "THE ORCHARD TRUST", "415500", "279500", "www.a.example.uk", "1234567890",
         "01-09-2012", "ZZ1 1AA"],
    ],
    "gias_links": [
        ["URN", "LinkURN", "LinkName", "LinkType", "LinkEstablishedDate"],
        ["900001", "900002", "Millbrook Infant School", "Predecessor", "01-09-2012"],
    ],
    "group_links": [
        ["URN", "Linked UID", "Group Name", "Companies House Number", "Group Type", "Group Type (code)", "Open date",
         "Closed Date", "Group Status", "Joined date", "EstablishmentName", "LA (code)"],
        ["900001", "9001", "THE ORCHARD TRUST", "01234567", "Multi-academy trust", "06", "01-09-2012", "", "Open",
         "01-09-2013", "Ashgrove Primary School", "899"],
    ],
    "staff": [
        ["Name", "E-mail", "Role", "School", "From", "Service"],
        ["Jo Hale", "jo.hale@millbrook.example", "SENCO", "Millbrook Junior School", "01/09/2026", ""],
    ],
    "pupils": [
        ["UPN", "Legal surname", "Legal forename", "Known as", "Date of birth", "Year group", "Class", "SEN", "Needs",
         "Going to"],
        [UPN, "Marsh", "Ada", "Addy", "14/03/2016", "Year 6", "6A", "K", "SLCN; SEMH", "Northfield School"],
    ],
    "offers": [
        ["UPN", "Legal surname", "Legal forename", "Date of birth", "Present school", "Offered school", "State",
         "Date"],
        [UPN, "Marsh", "Ada", "14/03/2016", "Millbrook Junior School", "Northfield School", "accepted", "01/03/2027"],
    ],
}  # fmt: skip
