"""What is configured: settings declared once, and the snapshot of them that code runs under.

A key has flat text; a setting gives it a type, a default and its documentation; a snapshot holds every
value, typed. Whatever is wrong with the configuration is a `Problem` beside the snapshot and never stops
the server. The package must not know who obeys a setting, nor where settings are kept besides the one
local file that `bootstrap` reads: it is given pairs.

Begin at `snapshot`, then `declare` (what a setting is) and `catalogue` (all there are). The way from a file
to pairs is `bootstrap`, `flatten`, `environment`, `macro`; the values are `kind`, `quantity`, `address`. `keys` says
what is at a key, `layers` puts the file's pairs over those of a database, and `site` has what follows for others.

    configuration = load(path)
    settings, problems = snapshot(configuration.pairs)
    report([*configuration.problems, *problems])
    settings[catalogue.MAX_SIZE_REQUEST]
"""

from pillarbox.settings import catalogue
from pillarbox.settings.address import Address, Network, TcpAddress, UnixAddress
from pillarbox.settings.bootstrap import BootstrapError, Configuration, host_name, load
from pillarbox.settings.catalogue import (
    Authority,
    BucketStore,
    CertificateSource,
    DatabaseStore,
    EabKey,
    Folder,
    FolderStore,
    Listener,
    ListenerProtocol,
    SocketRules,
    StoreChoice,
    Tls,
    UnusableStore,
)
from pillarbox.settings.declare import Declared, Described, Setting
from pillarbox.settings.expression import Computed, ExpressionSetting
from pillarbox.settings.expressions import EvaluationError, ExpressionError
from pillarbox.settings.keys import MARKER, described, is_secret, root, told
from pillarbox.settings.kind import BadValue, Kind
from pillarbox.settings.layers import Layers, Owner
from pillarbox.settings.problem import Problem, ProblemKind, report
from pillarbox.settings.quantity import DURATION, Bytes, Duration, Rate
from pillarbox.settings.request import HTTPVariables
from pillarbox.settings.site import secure_place, sts_policy
from pillarbox.settings.snapshot import Snapshot, nearest, snapshot
from pillarbox.telemetry import Secret

__all__ = [
    "DURATION",
    "MARKER",
    "Address",
    "Authority",
    "BadValue",
    "BootstrapError",
    "BucketStore",
    "Bytes",
    "CertificateSource",
    "Computed",
    "Configuration",
    "DatabaseStore",
    "Declared",
    "Described",
    "Duration",
    "EabKey",
    "EvaluationError",
    "ExpressionError",
    "ExpressionSetting",
    "Folder",
    "FolderStore",
    "HTTPVariables",
    "Kind",
    "Layers",
    "Listener",
    "ListenerProtocol",
    "Network",
    "Owner",
    "Problem",
    "ProblemKind",
    "Rate",
    "Secret",
    "Setting",
    "Snapshot",
    "SocketRules",
    "StoreChoice",
    "TcpAddress",
    "Tls",
    "UnixAddress",
    "UnusableStore",
    "catalogue",
    "described",
    "host_name",
    "is_secret",
    "load",
    "nearest",
    "report",
    "root",
    "secure_place",
    "snapshot",
    "sts_policy",
    "told",
]
