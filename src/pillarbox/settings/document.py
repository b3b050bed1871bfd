"""Writes docs/settings.md from the catalogue: `python -m pillarbox.settings.document`."""

import sys
from collections.abc import Iterator

from pillarbox.settings.catalogue import GROUPS
from pillarbox.settings.declare import Described, Group

__all__ = ["page"]

_INTRODUCTION = """\
# Settings

<!-- Made by `python -m pillarbox.settings.document > docs/settings.md`; a test keeps it so. -->

Settings are read at the start from one TOML file: the one named on the command line, else `pillarbox.toml` in
the working directory, else `/etc/pillarbox/pillarbox.toml`. Without a file, every setting has its default. All but
the keys of `config.local-keys` can be in the database instead, where they are
[changed while the server runs](administrators/settings.md#changing-them-while-the-server-runs); what the file has wins.

```toml
[server]
hostname = "mail.example.org"
http.url = "'https://mail.example.org'"

[server.listener.http]
protocol = "http"
bind = ["127.0.0.1:8080", "[::1]:8080"]

[jmap.protocol.request]
max-size = 20000000
```

The key of a setting is the path to it: the last line above sets `jmap.protocol.request.max-size`. Where a
list is expected, a single value may stand.

A value that is wrong costs that entry alone: its default is in force, and the log tells the key and what to
write (`settings.problem`). So it does for a key that no setting has.

## From the environment

An environment variable takes the place of a key: `PILLARBOX_` and the key in upper case, with `__` for each
dot and `_` for each hyphen. `PILLARBOX_JMAP__PROTOCOL__REQUEST__MAX_SIZE=20000000` says the same as the file
above, and wins over it. A variable for a list holds its only value. Ids with underscores or upper-case
letters can be meant only if the file has the key; a name with three underscores in a row, or one that two keys of the
file share, is ambiguous, and told.

## From elsewhere

In the file, and only there, a value may have parts that are filled in:

| Written | Filled in with |
|---|---|
| `%{env:NAME}%` | the environment variable |
| `%{file:path}%` | the text of the file, without one newline at its end |
| `%{cfg:key}%` | the text of another key |

A relative path starts at the folder of the settings file. If a part cannot be filled in, the entry is left
out and the log tells why. What was filled in is not looked at again.

## Kinds of values

| Kind | Written as |
|---|---|
| integer | decimal digits, at least 1 |
| bytes | the number of bytes in digits, at least 1, without a suffix |
| duration | a number and one unit of `d`, `h`, `m`, `s`, `ms`, as in `90m`; without a unit milliseconds |
| boolean | `true` or `false` |
| string | visible text on one line |
| host name | letters, digits, hyphens and dots |
| expression | [expression](reference/expressions.md), or a table of conditions; constants are quoted twice: `"'…'"` |
| address | `192.0.2.1:8080`, `[2001:db8::1]:8080` or `unix:/run/pillarbox/http` |
| list of … | several in brackets, or one alone |
| … or `none` | that, or off: `none`, `false`, `disable`, `disabled`, `never`, `unlimited`, `0` or nothing |
"""


def page() -> str:
    """The whole of docs/settings.md."""
    return _INTRODUCTION + "".join(part for group in GROUPS for part in _chapter(group))


def _chapter(group: Group) -> Iterator[str]:
    yield f"\n## {group.title}\n\n{group.doc}\n\n"
    yield "| Setting | Kind | Default | What it says |\n|---|---|---|---|\n"
    for setting in group.settings:
        yield from map(_row, setting.described())


def _row(line: Described) -> str:
    also = "".join(f" `{alias}` is read as well." for alias in line.aliases)
    kind = line.kind.replace("|", "\\|")
    return f"| `{line.key}` | {kind} | {line.default} | {line.doc}{also} |\n"


if __name__ == "__main__":
    sys.stdout.write(page())
