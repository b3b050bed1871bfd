"""nginx, with what a test gives it for its folder `conf.d`."""

import grp
import os
from collections.abc import Sequence
from pathlib import Path

from tests.neighbour.foreground import Foreground, program

__all__ = ["nginx"]


def nginx(folder: Path, configuration: str, ports: Sequence[int]) -> Foreground:
    """One whose master keeps all it writes in `folder`; not started yet."""
    folder.mkdir()
    (folder / "pillarbox.conf").write_text(configuration)
    kept = "".join(f"    {kind}_temp_path {folder / kind};\n" for kind in _KEPT)
    # Workers of a master that is root would be others, who may not look into a test's folder.
    user = f"user root {grp.getgrgid(os.getgid()).gr_name};\n" if os.getuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user}daemon off;\nworker_processes 1;\npid {folder / 'pid'};\nerror_log stderr;\n"
        f"events {{ worker_connections 256; }}\n"
        f"http {{\n    access_log off;\n{kept}    include {folder / 'pillarbox.conf'};\n}}\n"
    )
    return Foreground([program("nginx"), "-p", folder, "-e", "stderr", "-c", folder / "nginx.conf"], folder, ports)


_KEPT = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
