"""Pillarbox: a mail and collaboration server whose front door is HTTP.

Begin at `pillarbox.app`, which builds everything, or follow a request from `pillarbox.http`.
"""

__all__ = ["__version__"]

__version__ = "0.1.0.dev0"
