"""A page as PDF/UA-1: tagged, with its language and title, in our own typeface. Nothing is fetched from anywhere."""

from __future__ import annotations

import logging
from functools import cache
from pathlib import Path
from typing import Any

FONT = "atkinson-hyperlegible-next"


class NoPdf(Exception):
    """This machine lacks Pango, without which no PDF can be laid out."""


@cache
def engine() -> Any:
    """WeasyPrint, loaded when the first PDF is asked for; None where its libraries are missing."""
    try:
        import weasyprint
    except OSError:
        return None
    for name in ("weasyprint.progress", "fontTools"):
        logging.getLogger(name).setLevel(logging.WARNING)  # each step and each letter is no news
    return weasyprint


def possible() -> bool:
    return engine() is not None


def to_pdf(page: str, *, fonts: Path) -> bytes:
    """The page laid out. Of addresses in it only our own fonts are read, by name. Raises NoPdf."""
    weasyprint = engine()
    if weasyprint is None:
        raise NoPdf("Pango is not installed.")

    class OwnFonts(weasyprint.urls.URLFetcher):  # type: ignore[name-defined]
        def fetch(self, url: str, headers: Any = None) -> Any:
            name = url.rpartition("/")[2]
            if not (name.startswith(FONT) and name.endswith(".woff2")):
                raise ValueError(f"{url} is no font of ours.")
            return weasyprint.urls.URLFetcherResponse(url, (fonts / name).read_bytes())

    document = weasyprint.HTML(string=page, base_url="font:/", url_fetcher=OwnFonts())
    return bytes(document.write_pdf(pdf_variant="pdf/ua-1"))
