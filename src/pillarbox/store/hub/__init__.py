"""The feed between the processes of one machine: a hub in the supervisor, and each process's line to it.

Begin with `line`: what is said. `switchboard` decides who is told what, `hub` is that behind a socket in the data
folder, `feed` the `Feed` that every process with a store is given; `link` and `hearing` are its two halves, what it
says and what it is told; `place` is where sockets of the data folder are. Nothing but accounts' numbers and states is
ever said here, and only to processes of the same user. It must not know a store: who has to read states again is told
so, and reads them elsewhere.
"""

from pillarbox.store.hub.feed import HubFeed
from pillarbox.store.hub.hub import Hub
from pillarbox.store.hub.line import Garbled, Line, Word
from pillarbox.store.hub.place import bound, connected

__all__ = ["Garbled", "Hub", "HubFeed", "Line", "Word", "bound", "connected"]
