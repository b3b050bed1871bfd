"""Characters from octets (RFC 2045 section 5.1, RFC 2046 section 4.1.2).

What a message calls its charset is looked up in a table of our own, never in Python's registry:
that one also knows names that are no charsets (rot13, zlib) and remembers every unknown name.
"""

import re
from encodings.aliases import aliases
from functools import lru_cache

_CODECS = (
    "ascii big5 big5hkscs cp437 cp737 cp775 cp850 cp852 cp855 cp857 cp858 cp860 cp861 cp862 cp863 cp864"
    " cp865 cp866 cp869 cp874 cp932 cp949 cp950 cp1125 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256"
    " cp1257 cp1258 euc_jis_2004 euc_jisx0213 euc_jp euc_kr gb18030 gb2312 gbk hz iso2022_jp iso2022_jp_1"
    " iso2022_jp_2 iso2022_jp_2004 iso2022_jp_3 iso2022_jp_ext iso2022_kr iso8859_2 iso8859_3 iso8859_4"
    " iso8859_5 iso8859_6 iso8859_7 iso8859_8 iso8859_9 iso8859_10 iso8859_11 iso8859_13 iso8859_14"
    " iso8859_15 iso8859_16 johab koi8_r koi8_t koi8_u kz1048 latin_1 mac_cyrillic mac_greek mac_iceland"
    " mac_latin2 mac_roman mac_turkish ptcp154 shift_jis shift_jis_2004 shift_jisx0213 tis_620 utf_16"
    " utf_16_be utf_16_le utf_32 utf_32_be utf_32_le utf_7 utf_8"
)

_SUPERSETS = {
    "big5": "cp950",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso2022_jp": "iso2022_jp_ext",
    "iso8859_9": "cp1254",
    "iso8859_11": "cp874",
    "latin_1": "cp1252",
    "shift_jis": "cp932",
    "tis_620": "cp874",
}
"""What senders mean who name a standard and send a vendor's extension of it."""

_OTHER_NAMES = {
    "cp50220": "iso2022_jp_ext",
    "cp50221": "iso2022_jp_ext",
    "iso88596e": "iso8859_6",
    "iso88596i": "iso8859_6",
    "iso88598e": "iso8859_8",
    "iso88598i": "iso8859_8",
    "koi8ru": "koi8_u",
    "ksc56011987": "cp949",
    "ksc56011989": "cp949",
    "macintosh": "mac_roman",
    "mskanji": "cp932",
    "unicode11utf7": "utf_7",
    "unicode11utf8": "utf_8",
    "utf8mb4": "utf_8",
    "windows31j": "cp932",
    "windows874": "cp874",
    "windows932": "cp932",
    "windows936": "gb18030",
    "windows949": "cp949",
    "windows950": "cp950",
    "xeucjp": "euc_jp",
    "xgbk": "gb18030",
    "xbig5": "cp950",
    "xmaccyrillic": "mac_cyrillic",
    "xmacroman": "mac_roman",
    "xsjis": "cp932",
}

_NOT_NAME = re.compile(r"[^a-z0-9]+")


def _squeezed(label: str) -> str:
    """A label without what people vary: case, hyphens, underscores, dots."""
    return _NOT_NAME.sub("", label[:60].lower())


def _table() -> dict[str, str]:
    """Codecs by squeezed label."""
    names = _CODECS.split()
    known = {_squeezed(name): name for name in names}
    known |= {_squeezed(alias): name for alias, name in aliases.items() if name in names}
    known |= {f"win{number}": f"cp{number}" for number in range(1250, 1259)}
    known |= {f"xcp{number}": f"cp{number}" for number in range(1250, 1259)}
    return {label: _SUPERSETS.get(name, name) for label, name in known.items()} | _OTHER_NAMES


_BY_LABEL = _table()

