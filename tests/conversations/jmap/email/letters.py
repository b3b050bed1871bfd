"""Messages that conversations about Email begin with."""

__all__ = ["LETTER", "LIST_LETTER", "letter"]

LETTER = """\
Return-Path: <bob@far.example>
Received: from far.example by home.example; Tue, 5 May 2026 10:00:07 +0200
Message-ID: <one@far.example>
In-Reply-To: <zero@home.example>
References: <nought@home.example> <zero@home.example>
Date: Tue, 5 May 2026 10:00:00 +0200
From: "Bob Builder" <bob@far.example>
Sender: Secretary <office@far.example>
Reply-To: replies@far.example
To: alice@home.example, =?utf-8?q?J=C3=B6rg?= <joerg@home.example>
Cc: Friends: carol@home.example, dave@home.example;
Bcc: eve@home.example
Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= from afar
X-Twice: first
X-Twice: second
List-Unsubscribe: <mailto:leave@far.example>, <https://far.example/leave>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=outer

--outer
Content-Type: multipart/alternative; boundary=inner

--inner
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable
Content-Language: en, de

Gr=C3=BC=C3=9Fe!
--inner
Content-Type: text/html; charset=utf-8

<p>Hello <b>there</b></p>
--inner--
--outer
Content-Type: application/pdf; name=plan.pdf
Content-Disposition: attachment; filename=plan.pdf
Content-ID: <plan@far.example>
Content-Location: https://far.example/plan.pdf
Content-Transfer-Encoding: base64

JVBERi0xLjQ=
--outer--
"""
"""A letter with everything in it that has a property."""

LIST_LETTER = """\
From: list@far.example
Message-ID: <list@far.example>
Subject: The example of section 4.1.4
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=m1

--m1
Content-Type: text/plain
Content-Disposition: inline

A
--m1
Content-Type: multipart/mixed; boundary=m2

--m2
Content-Type: multipart/alternative; boundary=m3

--m3
Content-Type: multipart/mixed; boundary=m4

--m4
Content-Type: text/plain
Content-Disposition: inline

B
--m4
Content-Type: image/jpeg
Content-Disposition: inline

C
--m4
Content-Type: text/plain
Content-Disposition: inline

D
--m4--
--m3
Content-Type: multipart/related; boundary=m5

--m5
Content-Type: text/html

E
--m5
Content-Type: image/jpeg

F
--m5--
--m3--
--m2
Content-Type: image/jpeg
Content-Disposition: attachment

G
--m2
Content-Type: application/x-excel

H
--m2
Content-Type: message/rfc822

Subject: J

J
--m2--
--m1
Content-Type: text/plain
Content-Disposition: inline

K
--m1--
"""
"""The structure that the RFC takes apart at the end of section 4.1.4; the text of each part is its letter there."""


def letter(body: str = "Hello.", **fields: str) -> str:
    """A plain message; `Message_ID="<a@b>"` is a field, those of From and Subject are there unless given."""
    given = {"From": "bob@far.example", "Subject": "A letter", **fields}
    header = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in given.items())
    return f"{header}\n{body}\n"
