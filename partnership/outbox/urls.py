"""The inbox; and, in the demo alone, its mail to read in the browser."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from partnership.outbox import demo_mail, preferences, views

inbox = [
    path("", views.inbox, name="list"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("read-all/", views.read_all, name="read_all"),
    path("<uuid:message_id>/", views.open_message, name="open"),
]
mail = [
    path("", demo_mail.index, name="list"),
    path("<str:name>/", demo_mail.read, name="read"),
    path("<str:name>/html/", demo_mail.html, name="html"),
]

urlpatterns: list[URLPattern | URLResolver] = [path("inbox/", include((inbox, "inbox")))]
if getattr(settings, "DEMO", False):
    urlpatterns.append(path("demo/mail/", include((mail, "demo_mail"))))
