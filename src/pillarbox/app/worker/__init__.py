"""A process that answers clients, and takes in mail.

Begin with `serving`. `entering` is what each listener asks of who connects, `watch` counts and turns away, `showing`
has the certificates and challenges that come by ACME. A worker knows of no other.
"""

__all__ = ["serving"]
