"""Several hosts in one text."""

import pytest

from pillarbox.wire.hosts import hosts


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("localhost", [("localhost", 5432)]),
        ("db1,db2", [("db1", 5432), ("db2", 5432)]),
        ("db1:5433, db2.example.org", [("db1", 5433), ("db2.example.org", 5432)]),
        ("192.0.2.1:1,[2001:db8::1]:2,[2001:db8::2],2001:db8::3", None),
        ("/run/postgresql", [("/run/postgresql", 5432)]),
        ("/run/a:b,db2:65535", [("/run/a:b", 5432), ("db2", 65535)]),
    ],
)
def test_each_host_has_a_port_of_its_own_or_the_common_one(text: str, named: list[tuple[str, int]] | None) -> None:
    six = [("192.0.2.1", 1), ("2001:db8::1", 2), ("2001:db8::2", 5432), ("2001:db8::3", 5432)]
    assert hosts(text, 5432) == (named or six)


@pytest.mark.parametrize(
    "text", ["", ",", "db1,", "db1:", "db1:0", "db1:65536", "db1:x", "[::1", "[::1]5432", "a b", ",".join("abcdefghi")]
)
def test_what_names_no_hosts_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"host|port"):
        hosts(text, 5432)
