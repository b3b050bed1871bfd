"""PatchObject: paths and values, applied to an object (RFC 8620 section 5.3)."""

from collections.abc import Callable, Mapping
from itertools import pairwise

from pillarbox.objects.errors import Refused, SetError
from pillarbox.wire.jmap import Pointer, pointer
from pillarbox.wire.values import JSON

__all__ = ["patched"]


def patched(
    document: Mapping[str, JSON], patch: Mapping[str, JSON], resolve: Callable[[Pointer], Pointer]
) -> tuple[dict[str, JSON], set[str], set[str]]:
    """The document with the patch applied, the names of its properties that were touched, and of those, removed.

    A path of one name with null removes the property: what its default is, the caller knows. `resolve` gives the path
    with creation ids resolved. The document is left as it was.

    Raises Refused with invalidPatch: a path into an array or through what is not there, or two paths of which one is
    the beginning of the other.
    """
    paths = {_path(text, resolve): value for text, value in patch.items()}
    if len(paths) != len(patch):
        raise _bad("two paths are the same")
    ordered = sorted(paths)
    for path, following in pairwise(ordered):
        if following[: len(path)] == path:
            raise _bad(f"{'/'.join(path)} is the beginning of another path")
    result = dict(document)
    copied: set[Pointer] = set()
    for path, value in paths.items():
        _put(result, path, value, copied)
    touched = {path[0] for path in paths}
    return result, touched, {name for name in touched if name not in result}


def _path(text: str, resolve: Callable[[Pointer], Pointer]) -> Pointer:
    try:
        return resolve(pointer(f"/{text}"))
    except ValueError as problem:
        raise _bad(str(problem)) from None


def _put(result: dict[str, JSON], path: Pointer, value: JSON, copied: set[Pointer]) -> None:
    here = result
    for depth, token in enumerate(path[:-1], 1):
        inner = here.get(token)
        if isinstance(inner, list):
            raise _bad(f"{'/'.join(path)} leads into an array")
        if not isinstance(inner, dict):
            raise _bad(f"{'/'.join(path)} leads through what is not there")
        if path[:depth] not in copied:
            copied.add(path[:depth])
            inner = here[token] = dict(inner)
        here = inner
    if value is None:
        here.pop(path[-1], None)
    else:
        here[path[-1]] = value


def _bad(why: str) -> Refused:
    return Refused(SetError("invalidPatch", (), why[:200]))
