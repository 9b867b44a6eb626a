"""The platform for school partnerships: the Django project and what lies under its features."""

from partnership.celery import app as celery_app

__all__ = ["celery_app"]
