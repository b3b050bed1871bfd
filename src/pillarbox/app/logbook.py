"""The log as the settings have it, in a process of the server: its level and form, and whether it is kept in files."""

from pathlib import Path

from pillarbox.settings import Snapshot, catalogue
from pillarbox.telemetry import Level, configure, keep_lines
from pillarbox.telemetry.book import LOGS

__all__ = ["log_by"]


def log_by(settings: Snapshot, data: Path, least: Level = "trace") -> None:
    """From now on the log is written by these settings; what is less than `least`, to files alone."""
    configure(settings[catalogue.LOG_LEVEL], settings[catalogue.LOG_FORMAT], least=least)
    keep_lines(None if settings[catalogue.LOG_KEEP] is None else data / LOGS)
