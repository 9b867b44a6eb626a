"""What the administrator of a school's tenant hands back."""

from __future__ import annotations

import re
import uuid
from typing import Any

from django import forms

from schools.enums import SignInKind

DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")


class SignInMethodForm(forms.Form):
    """The tenant's own id or domain: a sign-in open to every tenant is refused."""

    tenant = forms.CharField(max_length=253, error_messages={"required": "Enter it."})
    client_id = forms.CharField(
        label="Client ID", max_length=200, error_messages={"required": "Enter the client ID."}
    )
    secret = forms.CharField(
        label="Client secret",
        max_length=400,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Enter the client secret."},
    )

    def __init__(self, *args: Any, kind: str, known: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        tenant = self.fields["tenant"]
        if kind == SignInKind.MICROSOFT:
            tenant.label, tenant.help_text = "Directory (tenant) ID", "From the overview of the registration."
        else:
            tenant.label, tenant.help_text = (
                "Domain",
                "The one your staff's addresses end in, such as school.example.",
            )
        if known:
            self.fields["secret"].required = False
            self.fields["secret"].help_text = "Leave it blank to keep the one entered before."

    def clean_tenant(self) -> str:
        tenant: str = self.cleaned_data["tenant"].strip().lower()
        if self.kind == SignInKind.MICROSOFT:
            try:
                return str(uuid.UUID(tenant))
            except ValueError:
                raise forms.ValidationError("Enter the tenant's ID, not “common” or a name.") from None
        if not DOMAIN.fullmatch(tenant):
            raise forms.ValidationError("Enter a domain like school.example.")
        if tenant in {"gmail.com", "googlemail.com"}:
            raise forms.ValidationError("Enter your own domain: anybody can have an address there.")
        return tenant
