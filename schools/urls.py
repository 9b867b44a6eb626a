"""Addresses of the shared ground."""

from __future__ import annotations

from django.urls import path

from schools.views import (
    agreements,
    codes,
    directory,
    hours,
    invitations,
    map,
    people,
    sealed,
    sheets,
    sign_in,
)

app_name = "schools"

urlpatterns = [
    path("schools/", directory.school_list, name="directory"),
    path("schools/export.csv", directory.school_list_csv, name="directory_csv"),
    path("schools/map/", map.school_map, name="map"),
    path("schools/<uuid:pk>/", directory.school, name="school"),
    path("staff/", people.staff, name="staff"),
    path("staff/appoint/", people.appoint, name="appoint"),
    path("staff/posts/<uuid:pk>/end/", people.end_post, name="end_post"),
    path("staff/posts/<uuid:pk>/cover/", people.cover_post, name="cover_post"),
    path("staff/posts/<uuid:pk>/invite/", people.invite, name="invite"),
    path("staff/posts/<uuid:pk>/afresh/", people.start_afresh, name="start_afresh"),
    path("staff/posts/<uuid:pk>/codes/", sheets.code_sheet, name="code_sheet"),
    path("staff/posts/<uuid:pk>/sign-in-code/", codes.give_code, name="give_code"),
    path("staff/posts/<uuid:pk>/line-manager/", hours.line_manager, name="line_manager"),
    path("staff/invitations/<uuid:pk>/resend/", people.resend, name="resend_invitation"),
    path("staff/invitations/<uuid:pk>/withdraw/", people.withdraw, name="withdraw_invitation"),
    path("staff/invitations/<uuid:pk>/slip/", people.slip, name="invitation_slip"),
    path("staff/sign-in/", sign_in.methods, name="sign_in_methods"),
    path("staff/sign-in/<str:kind>/", sign_in.method, name="sign_in_method"),
    path("agreement/", agreements.agreement, name="agreement"),
    path("agreement/<uuid:pk>/controller/", agreements.controller, name="controller"),
    path("agreement/<uuid:pk>/accept/", agreements.accept, name="accept_agreement"),
    path("sealed/", sealed.sealed, name="sealed"),
    path("account/", people.my_account, name="my_account"),
    path("account/hours/<uuid:pk>/", hours.hours, name="hours"),
    path("sign-in-code/", codes.office_code, name="office_code"),
    path("invitation/", invitations.by_code, name="invitation_code"),
    path("invitation/accept/", invitations.accept, name="accept_invitation"),
    path("invitation/<str:token>/", invitations.invitation, name="invitation"),
]
