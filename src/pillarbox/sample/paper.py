"""What is attached to a message: a sheet of PDF, a table, a list, an invitation."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from pillarbox.sample.people import Person

__all__ = ["Attachment", "invitation", "note", "sheet", "table"]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file with its name and media type, such as "text/csv"."""

    name: str
    media_type: str
    content: bytes


def sheet(name: str, title: str, lines: tuple[str, ...]) -> Attachment:
    """One page of PDF (ISO 32000-1) with a title and lines, in Latin-1."""
    spoken = "".join(f"0 -20 Td ({_escaped(line)}) Tj\n" for line in lines)
    text = f"BT /F1 22 Tf 60 760 Td ({_escaped(title)}) Tj /F1 12 Tf 0 -16 Td\n{spoken}ET".encode("latin-1")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )
    pdf = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(pdf))
        pdf += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(pdf)
    pdf += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    pdf += b"".join(b"%010d 00000 n \n" % place for place in places)
    pdf += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return Attachment(name, "application/pdf", bytes(pdf))


def table(name: str, rows: tuple[tuple[str, ...], ...]) -> Attachment:
    """Comma-separated values (RFC 4180); no cell may hold a comma, a quote or a line end."""
    return Attachment(name, "text/csv", "".join(",".join(row) + "\r\n" for row in rows).encode())


def note(name: str, lines: tuple[str, ...]) -> Attachment:
    """Plain text in UTF-8."""
    return Attachment(name, "text/plain", "".join(f"{line}\r\n" for line in lines).encode())


def invitation(uid: str, summary: str, place: str, start: datetime, host: Person, guest: Person) -> Attachment:
    """An invitation of two hours from the host to the guest (RFC 5546 section 3.2.2)."""
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Pillarbox//Sample//EN",
        "METHOD:REQUEST",
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{start - timedelta(days=9):%Y%m%dT%H%M%SZ}",
        f"DTSTART:{start:%Y%m%dT%H%M%SZ}",
        f"DTEND:{start + timedelta(hours=2):%Y%m%dT%H%M%SZ}",
        f"SUMMARY:{summary}",
        f"LOCATION:{place}",
        f"ORGANIZER;CN={host.given}:mailto:{host.address}",
        f"ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:{guest.address}",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return Attachment("invitation.ics", "text/calendar", "".join(f"{line}\r\n" for line in lines).encode())


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
