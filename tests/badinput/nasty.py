"""What nobody should send: every kind of text, number and id that has ever broken a form, as strategies."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote_plus

from hypothesis import strategies as st

CANARY = "<x-canary a=\"'>"
RAW = ("<x-canary", 'x-canary a="')
"""How the canary looks where nobody escaped it."""
IN_HEADER = "X-Canary"

BITS = (
    CANARY, f"</textarea></script>{CANARY}", f"\r\n{IN_HEADER}: 1\r\n\r\n{CANARY}", "javascript:alert(1)",
    "{{7*7}}{% now 'Y' %}",
    "\x00", "a\x00b", "\x7f\x1b[31m", "\ufeff", "\ufffe", "\u202egnp.exe", "\u200f\u061c", "\u2028", "\ud800", "a\udfffb",
    "👩‍👩‍👧‍👦", "🏳️‍🌈" * 40, "Z͑ͫ̓ͪ̂ͫ̽" * 60, "ﬃ", "İ", "ß", "٣", "²", "Ⅷ",
    "0", "-0", "-1", "1e309", "NaN", "Infinity", "0x1F", "1_000", "2147483647", "2147483648", "-2147483649",
    "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
    "18446744073709551616", "9" * 40, "9" * 5000, "10000-01-01", "0000-00-00", "2026-02-30", "24:61",
    "", " ", "\t", "\r", "null", "None", "true", "[]", "{}", "' OR 1=1 --", "%00", "%", "%s%n", "\\", "../../etc/passwd",
    "//evil.example/", "https://evil.example/", "=cmd|' /C calc'!A0", "@SUM(A1)", "nobody@", "a@b", f'"{CANARY}"@x.example',
    "not-a-uuid", "00000000-0000-0000-0000-000000000000", "ffffffffffffffffffffffffffffffff",
    "{00000000-0000-0000-0000-00000000000g}", "urn:uuid:00000000-0000-0000-0000-000000000001", "١" * 32,
)  # fmt: skip
MEGABYTE = 1024 * 1024
HUGE = ("x" * MEGABYTE, CANARY * (MEGABYTE // len(CANARY)), "é " * (MEGABYTE // 3))


def texts(ids: Sequence[str] = ()) -> st.SearchStrategy[str]:
    """One value for a field or a parameter; `ids` are those of rows that are there, ours and other people's."""
    anything = st.text(st.characters(), max_size=30)
    joined = st.lists(st.sampled_from(BITS[:40]), min_size=2, max_size=4).map("".join)
    usual: st.SearchStrategy[str] = st.sampled_from(BITS)
    if ids:
        usual = usual | st.sampled_from(ids)
    return st.integers(0, 99).flatmap(
        lambda roll: (
            st.sampled_from(HUGE) if roll == 0 else anything if roll < 12 else joined if roll < 25 else usual
        )
    )


def encoded(fields: Sequence[tuple[str, str]]) -> str:
    """A query string or a form's body as a hostile client writes it: half characters go as their bytes."""
    return "&".join(
        f"{quote_plus(name, errors='surrogatepass')}={quote_plus(value, errors='surrogatepass')}"
        for name, value in fields
    )


def multipart(
    fields: Sequence[tuple[str, str]], files: Sequence[tuple[str, str, bytes]], boundary: str
) -> bytes:
    """The same with files: (field, file name, content)."""

    def raw(text: str) -> bytes:
        return text.encode(errors="surrogatepass")

    parts = []
    for name, value in fields:
        parts.append(b'Content-Disposition: form-data; name="%s"\r\n\r\n%s' % (raw(header(name)), raw(value)))
    for name, file_name, content in files:
        parts.append(
            b'Content-Disposition: form-data; name="%s"; filename="%s"\r\nContent-Type: text/csv\r\n\r\n%s'
            % (raw(header(name)), raw(header(file_name)), content)
        )
    line = b"--" + boundary.encode()
    return b"".join(line + b"\r\n" + part + b"\r\n" for part in parts) + line + b"--\r\n"


def header(text: str) -> str:
    """What can stand in a part's heading at all."""
    return text.replace("\r", " ").replace("\n", " ").replace('"', "%22")[:2000]
