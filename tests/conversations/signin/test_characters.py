"""Which characters names and passwords may have (RFC 7617 section 2.1)."""

import base64

import pytest
from tests.driver import FOLDERS, Home


def status(home: Home, name: str, password: str) -> int:
    pair = base64.b64encode(f"{name}:{password}".encode()).decode()
    return home.web.sends("GET", "/.well-known/jmap", {"Authorization": f"Basic {pair}"}).status


@pytest.mark.parametrize("local", ["jürgen", "Ωmega", "иван", "太郎", "o'neil", "a+b", "a%b", "a$b"])
def test_a_name_may_have_any_letter(home: Home, local: str) -> None:
    """RFC 7617 section 2.1, RFC 7613 section 3.3."""
    home.directory.add(f"{local}@home.example", home.passwords.hash("secret"), FOLDERS)

    assert status(home, f"{local}@home.example", "secret") == 200


@pytest.mark.parametrize(
    "password", ["pässwörd", "with space", " blanks around ", "日本語", "🔑🔒", "123£", "a:b:c", "$123456", "x" * 1024]
)
def test_a_password_may_have_any_character(home: Home, password: str) -> None:
    """RFC 7617 section 2.1, RFC 7613 section 4.2: blanks count, case counts."""
    home.directory.add("carol@home.example", home.passwords.hash(password), FOLDERS)

    assert status(home, "carol@home.example", password) == 200
    assert status(home, "carol@home.example", f"{password[:-1]}") == 401
