"""The shared ground: organisations, people's posts, terms, pupils."""

from django.apps import AppConfig


class SchoolsConfig(AppConfig):
    name = "schools"

    def ready(self) -> None:
        from partnership.access.permissions import Permission
        from partnership.ui.navigation import NavItem, register, register_footer

        register(NavItem("Staff", "schools:staff", 60, (Permission.SEE_STAFF, Permission.COORDINATE)))
        register(NavItem("Files", "imports:list", 70, (Permission.IMPORT_FILES, Permission.COORDINATE)))
        register(NavItem("Sealed records", "schools:sealed", 65, (Permission.SEE_SEALED,)))
        register_footer(NavItem("Sharing agreement", "schools:agreement", 20, (Permission.SEE_DIRECTORY,)))
