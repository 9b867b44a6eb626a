"""The upload of a file: which organisation it is for, and what the file cannot say itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from django import forms
from django.core.files.uploadedfile import UploadedFile

from schools.models import Organisation

MEGABYTE = 1024 * 1024


class Tick(Protocol):
    """A question answered by a tick."""

    @property
    def name(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def hint(self) -> str: ...


class Guide(Protocol):
    """What the form needs to know of a kind of file."""

    @property
    def accept(self) -> str: ...
    @property
    def ticks(self) -> Sequence[Tick]: ...


class UploadForm(forms.Form):
    """What the file really is, its content tells, and its name must not say otherwise; here ending and size are checked."""

    mark_optional = False

    key = forms.UUIDField(widget=forms.HiddenInput)
    organisation = forms.ChoiceField(label="For which school or organisation")
    file = forms.FileField(
        label="File",
        allow_empty_file=True,
        error_messages={
            "required": "Choose the file on your computer.",
            "missing": "Choose the file on your computer.",
        },
    )

    def __init__(
        self, *args: Any, guide: Guide, organisations: Sequence[Organisation], most_bytes: int, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.guide = guide
        self.most_bytes = most_bytes
        self.fields["organisation"] = forms.ChoiceField(
            label="For which school or organisation",
            choices=[(str(each.pk), each.name) for each in organisations],
            error_messages={"required": "Choose the school or organisation."},
        )
        if len(organisations) == 1:
            self.fields["organisation"].widget = forms.HiddenInput()
            self.fields["organisation"].initial = str(organisations[0].pk)
        self.fields["file"].widget.attrs["accept"] = guide.accept
        self.fields["file"].help_text = f"At most {most_bytes // MEGABYTE} MB."
        for tick in guide.ticks:
            self.fields[tick.name] = forms.BooleanField(label=tick.label, help_text=tick.hint, required=False)

    def clean_file(self) -> UploadedFile[Any]:
        file: UploadedFile[Any] = self.cleaned_data["file"]
        endings = self.guide.accept.split(",")
        if not (file.name or "").lower().endswith(tuple(endings)):
            raise forms.ValidationError(f"Choose a file whose name ends in {' or '.join(endings)}.")
        if not file.size:
            raise forms.ValidationError("The file is empty.")
        if file.size > self.most_bytes:
            raise forms.ValidationError(
                f"The file is larger than {self.most_bytes // MEGABYTE} MB. A zip of it, or one LA's extract, is smaller."
            )
        return file

    def options(self) -> Mapping[str, bool]:
        """The ticks as the importer reads them."""
        return {tick.name: bool(self.cleaned_data[tick.name]) for tick in self.guide.ticks}


class ApplyForm(forms.Form):
    """The last word before a file goes in; where the file as a whole asks, the tick is needed."""

    confirmed = forms.BooleanField(required=False, label="Yes, a shorter file is meant")

    def __init__(self, *args: Any, asks: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if asks:
            self.fields["confirmed"].required = True
            self.fields["confirmed"].error_messages["required"] = "Tick the box, or discard the file."
        else:
            del self.fields["confirmed"]
