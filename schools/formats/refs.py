"""How people name a school in a list: by URN, by DfE number, or by its name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from schools.formats.cells import is_scientific, squeeze


class RefFault(ValueError):
    """The cell names no school. The reason does not repeat it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class SchoolRef:
    """A school as written: either the URN, or LA and establishment number, or the name is set."""

    urn: int | None = None
    la_code: str = ""
    establishment_number: str = ""
    name: str = ""

    @property
    def dfe_number(self) -> str:
        """334/2019, or "" where the list used a URN or a name."""
        return f"{self.la_code}/{self.establishment_number}" if self.la_code else ""


def parse_ref(text: str) -> SchoolRef:
    """A URN (104050), a DfE number (334/2019 or 3342019, which a successor may share) or a name."""
    text = squeeze(text)
    if not text:
        raise RefFault("The school is blank")
    if is_scientific(text):
        raise RefFault("A spreadsheet rounded this number: format the column as text and save the list again")
    digits = re.sub(r"\.0+$", "", text)
    if re.fullmatch(r"[1-9][0-9]{5}", digits):
        return SchoolRef(urn=int(digits))
    if dfe := re.fullmatch(r"([2-9][0-9]{2})[ /-]?([0-9]{4})", digits):
        return SchoolRef(la_code=dfe[1], establishment_number=dfe[2])
    if not any(char.isalpha() for char in text):
        raise RefFault("A school is given by its URN (six digits), its DfE number (334/2019) or its name")
    return SchoolRef(name=text)
