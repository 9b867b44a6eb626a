"""Makes our admin site the default one; stands in INSTALLED_APPS in the place of `django.contrib.admin`."""

from django.contrib.admin.apps import AdminConfig


class PartnershipAdminConfig(AdminConfig):
    default_site = "partnership.accounts.admin_site.PartnershipAdminSite"
