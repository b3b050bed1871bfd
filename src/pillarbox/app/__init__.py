"""The composition root: the only place that knows every part.

Begin with `house`, what is there without any listener; `figures` makes the settings into what the parts are given;
`serving` opens the doors. It must not decide anything that a part could decide.
"""

from pillarbox.app.figures import folders
from pillarbox.app.house import House, house
from pillarbox.app.serving import Opened, serve

__all__ = ["House", "Opened", "folders", "house", "serve"]
