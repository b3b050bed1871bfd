"""How the properties that were asked for are had."""

from pillarbox.datatypes import REGISTRY
from pillarbox.objects import projection


def test_the_same_properties_are_had_in_the_same_way() -> None:
    """Ours: it is found out once, whatever the order of a type's other uses."""
    email = REGISTRY["Email"]

    assert projection(email, ["subject", "id", "size"]) is projection(email, ["subject", "size", "size"])
    assert projection(email, ["subject"]) is not projection(email, ["size"])


def test_what_a_client_named_itself_is_not_kept() -> None:
    """Ours: such names may be of any length."""
    email = REGISTRY["Email"]

    assert projection(email, ["header:X-One"]) is not projection(email, ["header:X-One"])


def test_objects_with_secrets_are_not_kept_in_memory() -> None:
    """Ours: what was told lately stays at hand, but for documents that hold what nobody may see."""
    assert projection(REGISTRY["Email"], ["subject"]).keeps
    assert not projection(REGISTRY["PushSubscription"], ["types"]).keeps
