"""The entry for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partnership.settings.production")

application = get_wsgi_application()

from partnership.home.roles import refuse_unsafe_role  # noqa: E402  (needs the apps)

refuse_unsafe_role()
