"""Text from HTML, for previews and for search; not for showing as a message's body."""

import re
from html import unescape

_TAG = re.compile(r"(/?+[a-zA-Z][a-zA-Z0-9]*+|[!/?])[^>\"]*+(?:\"[^\"]*+\"[^>\"]*+)*+>")
_BROKEN_TAG = re.compile(r"(/?+[a-zA-Z][a-zA-Z0-9]*+|[!/?])[^>]*+>?+")
_COMMENT = "!--"
_SILENT = frozenset(("script", "style", "template", "title"))
_BREAKS = (
    "address article aside blockquote body br caption center dd div dl dt fieldset figure footer form h1 h2 h3 h4"
    " h5 h6 head header hr html li main nav ol option p pre section select table tbody td tfoot th thead tr ul"
)
_BLOCKS = frozenset(_BREAKS.split()) | {f"/{name}" for name in _BREAKS.split()}
_TEXT_ATTRIBUTE = re.compile(r"\s(?:alt|title)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)')", re.IGNORECASE)


def html_text(html: str, *, with_quotes: bool = True) -> str:
    """What is to be read in HTML, a line for each block.

    Comments, styles, scripts and the title are left out; so are blockquote elements, unless
    `with_quotes`. An element that is never closed hides the rest, as it does in a browser.
    """
    silent = _SILENT if with_quotes else _SILENT | {"blockquote"}
    hidden_by, depth = "", 0
    before, *chunks = html.replace("\n", " ").split("<")
    pieces = [before]
    for chunk in chunks:
        if hidden_by == _COMMENT or (not hidden_by and chunk.startswith(_COMMENT)):
            _, end, behind = chunk.partition("-->")
            hidden_by = "" if end else _COMMENT
            pieces.append(behind)
            continue
        tag = _TAG.match(chunk) or _BROKEN_TAG.match(chunk)
        name = tag[1].lower() if tag else ""
        if hidden_by:
            depth += (name == hidden_by == "blockquote") - (name == "/" + hidden_by)
            if depth == 0:
                hidden_by = ""
                pieces += ("\n", chunk[tag.end() :] if tag else "")
        elif name in silent:
            hidden_by, depth = name, 1
        elif tag is None:
            pieces += ("<", chunk)
        else:
            if name in _BLOCKS:
                pieces.append("\n")
            pieces.append(chunk[tag.end() :])
    return unescape("".join(pieces))


def attribute_texts(html: str) -> list[str]:
    """The texts of alt and title attributes, which are read where images are not shown."""
    return [unescape(match[1] or match[2] or "") for match in _TEXT_ATTRIBUTE.finditer(html)]
