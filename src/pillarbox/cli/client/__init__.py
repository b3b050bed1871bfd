"""Commands call the management API, and do not mind where the server is.

Begin with `client` (what is called, and what a refusal is) and `reach` (how a command says where the server is). Three
ways lead there: `remote` over HTTPS, `here` over the socket in the data folder, or, without a server, in this process.
By `completing` a shell knows names.
"""

from pillarbox.cli.client.client import Client, Refused, Unreached, at
from pillarbox.cli.client.completing import items, principals
from pillarbox.cli.client.here import by_socket
from pillarbox.cli.client.reach import managing, managing_new, managing_running

__all__ = [
    "Client",
    "Refused",
    "Unreached",
    "at",
    "by_socket",
    "items",
    "managing",
    "managing_new",
    "managing_running",
    "principals",
]
