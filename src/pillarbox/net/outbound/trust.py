"""Whom we believe who they are: the system's authorities, and those of SSL_CERT_FILE besides."""

import ssl
from pathlib import Path

__all__ = ["trusting"]


def trusting() -> ssl.SSLContext:
    """A context for clients: TLS 1.2 at least, certificates and names verified.

    OpenSSL itself reads SSL_CERT_FILE and SSL_CERT_DIR, in place of the system's own; that one is added again, so
    that an authority of one's own does not take the world's away.
    """
    context = ssl.create_default_context()
    system = ssl.get_default_verify_paths().openssl_cafile
    if Path(system).is_file():
        context.load_verify_locations(cafile=system)
    return context
