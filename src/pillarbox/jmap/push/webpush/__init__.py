"""Pushes to URLs (RFC 8620 section 7.2), encrypted and signed, from one task of the whole server.

Begin with `line`: what one subscription knows. `pace` says when it may be told more, `posting` sends one push and reads
its answer, `sender` sees to all of them. What a subscription is, `datatypes.push` says. It is a package of its own so
that who sends nothing need not load what sends.
"""

from pillarbox.jmap.push.webpush.pace import Pacing
from pillarbox.jmap.push.webpush.posting import Post
from pillarbox.jmap.push.webpush.sender import Through, WebPush

__all__ = ["Pacing", "Post", "Through", "WebPush"]
