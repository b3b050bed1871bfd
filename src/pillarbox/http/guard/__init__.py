"""Who is let in, and how often: what is decided of a request before its handler is called.

In the order of a request: `client` says whom it is from, `policy` (with `strict` and `cors`) whether it is answered at
all, `limits` asks `bans` and `rates`, `authenticate` makes its header an Actor, or `admission` a ticket;
`session` knows browsers, `permission` is what a route asks for. `tally` counts who fails, `challenge` is what a refusal
asks for.
"""

__all__ = [
    "admission",
    "authenticate",
    "bans",
    "challenge",
    "client",
    "cors",
    "limits",
    "permission",
    "policy",
    "rates",
    "session",
    "strict",
    "tally",
]
