"""Half-terms, closures, bank holidays and duties as spreadsheets: in and out within one's reach."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from partnership.audit.models import Event
from schools.models import BankHoliday, Closure, Duty, HalfTerm
from tests.cast import Cast, SignIn
from tests.factories.schools import OrganisationFactory


def bring_in(client: Client, model: str, text: str) -> str:
    """Upload, then confirm where the preview allows it; the text of the last page."""
    url = f"/admin/schools/{model}/"
    file = SimpleUploadedFile("rows.csv", text.encode(), content_type="text/csv")
    body = client.post(f"{url}import/", {"import_file": file, "format": "0"}).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', body))
    if "import_file_name" in hidden:
        client.post(f"{url}process_import/", hidden)
    return body


def test_closures_come_in_by_urn_and_change_when_they_come_again(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.coordinator)
    rows = f"organisation,on,reason\n{cast.junior.urn},2027-01-04,INSET day\nNorthfield School,2027-01-05,INSET day\n"
    bring_in(client, "closure", rows)
    assert Closure.objects.count() == 2
    bring_in(client, "closure", rows.replace("INSET day\nNorth", "Boiler\nNorth"))
    assert set(Closure.objects.values_list("reason", flat=True)) == {"INSET day", "Boiler"}
    kinds = list(
        Event.objects.filter(kind="schools.closure.imported").values_list("organisation_id", flat=True)
    )
    assert sorted(kinds, key=str) == sorted([cast.junior.pk, cast.junior.pk, cast.secondary.pk], key=str)


def test_half_terms_come_in_by_la_code(cast: Cast, sign_in: SignIn) -> None:
    row = "organisation,year,number,starts_on,ends_on,source\n899,2026,1,2026-09-02,2026-10-22,County\n"
    bring_in(sign_in(cast.coordinator), "halfterm", row)
    found = HalfTerm.objects.get(organisation=cast.la, year=2026, number=1)
    assert (found.starts_on, found.source) == (date(2026, 9, 2), "County")


@pytest.mark.parametrize(
    ("days", "reason"),
    [
        ("2026-10-22,2026-09-02", "It ends before it starts, on 22/10/2026."),
        ("2027-09-02,2027-10-22", "This day is not in the school year 2026/27."),
        ("2026-09-02,2026-11-05", "It overlaps"),
    ],
)
def test_what_cannot_be_a_half_term_is_said_beside_its_row(
    cast: Cast, sign_in: SignIn, days: str, reason: str
) -> None:
    before = list(HalfTerm.objects.order_by("pk").values())
    row = f"organisation,year,number,starts_on,ends_on,source\n899,2026,1,{days},County\n"
    body = bring_in(sign_in(cast.coordinator), "halfterm", row)
    assert reason in body
    assert list(HalfTerm.objects.order_by("pk").values()) == before


def test_a_file_that_overlaps_itself_brings_in_nothing(cast: Cast, sign_in: SignIn) -> None:
    rows = "".join(
        f"{cast.junior.urn},2027,{number},{days},Own\n"
        for number, days in ((1, "2027-09-02,2027-10-22"), (2, "2027-10-20,2027-12-17"))
    )
    head = "organisation,year,number,starts_on,ends_on,source\n"
    assert "It overlaps" in bring_in(sign_in(cast.coordinator), "halfterm", head + rows)
    assert not HalfTerm.objects.filter(organisation=cast.junior).exists()
    bring_in(sign_in(cast.coordinator), "halfterm", head + rows.replace("2027-10-20", "2027-11-01"))
    assert HalfTerm.objects.filter(organisation=cast.junior).count() == 2


@pytest.mark.parametrize("whose", ["898", "Farlow School", "Nowhere School"])
def test_a_strangers_row_is_refused(cast: Cast, sign_in: SignIn, whose: str) -> None:
    before = HalfTerm.objects.get(organisation=cast.far_la, year=2026, number=1).starts_on
    row = f"organisation,year,number,starts_on,ends_on,source\n{whose},2026,1,2026-09-09,2026-10-22,Mine\n"
    body = bring_in(sign_in(cast.coordinator), "halfterm", row)
    assert "No organisation of yours is called" in body
    assert HalfTerm.objects.get(organisation=cast.far_la, year=2026, number=1).starts_on == before


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            "899,2026,9,2026-09-02,2026-10-22,x",
            '<th scope="row">2</th><td>number</td><td>“9” cannot stand here. 1 and 2',
        ),
        (
            "899,2026,one,2026-09-02,2026-10-22,x",
            "“one” cannot stand here. 1 and 2 for the half-terms of autumn",
        ),
        (
            "899,2131,1,2026-09-02,2026-10-22,x",
            "“2131” cannot stand here. The year in which the school year starts",
        ),
        ("899,2026,1,2nd Sept,2026-10-22,x", "“2nd Sept” is no date we can read. Write it like 2026-10-22"),
        ("899,2026,,2026-09-02,2026-10-22,x", "<td>number</td>"),
        (
            "Nowhere,2026,1,2026-09-02,2026-10-22,x",
            "<td>organisation</td><td>No organisation of yours is called",
        ),
    ],
)
def test_what_is_wrong_is_said_by_row_and_column_and_not_by_the_machine(
    cast: Cast, sign_in: SignIn, rows: str, said: str
) -> None:
    before = list(HalfTerm.objects.order_by("pk").values())
    head = "organisation,year,number,starts_on,ends_on,source\n"
    body = bring_in(sign_in(cast.coordinator), "halfterm", head + rows + "\n")
    assert said in body
    for machine in ("Traceback", ".py", "Error", "decimal"):
        assert machine not in body, machine
    assert list(HalfTerm.objects.order_by("pk").values()) == before


def test_a_missing_column_is_named(cast: Cast, sign_in: SignIn) -> None:
    body = bring_in(sign_in(cast.coordinator), "halfterm", "school,year,number\n899,2026,1\n")
    assert "There is no column organisation." in body
    assert "Traceback" not in body


def test_a_british_spreadsheet_writes_the_day_first(cast: Cast, sign_in: SignIn) -> None:
    bring_in(
        sign_in(cast.coordinator), "closure", f"organisation,on,reason\n{cast.junior.urn},05/01/2027,x\n"
    )
    assert Closure.objects.get().on == date(2027, 1, 5)


def test_the_page_explains_its_columns(cast: Cast, sign_in: SignIn) -> None:
    body = sign_in(cast.coordinator).get("/admin/schools/halfterm/import/").content.decode()
    assert "A local authority’s code (three figures)" in body
    assert "1 and 2 for the half-terms of autumn" in body
    assert 'href="/admin/schools/halfterm/export/"' in body


def test_two_of_one_name_are_asked_about(cast: Cast, sign_in: SignIn) -> None:
    from tests.factories.schools import MembershipFactory

    MembershipFactory(partnership=cast.cluster, organisation=OrganisationFactory(name="Northfield School"))
    body = bring_in(
        sign_in(cast.coordinator), "closure", "organisation,on,reason\nNorthfield School,2027-01-05,x\n"
    )
    assert "Several organisations are called" in body


def test_a_duty_for_everywhere_is_refused_from_a_coordinators_file(cast: Cast, sign_in: SignIn) -> None:
    head = "code,partnership,title,kind,amount,unit,month,day,owner_role,source,effective_from,effective_to\n"
    row = "received_within,{},Read soon,partnership,2,school_days,,,senco,Us,2020-09-01,\n"
    everywhere = Duty.objects.get(code="received_within", partnership=None)
    bring_in(sign_in(cast.coordinator), "duty", head + row.format(""))
    everywhere.refresh_from_db()
    assert everywhere.title != "Read soon"
    bring_in(sign_in(cast.coordinator), "duty", head + row.format("Northfield Cluster"))
    assert Duty.objects.get(code="received_within", partnership=cast.cluster).amount == 2


def test_bank_holidays_are_not_a_clusters_to_bring_in(cast: Cast, sign_in: SignIn) -> None:
    assert sign_in(cast.coordinator).get("/admin/schools/bankholiday/import/").status_code == 403
    bring_in(sign_in(cast.superuser), "bankholiday", "on,title,source\n2029-01-01,New Year’s Day,gov.uk\n")
    assert BankHoliday.objects.filter(on=date(2029, 1, 1)).exists()


def test_the_export_is_ones_own_and_safe_from_formulas(cast: Cast, sign_in: SignIn) -> None:
    Closure.objects.create(organisation=cast.junior, on=date(2027, 1, 4), reason="=1+1")
    Closure.objects.create(organisation=cast.far_junior, on=date(2027, 1, 4), reason="Far")
    response = sign_in(cast.coordinator).get("/admin/schools/closure/export/")
    lines = response.content.decode().splitlines()
    assert lines == ["organisation,on,reason", f"{cast.junior.urn},2027-01-04,'=1+1"]


@pytest.mark.parametrize("text", ["\n", "\r\r\n", "\n\norganisation,on", "a,b\n1,2,3"])
def test_what_is_no_list_is_told_so(cast: Cast, sign_in: SignIn, text: str) -> None:
    assert "This is no list we can read" in bring_in(sign_in(cast.coordinator), "closure", text)
