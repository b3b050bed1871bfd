"""Recipients to accounts."""

import pytest

from pillarbox.access import Principal
from pillarbox.delivery import Route
from pillarbox.delivery.path import path
from pillarbox.wire.values import Id


class Book:
    """A directory that knows a few addresses, and remembers what it was asked."""

    def __init__(self, *known: str) -> None:
        self._known = known
        self.asked: list[str] = []

    def find(self, address: str) -> Principal | None:
        self.asked.append(address)
        return Principal(Id("a1"), 1, address, (), "", None) if address in self._known else None


@pytest.mark.parametrize(
    ("recipient", "asked"),
    [
        ("alice@ours.example", ["alice@ours.example"]),
        ("alice+x@ours.example", ["alice+x@ours.example", "alice@ours.example"]),
        ("+x@ours.example", ["+x@ours.example"]),
        ('" alice+x"@ours.example', []),
        ('"alice +x"@ours.example', ["alice +x@ours.example"]),
        ('""@ours.example', []),
        ("a@BÜCHER.example", ["a@bücher.example", "a@xn--bcher-kva.example"]),
        ("a@xn--bcher-kva.example", ["a@xn--bcher-kva.example", "a@bücher.example"]),
        ("u\u0308@ours.example", ["ü@ours.example"]),
        ("a@[192.0.2.1]", ["a@[192.0.2.1]"]),
        ("Postmaster", ["Postmaster@mail.ours.example", "Postmaster@ours.example"]),
    ],
)
def test_what_the_directory_is_asked(recipient: str, asked: list[str]) -> None:
    book = Book()
    assert Route(book, "mail.ours.example", sub_addressing=True).find(path(f"<{recipient}>")[0]) is None
    assert [one for one in book.asked if not one.startswith("@")] == asked


def test_the_first_that_is_known_is_taken() -> None:
    book = Book("alice@ours.example", "alice+x@ours.example")
    route = Route(book, "localhost", sub_addressing=True)
    for recipient in ("alice+x@ours.example", "alice+y@ours.example"):
        found = route.find(path(f"<{recipient}>")[0])
        assert found is not None
        assert found.address == recipient.replace("+y", "")


def test_without_sub_addressing_a_plus_is_a_letter() -> None:
    book = Book("alice@ours.example")
    assert Route(book, "localhost", sub_addressing=False).find(path("<alice+x@ours.example>")[0]) is None


def test_a_host_without_domain_is_asked_once() -> None:
    book = Book()
    Route(book, "localhost", sub_addressing=True).find(path("<postmaster>")[0])
    assert book.asked == ["postmaster@localhost", "@localhost"]


def test_what_is_for_nobody_is_for_who_receives_that() -> None:
    """Management API section 4.2, "emails"."""
    found = Route(Book("@ours.example"), "localhost", sub_addressing=True).find(path("<nobody@ours.example>")[0])
    assert found is not None
    assert found.address == "@ours.example"


def test_who_is_merely_called_so_receives_nothing() -> None:
    """Ours: a name is not an address."""

    class Called(Book):
        def find(self, address: str) -> Principal | None:
            found = super().find(address)
            return None if found is None else Principal(found.id, 1, "", (), "", None, login=address)

    route = Route(Called("alice@ours.example"), "localhost", sub_addressing=True)
    assert route.find(path("<alice@ours.example>")[0]) is None
