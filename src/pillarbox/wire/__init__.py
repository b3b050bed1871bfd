"""Bytes and text to values and back; pure: no I/O, no clock, no logging.

Begin with `values` (the types every layer speaks), then `json` (I-JSON in), `jmap` (envelopes, pointers,
patches), `forms` (of Unicode), `words`, `marks` and `collation` (how text is cut, shown as found, and ordered),
`webpush` (RFC 8291 and 8292), `dkim` (RFC 6376), `forwarded` (RFC 7239), `discovery` (Mail Autoconfig), `mtasts`
(RFC 8461), `tlsreports` (RFC 8460), `dnsrecords` (what a domain needs), `toml` (documents written), `network`
(addresses), `hosts` (of one service), `proxy` (the PROXY protocol), `tlshello` (how TLS begins), and the package
`message` (RFC 5322, MIME).
It must not know of accounts, stores or sockets.
"""

__all__ = [
    "collation",
    "discovery",
    "dkim",
    "dnsrecords",
    "forms",
    "forwarded",
    "hosts",
    "jmap",
    "json",
    "marks",
    "message",
    "mtasts",
    "network",
    "proxy",
    "tlshello",
    "tlsreports",
    "toml",
    "values",
    "webpush",
    "words",
]
