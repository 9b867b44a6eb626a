"""The shared ground: organisations, people's posts, terms, pupils."""

from django.apps import AppConfig


class SchoolsConfig(AppConfig):
    name = "schools"

    def ready(self) -> None:
        from partnership.access.permissions import Permission
        from partnership.ui.navigation import NavItem, register

        register(NavItem("Staff", "schools:staff", 60, (Permission.SEE_STAFF, Permission.COORDINATE)))
        register(NavItem("Files", "imports:list", 70, (Permission.IMPORT_FILES, Permission.COORDINATE)))
