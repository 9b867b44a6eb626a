"""Addresses of the offer and its bookings."""

from __future__ import annotations

from django.urls import path

from cpd.views import booking, calendars, days, keeping, offer, register, release, talks

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
    path("bookings/<uuid:pk>/cancel/", booking.cancel_booking, name="cancel"),
    path("out/", release.out, name="out"),
    path("out/rule/", release.rule, name="school_rule"),
    path("bookings/<uuid:pk>/release/", release.release, name="release"),
    path("bookings/<uuid:pk>/pass-on/", booking.pass_booking_on, name="pass_on"),
]
