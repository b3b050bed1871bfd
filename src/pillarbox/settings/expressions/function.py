"""The table of functions that are pure: each with how many values it takes, and what it costs before it begins."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from pillarbox.settings.expressions import address, array, text
from pillarbox.settings.expressions.run import weight
from pillarbox.settings.expressions.value import Value

__all__ = ["FUNCTIONS", "UNAVAILABLE", "Function"]


def _once(values: Sequence[Value]) -> int:
    return sum(map(weight, values))


def _by_letter(values: Sequence[Value]) -> int:
    """Each character by itself."""
    return 64 * _once(values)


def _crosswise(values: Sequence[Value]) -> int:
    """Each element of one beside each of the other."""
    left, right = values
    return weight(left) * weight(right) // 4


@dataclass(frozen=True, slots=True)
class Function:
    """What a name followed by brackets does; `cost` gives its steps for given values."""

    arity: int
    apply: Callable[..., Value]
    cost: Callable[[Sequence[Value]], int] = _once


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "trim": Function(1, text.each(text.trim)),
        "trim_start": Function(1, text.each(text.trim_start)),
        "trim_end": Function(1, text.each(text.trim_end)),
        "len": Function(1, text.length),
        "to_lowercase": Function(1, text.each(str.lower)),
        "to_uppercase": Function(1, text.each(str.upper)),
        "is_uppercase": Function(1, text.each(text.is_uppercase), _by_letter),
        "is_lowercase": Function(1, text.each(text.is_lowercase), _by_letter),
        "has_digits": Function(1, text.each(text.has_digits)),
        "count_spaces": Function(1, text.count_spaces, _by_letter),
        "count_uppercase": Function(1, text.count_uppercase, _by_letter),
        "count_lowercase": Function(1, text.count_lowercase, _by_letter),
        "count_chars": Function(1, text.count_chars),
        "contains": Function(2, text.contains),
        "contains_ignore_case": Function(2, text.contains_ignore_case),
        "eq_ignore_case": Function(2, text.eq_ignore_case),
        "starts_with": Function(2, text.starts_with),
        "ends_with": Function(2, text.ends_with),
        "lines": Function(1, text.lines, _by_letter),
        "substring": Function(3, text.substring),
        "strip_prefix": Function(2, text.each(text.strip_prefix)),
        "strip_suffix": Function(2, text.each(text.strip_suffix)),
        "split": Function(2, text.split),
        "rsplit": Function(2, text.rsplit),
        "split_once": Function(2, text.split_once),
        "rsplit_once": Function(2, text.rsplit_once),
        "split_n": Function(3, text.split_n),
        "split_words": Function(1, text.split_words, _by_letter),
        "hash": Function(2, text.digest),
        "count": Function(1, array.count),
        "sort": Function(2, array.sort, lambda values: 16 * _once(values)),
        "dedup": Function(1, array.dedup),
        "winnow": Function(1, array.winnow),
        "is_intersect": Function(2, array.is_intersect, _crosswise),
        "is_empty": Function(1, array.is_empty),
        "is_number": Function(1, array.is_number),
        "is_email": Function(1, address.is_email),
        "email_part": Function(2, text.each(address.email_part)),
        "is_ip_addr": Function(1, address.is_ip_addr),
        "is_ipv4_addr": Function(1, address.is_ipv4_addr),
        "is_ipv6_addr": Function(1, address.is_ipv6_addr),
        "ip_reverse_name": Function(1, address.ip_reverse_name),
    }
)
"""All that need their arguments alone: not `matches`, `if_then`, `key_get`, `key_exists` and `config_get`."""

_WAITS = "waits for {}, and an expression of HTTP must not; "
_LOOKUP = "for what is known beforehand, write lookup.<list>.<key> and key_get or key_exists"

UNAVAILABLE: Mapping[str, str] = MappingProxyType(
    {
        "key_set": "changes a store, and an expression only reads",
        "counter_get": _WAITS.format("a store") + _LOOKUP,
        "counter_incr": "changes a store, and an expression only reads",
        "sql_query": _WAITS.format("a database") + _LOOKUP,
        "dns_query": _WAITS.format("the DNS") + _LOOKUP,
        "is_local_domain": _WAITS.format("the directory") + _LOOKUP,
        "is_local_address": _WAITS.format("the directory") + _LOOKUP,
    }
)
"""Functions that others have in this language, and why there are none here."""
