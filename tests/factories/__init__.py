"""Makers of rows, one module per app. They run as the database's owner; requests under test do not."""
