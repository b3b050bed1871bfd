"""How TLS is spoken: versions, ciphers, whose order counts (RFC 9325)."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

__all__ = ["ALPN", "CIPHERS", "Protection"]

ALPN: Final = ("http/1.1",)

CIPHERS: Final[Mapping[str, str]] = {
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384": "ECDHE-ECDSA-AES256-GCM-SHA384",
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256": "ECDHE-ECDSA-AES128-GCM-SHA256",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256": "ECDHE-ECDSA-CHACHA20-POLY1305",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384": "ECDHE-RSA-AES256-GCM-SHA384",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256": "ECDHE-RSA-AES128-GCM-SHA256",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256": "ECDHE-RSA-CHACHA20-POLY1305",
}
"""The suites of TLS 1.2 that are spoken (RFC 9325 section 4.2), and OpenSSL's names for them.

Those of TLS 1.3 are all spoken, always: Python's TLS leaves none of them out.
"""


@dataclass(frozen=True, slots=True)
class Protection:
    """The TLS of a listener: the lowest and highest version, the suites of TLS 1.2 by IANA's names.

    `timeout` is how many seconds a client has from the moment it is connected until the handshake is done.
    """

    lowest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2
    highest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3
    ciphers: tuple[str, ...] = tuple(CIPHERS)
    is_our_order: bool = True
    timeout: float = 60.0

    def context(self) -> ssl.SSLContext:
        """One that has no certificate yet."""
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.minimum_version, made.maximum_version = self.lowest, self.highest
        if self.ciphers:
            made.set_ciphers(":".join(CIPHERS[name] for name in self.ciphers))
        made.set_alpn_protocols(list(ALPN))
        # Neither is of use to anybody honest (RFC 9325 sections 3.3 and 3.5).
        made.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
        if self.is_our_order:
            made.options |= ssl.OP_CIPHER_SERVER_PREFERENCE
        else:
            made.options &= ~ssl.OP_CIPHER_SERVER_PREFERENCE
        return made
