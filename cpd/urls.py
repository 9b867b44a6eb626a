"""Addresses of the offer and its bookings."""

from __future__ import annotations

from django.urls import path

from cpd.views import booking, certificates, feedback, figures, keeping, offer, passport, training

app_name = "cpd"

urlpatterns = [
    path("", offer.sessions, name="sessions"),
    path("<uuid:pk>/", offer.session, name="session"),
    path("<uuid:pk>/book/", booking.book_me, name="book"),
    path("<uuid:pk>/people/", booking.book_people, name="book_people"),
    path("<uuid:pk>/call-off/", keeping.call_off, name="call_off"),
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
    path("bookings/<uuid:pk>/pass-on/", booking.pass_booking_on, name="pass_on"),
]
