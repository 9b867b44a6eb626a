"""Addresses of the offer and its bookings."""

from __future__ import annotations

from django.urls import path

from cpd.views import (
    booking,
    calendars,
    certificates,
    days,
    feedback,
    figures,
    keeping,
    offer,
    passport,
    register,
    release,
    talks,
    training,
)

app_name = "cpd"

urlpatterns = [
    path("", offer.sessions, name="sessions"),
    path("year/", offer.year, name="year"),
    path("days/<uuid:pk>/", days.day, name="day"),
    path("days/<uuid:pk>/choose/", days.choose, name="choose_day"),
    path("days/<uuid:pk>/school/", days.day_school, name="day_school"),
    path("calendar/<uuid:pk>.ics", calendars.public, name="public_calendar"),
    path("my-calendar/", calendars.mine, name="my_calendar"),
    path("my-calendar/stop/", calendars.revoke, name="revoke_calendar"),
    path("my-calendar/<str:token>/places.ics", calendars.own, name="own_calendar"),
    path("<uuid:pk>/calendar.ics", calendars.one, name="session_calendar"),
    path("<uuid:pk>/", offer.session, name="session"),
    path("<uuid:pk>/book/", booking.book_me, name="book"),
    path("<uuid:pk>/people/", booking.book_people, name="book_people"),
    path("<uuid:pk>/decide/", keeping.decide, name="decide"),
    path("leading/", register.leading, name="leading"),
    path("<uuid:pk>/register/", register.register, name="register"),
    path("<uuid:pk>/register/shell/", register.shell, name="register_shell"),
    path("<uuid:pk>/register/worker.js", register.worker, name="register_worker"),
    path("<uuid:pk>/register/sync/", register.sync, name="register_sync"),
    path("<uuid:pk>/register/people/", register.people, name="register_people"),
    path("<uuid:pk>/register/sheet/", register.sheet, name="sign_in_sheet"),
    path("<uuid:pk>/call-off/", keeping.call_off, name="call_off"),
    path("<uuid:pk>/ten-minutes/", talks.offer_talk, name="offer_talk"),
    path("ten-minutes/<uuid:pk>/", talks.answer_talk, name="answer_talk"),
    path("<uuid:pk>/feedback/", feedback.results, name="feedback_results"),
    path("<uuid:pk>/feedback/<slug:step>/", feedback.give, name="feedback"),
    path("<uuid:pk>/certificate/", certificates.certificate, name="certificate"),
    path("<uuid:pk>/certificate.pdf", certificates.certificate_pdf, name="certificate_pdf"),
    path("check/", certificates.check, name="check"),
    path("passport/", passport.mine, name="passport"),
    path("passport.csv", passport.mine_csv, name="passport_csv"),
    path("passport.pdf", passport.mine_pdf, name="passport_pdf"),
    path("passport/add/", passport.add, name="passport_add"),
    path("passport/<uuid:pk>/", passport.change, name="passport_change"),
    path("passport/<uuid:pk>/remove/", passport.remove, name="passport_remove"),
    path("figures/", figures.picture, name="figures"),
    path("training/", training.matrix, name="training"),
    path("training.csv", training.matrix_csv, name="training_csv"),
    path("bookings/<uuid:pk>/cancel/", booking.cancel_booking, name="cancel"),
    path("out/", release.out, name="out"),
    path("out/rule/", release.rule, name="school_rule"),
    path("bookings/<uuid:pk>/release/", release.release, name="release"),
    path("bookings/<uuid:pk>/pass-on/", booking.pass_booking_on, name="pass_on"),
]
