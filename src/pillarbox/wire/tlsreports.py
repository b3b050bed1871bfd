"""Where a domain wants reports of TLS that failed (RFC 8460 section 3)."""

from collections.abc import Iterable

__all__ = ["report_places"]

_MOST = 20


def report_places(texts: Iterable[str]) -> list[str]:
    """The URIs of a domain's TXT records, `mailto:` or `https:`; none where it wants no reports, or not clearly."""
    found = [one for one in texts if one.startswith("v=TLSRPTv1;")]
    if len(found) != 1:
        return []
    for field in found[0].split(";")[1:]:
        name, _, value = field.strip().partition("=")
        if name == "rua":
            places = (one.strip() for one in value.split(","))
            return [one for one in places if one.lower().startswith(("mailto:", "https:"))][:_MOST]
    return []
