"""One's certificate as a page and as a PDF, and the open page on which anyone who holds its code can check it."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from cpd.actions import certificates as acts
from cpd.enums import Step
from cpd.formats import pdf
from cpd.queries import certificates
from cpd.rules.codes import read_code
from partnership.access.guards import open_to_all, signed_in, viewer_of
from partnership.access.limits import too_many_codes
from partnership.lib.csvsafe import download

FONTS = settings.BASE_DIR / "static" / "built" / "fonts"


def address_of(page: str) -> str:
    """An open page of ours as it stands on paper: without the scheme."""
    return str(settings.PUBLIC_URL).split("://")[-1] + reverse(page)


def as_pdf(template: str, context: dict[str, Any], *, filename: str) -> HttpResponse:
    """A page of ours as a PDF to keep. Raises NoPdf."""
    page = render_to_string(template, {**context, "platform_name": settings.PLATFORM_NAME})
    return download(filename, pdf.to_pdf(page, fonts=FONTS), "application/pdf")


@signed_in
def certificate(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One's own: made when first asked for, shown with its code, withdrawn while the register says otherwise."""
    viewer, now = viewer_of(request), timezone.now()
    proof = certificates.my_proof(viewer, pk)
    claim = certificates.claimable(viewer, pk, now=now)
    if proof is None and claim is None:
        raise Http404
    if request.method == "POST":
        if claim is None:
            raise Http404
        try:
            acts.issue(pk, by=viewer, at=now)
        except acts.Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("cpd:certificate", pk=pk)
    return render(
        request,
        "cpd/certificate.html",
        {
            "proof": proof,
            "claim": claim,
            "check": address_of("cpd:check"),
            "pdf": pdf.possible(),
            "step": Step.DAY.value,
        },
    )


@require_GET
@signed_in
def certificate_pdf(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The same as PDF/UA. A withdrawn one is not handed out."""
    proof = certificates.my_proof(viewer_of(request), pk)
    if proof is None or not proof.valid:
        raise Http404
    try:
        return as_pdf(
            "cpd/certificate_pdf.html",
            {"proof": proof, "check": address_of("cpd:check")},
            filename=f"certificate-{proof.held_on}-{proof.code}.pdf",
        )
    except pdf.NoPdf:
        messages.info(request, "No PDF can be made here. Print the page instead.")
        return redirect("cpd:certificate", pk=pk)


@never_cache
@require_GET
@open_to_all
def check(request: HttpRequest) -> HttpResponse:
    """Name, programme and date for whoever holds the code, and whether it stands. A wrong code tells nothing."""
    typed = request.GET.get("code", "").strip()
    proof = None
    if typed:
        if slower := too_many_codes(request):
            return slower
        code = read_code(typed[:40])
        proof = certificates.proof_by_code(code) if code else None
    return render(
        request,
        "cpd/check.html",
        {"typed": typed[:40], "proof": proof, "missing": "code" in request.GET and not typed},
    )
