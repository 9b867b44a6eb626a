from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.http import Http404
from django.test import RequestFactory
from django.urls import NoReverseMatch, include, path, reverse

from partnership import urls as real
from partnership.access.viewer import NOBODY
from partnership.outbox import demo_mail
from partnership.outbox import urls as outbox

urlpatterns = [*real.urlpatterns, path("demo/mail/", include((outbox.mail, "demo_mail")))]


@pytest.fixture
def demo(settings: Any, tmp_path: Path) -> RequestFactory:
    settings.DEMO = True
    settings.RUN_DIR = tmp_path
    settings.ROOT_URLCONF = "tests.outbox.test_demo_mail"
    return RequestFactory()


def send(subject: str) -> str:
    mail = EmailMultiAlternatives(subject, "Open it: http://127.0.0.1/x", to=["Ann <ann@school.example>"])
    mail.attach_alternative("<p onclick=x>Hello <script>alert(1)</script></p>", "text/html")
    get_connection("partnership.outbox.demo_mail.FolderBackend").send_messages([mail])
    return sorted(demo_mail._folder().glob("*.eml"))[-1].stem


def look(view: Any, factory: RequestFactory, **kwargs: str) -> Any:
    request: Any = factory.get("/")
    request.viewer = NOBODY
    return view(request, **kwargs)


def test_mail_can_be_read_in_the_browser(demo: RequestFactory) -> None:
    assert "No mail yet" in look(demo_mail.index, demo).text
    name = send("First"), send("Größe")
    page = look(demo_mail.index, demo).text
    assert page.index("Größe") < page.index("First")
    text = look(demo_mail.read, demo, name=name[1]).text
    assert "ann@school.example" in text
    assert 'href="http://127.0.0.1/x"' in text


def test_the_designed_form_is_shut_off_from_everything(demo: RequestFactory) -> None:
    answer = look(demo_mail.html, demo, name=send("First"))
    assert "<script>" in answer.text
    policy = answer["Content-Security-Policy"]
    assert policy.startswith("sandbox ")
    assert "allow-scripts" not in policy
    assert "default-src 'none'" in policy


@pytest.mark.parametrize("name", ["1-000000000000", "..%2f..%2fsettings", "../../etc/passwd", "x"])
def test_no_other_file_can_be_read(demo: RequestFactory, name: str) -> None:
    send("First")
    for view in (demo_mail.read, demo_mail.html):
        with pytest.raises(Http404):
            look(view, demo, name=name)


def test_outside_the_demo_there_is_no_such_page(settings: Any) -> None:
    with pytest.raises(NoReverseMatch):
        reverse("demo_mail:list")
    with pytest.raises(Http404):
        look(demo_mail.index, RequestFactory())
