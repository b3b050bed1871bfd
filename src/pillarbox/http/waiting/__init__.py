"""What makes a request wait: `turn` bounds how many of an account are in hand at once.

A `line` is that of one account in this process; `lease` and `lending` share slots with the other processes, and
`sockets` bounds what has no end.
"""

__all__ = [
    "lease",
    "sockets",
    "turn",
]
