"""Every setting, and another text for it than what it has by default."""

from collections.abc import Iterator

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pillarbox.net.selfsigned import self_signed
from pillarbox.settings import Declared, Described, Layers, catalogue

__all__ = ["FILE", "WHOLE", "keys", "lines", "other", "written"]

LAYERS = Layers({}, {})

CERTIFICATE = self_signed(["x.example"]).decode()
"""With its key."""

WHOLE = {
    "certificate.x.cert": CERTIFICATE,
    "certificate.x.private-key": CERTIFICATE,
    "acme.x.contact": "postmaster@x.example",
    "acme.x.domains": "x.example",
    "acme.x.eab.kid": "one",
    "acme.x.eab.hmac-key": "c2VjcmV0IHNlY3JldCBzZWNyZXQ",
    "directory.ldap.type": "ldap",
    "directory.ldap.url": "ldaps://x.example",
    "directory.ldap.base-dn": "dc=x",
    "directory.ldap.bind.dn": "cn=x",
    "directory.ldap.bind.secret": "one",
    "directory.sql.type": "sql",
    "directory.sql.path": "/etc/x.db",
    "directory.sql.query.name": "SELECT secret FROM people WHERE name = $1",
    "directory.oidc.type": "oidc",
    "directory.oidc.issuer": "https://x.example",
    "directory.oidc.endpoint.url": "https://x.example/introspect",
    "directory.oidc.audience": "one",
    "directory.oidc.auth.username": "one",
    "directory.oidc.auth.secret": "one",
    "authentication.master.user": "one",
    "authentication.master.secret": "one",
    "metrics.prometheus.enable": "true",
    "metrics.prometheus.auth.username": "one",
    "metrics.prometheus.auth.secret": "one",
    "queue.relay.host": "x.example",
    "server.http.hsts": "true",
    "server.http.url": "'https://mail.x.example'",
    "server.http.use-x-forwarded": "true",
    "session.mta-sts.mx": "mx.x.example",
}
"""Records that lack nothing, and all that is off by default; single keys of it are changed."""

BY_KIND = {
    "address": "192.0.2.1:5353",
    "attribute": "other",
    "boolean": "",
    "bytes": "70000",
    "DN with places": "uid={username},dc=other",
    "duration": "17m",
    "expression (HTTP status)": "403",
    "expression (URL)": "'https://other.example'",
    "header": "X-Other: 1",
    "host name": "other.example",
    "integer": "7",
    "LDAP filter": "(mail=?)",
    "mail address": "other@x.example",
    "network": "198.51.100.0/24",
    "origin": "https://other.example",
    "path": "/etc/other.db",
    "pattern": "*.other",
    "PEM or path": "/etc/other.pem",
    "rate": "17/17m",
    "role=group": "user=other",
    "secret": "b3RoZXIgb3RoZXIgb3RoZXIgb3RoZXI",
    "secret header": "X-Other: other",
    "secret PEM or path": "/etc/other.key",
    "SQL query": "SELECT other FROM people WHERE name = $1",
    "string": "other",
    "URL": "https://other.example",
}
BY_KEY = {
    "authentication.passkey.domain": "x.example",
    "directory.<id>.url": "ldaps://other.example",
    "directory.<id>.store": "pg",
    "server.tls.disable-ciphers": "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "oauth.oidc.signature-key": ec.generate_private_key(ec.SECP256R1())
    .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    .decode(),
}
BESIDE = {
    "directory.<id>.bind.auth.template": {"directory.ldap.bind.auth.method": "template"},
    "directory.<id>.bind.auth.method": {"directory.ldap.bind.auth.template": "uid={username},dc=x"},
}
"""What else has to be so, before and after, for a setting to be of any use."""
FILE = {
    "server.listener.http.protocol": "http",
    "server.listener.http.bind": "127.0.0.1:8080",
    "server.listener.https.protocol": "http",
    "server.listener.https.bind": "127.0.0.1:8443",
    "server.listener.https.tls.implicit": "true",
    "server.listener.lmtp.protocol": "lmtp",
    "server.listener.lmtp.bind": "127.0.0.1:8024",
    "storage.data": "own",
    "store.own.type": "sqlite",
    "store.pg.type": "postgresql",
    "store.pg.database": "people",
}
"""What the local file says."""


def other(line: Described) -> str:
    """A text for another value than the default."""
    kind = (
        line.kind.removeprefix("list of ").removesuffix(" or `none`").removesuffix(" in the key").partition(", or")[0]
    )
    if line.key in BY_KEY:
        return BY_KEY[line.key]
    if kind == "boolean":
        return "false" if line.default == "`true`" else "true"
    if kind.startswith("`"):
        return next(one.strip("` ") for one in kind.split(" | ") if one.strip() != line.default)
    return BY_KIND[kind]


def keys(line: Described) -> list[str]:
    """Where it is written: in each record that there is."""
    if line.key.endswith(">"):
        return [line.key.replace("<network>", "198.51.100.0/24").replace("<list>", "x").replace("<key>", "x")]
    if line.ids:
        return [line.key.replace("<role>", one) for one in line.ids]
    ids = ("ldap", "sql", "oidc") if line.key.startswith("directory.") else ("x",)
    return list(dict.fromkeys(line.key.replace("<id>", one) for one in ids))


def lines() -> Iterator[tuple[Declared[object], Described]]:
    for setting in catalogue.CATALOGUE:
        for line in setting.described():
            if not any(LAYERS.is_local(key) for key in keys(line)):
                yield setting, line


def written(line: Described) -> tuple[dict[str, str], dict[str, str]]:
    """What the database has before a setting is changed, and afterwards."""
    before = {**WHOLE, **BESIDE.get(line.key, {})}
    if line.key == "directory.<id>.store":
        del before["directory.sql.path"]
    changed = dict.fromkeys(keys(line), other(line))
    # What is so already is by default otherwise.
    return {key: text for key, text in before.items() if changed.get(key) != text}, {**before, **changed}
