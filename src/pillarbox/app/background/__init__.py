"""The process that does what nobody waits for.

A module for each of its parts: upkeep (`tending`), pushes (`pushing`), mail to other servers (`queueing`), certificates
by ACME (`renewing`), and whether the server's URL leads back to it (`reaching`); `standing` begins one anew when its
settings change. Nothing is imported here: a command that looks at the queue need not load what speaks to the world.
"""

__all__ = ["queueing"]
