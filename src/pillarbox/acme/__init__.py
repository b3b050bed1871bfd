"""Certificates by ACME (RFC 8555): ordered, shown to the authority that the names are ours, renewed.

Begin with `renewing`: what is to be done when, for as long as the server runs. `issuing` has one certificate, step by
step; `authority` is the conversation, over the library, which is loaded where certificates are ordered and nowhere
else; `schedule` is pure. `answers` is what listeners show an authority that comes by TLS. The package must not know who
serves the certificates.
"""

from pillarbox.acme.answers import Answers
from pillarbox.acme.renewing import Renewing
from pillarbox.acme.schedule import due

__all__ = ["Answers", "Renewing", "due"]
