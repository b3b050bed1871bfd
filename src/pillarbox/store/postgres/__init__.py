"""The server store: many accounts, and many nodes, over one PostgreSQL database (adr/0021).

Begin with `store`; `session` is how statements go out and rows come back, `pool` who may use one, `schema` the tables,
`compile` the only place where a client's question becomes SQL. A statement names one account, or stands in `server`.
`link` joins several servers on one database (adr/0030): what they say is in `parcel`, how it gets there in `channel`.
`hosts` knows which of several hosts is written to, `failure` what may be done again (adr/0063). `voice` is what a
command says without a server, `volatile` what all of them share and may lose, `sole` who of them does what only one may
do, `moving` what `pillarbox migrate` asks for.
Nothing but `pillarbox.app` names this package.
"""

from pillarbox.store.postgres.channel import Channel, Way, channel
from pillarbox.store.postgres.connect import Place
from pillarbox.store.postgres.link import Link
from pillarbox.store.postgres.moving import Others, alone_moving
from pillarbox.store.postgres.sole import Sole
from pillarbox.store.postgres.store import PostgresStore
from pillarbox.store.postgres.voice import Voice
from pillarbox.store.postgres.volatile import PostgresVolatile

__all__ = [
    "Channel",
    "Link",
    "Others",
    "Place",
    "PostgresStore",
    "PostgresVolatile",
    "Sole",
    "Voice",
    "Way",
    "alone_moving",
    "channel",
]
