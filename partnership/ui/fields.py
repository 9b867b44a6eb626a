"""Fields the design system has and Django has not: a day in three boxes, choices with hints, a code."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

MONTHS = {
    name: number
    for number, names in enumerate(
        [
            ("jan", "january"), ("feb", "february"), ("mar", "march"), ("apr", "april"), ("may",), ("jun", "june"),
            ("jul", "july"), ("aug", "august"), ("sep", "sept", "september"), ("oct", "october"),
            ("nov", "november"), ("dec", "december"),
        ],
        start=1,
    )
    for name in names
}  # fmt: skip

PARTS = ("day", "month", "year")


class DateInput(forms.MultiWidget):
    """Day, month and year side by side; a month may be written as a word."""

    template_name = "forms/widgets/date.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None, *, autocomplete: str = "") -> None:
        plain = {"autocomplete": "off"}
        widgets: dict[str, forms.Widget | type[forms.Widget]] = {}
        for part in PARTS:
            own = {"autocomplete": f"{autocomplete}-{part}"} if autocomplete else plain
            widgets[part] = forms.TextInput(attrs=own)
        super().__init__(widgets, attrs)

    def decompress(self, value: date | None) -> list[Any]:
        return [value.day, value.month, value.year] if value else [None, None, None]

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0" if id_ else id_


class DateField(forms.MultiValueField):
    """A day written as day, month, year. Says which part is missing; two-figure years are asked for in full."""

    widget = DateInput
    default_error_messages = {
        "required": "Enter {name}.",
        "incomplete": "{name} must include a {missing}.",
        "invalid": "{name} must be a real date, such as 27 3 2027.",
        "short_year": "{name} must have a year of four figures, such as 2027.",
    }

    def __init__(self, **kwargs: Any) -> None:
        part = forms.CharField(required=False, max_length=12)
        kwargs.setdefault("require_all_fields", False)
        super().__init__(fields=(part, part, part), **kwargs)

    def clean(self, value: Any) -> date | None:
        """The day; None where it is optional and all three boxes are empty."""
        if isinstance(value, date):
            return value
        parts = [str(part or "").strip() for part in (value or ["", "", ""])]
        if not any(parts):
            if self.required:
                raise ValidationError(self.say("required"), code="required")
            return None
        missing = [name for name, part in zip(PARTS, parts, strict=True) if not part]
        if missing:
            raise ValidationError(self.say("incomplete", missing=" and ".join(missing)), code="incomplete")
        found = self.compress(parts)
        self.run_validators(found)
        return found

    def compress(self, data_list: Any) -> date:
        day, month, year = data_list
        if year.isdigit() and len(year) != 4:
            raise ValidationError(self.say("short_year"), code="short_year")
        try:
            return date(int(year), MONTHS.get(month.lower().rstrip("."), 0) or int(month), int(day))
        except (ValueError, OverflowError):
            raise ValidationError(self.say("invalid"), code="invalid") from None

    def say(self, code: str, **facts: str) -> str:
        """The message, with the field's own name in it."""
        name = str(self.label or "The date")
        if code == "required":
            name = name[:1].lower() + name[1:]
        return str(self.error_messages[code]).format(name=name, **facts)


class HintedRadios(forms.RadioSelect):
    """Radios whose options may each carry a hint: `HintedRadios(hints={"met": "You spoke in person."})`."""

    def __init__(self, *args: Any, hints: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hints = dict(hints or {})

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if hint := self.hints.get(str(value)):
            option["hint"] = hint
            option["attrs"]["aria-describedby"] = f"{option['attrs'].get('id', name)}_hint"
        return option


class CodeInput(forms.TextInput):
    """One box for a code of six figures, filled in by the phone where it can."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        code = {"inputmode": "numeric", "autocomplete": "one-time-code", "class": "input--code"}
        super().__init__({**code, **(attrs or {})})