_MARKS = (
    (b"\xff\xfe\0\0", "utf_32_le"),
    (b"\0\0\xfe\xff", "utf_32_be"),
    (b"\xff\xfe", "utf_16_le"),
    (b"\xfe\xff", "utf_16_be"),
)
_META = re.compile(rb"<meta\s[^>]*?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_SAMPLE = 20_000
_ABOVE_ASCII = bytes(range(0x80, 0x100))
_FROM_E0 = bytes(range(0xE0, 0x100))
_CYRILLIC_WORD = re.compile(rb"[\xc0-\xff]{3,}")
_SURROGATE = re.compile("[\ud800-\udfff]")


@lru_cache(maxsize=256)
def codec(label: str) -> str | None:
    """The codec for a charset's name, or None if we know none."""
    return _BY_LABEL.get(_squeezed(label))


def decoded(data: bytes, name: str) -> tuple[str, bool]:
    """Text by a codec of ours, and whether some of it was malformed; that is U+FFFD in the text."""
    if name in ("utf_16", "utf_32"):
        data, name = _ordered(data, name)
    try:
        text, malformed = data.decode(name), False
    except UnicodeDecodeError:
        text, malformed = data.decode(name, "replace"), True
    if name == "utf_7" and _SURROGATE.search(text):
        # The one codec that lets half a surrogate pair through, which no UTF-8 can carry.
        return text.encode("utf_16", "surrogatepass").decode("utf_16", "replace"), True
    return text, malformed


def repaired(data: bytes, label: str, kind: str) -> tuple[str, bool]:
    """Text of a body part, and whether its charset was unknown or not what the octets are in.

    The heuristics that RFC 8621 section 4.1.4 allows, all of them:

    * an unknown charset, or octets above 127 in US-ASCII: for HTML the charset it names itself;
      ISO-2022-JP if its escapes are there; UTF-8 if it is valid; KOI8-R or windows-1251 if whole words
      are made of their letters; else windows-1252;
    * UTF-8 that is malformed more often than not is windows-1252;
    * windows-1252 and ISO-8859-1 that are valid UTF-8 are UTF-8;
    * UTF-16 and UTF-32 without a byte order mark have the order that makes more sense.
    """
    name = codec(label)
    if name == "ascii":
        if data.isascii() and b"\x1b$" not in data:
            return data.decode("ascii"), False
        return _guessed(data, kind), True
    if name is None:
        return _guessed(data, kind), True
    text, malformed = decoded(data, name)
    if name == "utf_8" and malformed and _mostly_malformed(text):
        return data.decode("cp1252", "replace"), True
    if name.startswith("utf_"):
        return text.removeprefix("\ufeff"), malformed
    if name == "cp1252" and not data.isascii():
        try:
            return data.decode("utf_8"), True
        except UnicodeDecodeError:
            pass
    return text, malformed


def _guessed(data: bytes, kind: str) -> str:
    """Text in a charset that nobody told."""
    if kind == "text/html" and (meta := _META.search(data, 0, 2048)):
        name = codec(meta[1].decode("ascii"))
        if name not in (None, "ascii", "utf_16", "utf_16_le", "utf_16_be"):
            return decoded(data, name or "")[0]
    if data.isascii():
        return data.decode("iso2022_jp_ext" if b"\x1b$" in data else "ascii", "replace")
    text = data.decode("utf_8", "replace")
    return data.decode(_eight_bit(data), "replace") if _mostly_malformed(text) else text


def _eight_bit(data: bytes) -> str:
    """The charset of octets that are no UTF-8: windows-1252, unless whole words are of Cyrillic letters.

    Most letters of a text are small; they have the octets from E0 on in windows-1251, those up to DF
    in KOI8-R.
    """
    sample = data[:_SAMPLE]
    above_ascii = len(sample) - len(sample.translate(None, _ABOVE_ASCII))
    words = b"".join(_CYRILLIC_WORD.findall(sample))
    if len(words) * 4 < above_ascii * 3:
        return "cp1252"
    return "koi8_r" if len(words.translate(None, _FROM_E0)) * 2 > len(words) else "cp1251"


def _mostly_malformed(text: str) -> bool:
    """Whether text decoded as UTF-8 has more holes than characters of several octets."""
    above_ascii = len(text) - len(text.encode("ascii", "ignore"))
    return text.count("\ufffd") * 2 > above_ascii


def _ordered(data: bytes, name: str) -> tuple[bytes, str]:
    """The octets behind a byte order mark, and the codec for the order it tells.

    Without a mark: big-endian (RFC 2781 section 4.3), unless the zeros of Latin text say otherwise.
    """
    for mark, ordered in _MARKS:
        if data.startswith(mark) and ordered.startswith(name):
            return data[len(mark) :], ordered
    sample = data[:1000]
    width = 2 if name == "utf_16" else 4
    little = sample[width - 1 :: width].count(0) > sample[::width].count(0)
    return data, name + ("_le" if little else "_be")
