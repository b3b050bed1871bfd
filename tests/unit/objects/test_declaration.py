"""Records, kinds and data types as they are declared."""

from typing import Any, Literal

import pytest
from tests.toy.cakes import CAKE, INGREDIENT, Cake

from pillarbox.objects import (
    BOOLEAN,
    CHANGES,
    GET,
    Argument,
    DataType,
    Kind,
    Property,
    Record,
    Registry,
    SetError,
    already_exists,
    by,
    equal,
    invalid,
    key,
    list_of,
    map_of,
    merged,
    nullable,
    prop,
)
from pillarbox.objects.kind import INT, STRING, UNSIGNED, annotated
from pillarbox.store import Column
from pillarbox.wire.values import Date, Id, Int, UnsignedInt, UTCDate


class Pie(Record):
    """For declarations gone wrong."""

    name: Property[str] = prop()
    from_whom: Property[str | None] = prop(default=None, wire="from")


def declared(**more: Any) -> DataType[Pie]:
    wanted: dict[str, Any] = {"record": Pie, "rfc": "ours", "capability": "x", "prefix": "p", "methods": (GET,)}
    return DataType(**{**wanted, **more})


@pytest.mark.parametrize(
    ("hint", "name"),
    [
        (str, "String"),
        (bool, "Boolean"),
        (Int, "Int"),
        (UnsignedInt, "UnsignedInt"),
        (Id, "Id"),
        (UTCDate | None, "UTCDate|null"),
        (list[Id], "Id[]"),
        (dict[Id, bool] | None, "Id[Boolean]|null"),
        (dict[str, list[Date]], "String[Date[]]"),
        (dict[str, Literal[True]], "String[true]"),
        (Any, "*"),
    ],
)
def test_a_property_has_the_type_of_its_annotation(hint: Any, name: str) -> None:
    assert annotated(hint).name == name


@pytest.mark.parametrize("hint", [int, float, bytes, list, Literal[False], Literal["a"], set[str]])
def test_an_annotation_that_is_no_jmap_type_is_refused(hint: Any) -> None:
    with pytest.raises(TypeError):
        annotated(hint)


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (INT, [0, -1, 2**53 - 1], [True, 1.0, "1", None, 2**53, -(2**53)]),
        (UNSIGNED, [0, 2**53 - 1], [-1, False, 1.0]),
        (BOOLEAN, [True, False], [0, 1, None, "true"]),
        (nullable(STRING), ["", None], [1, []]),
        (list_of(STRING), [[], ["a"]], [["a", 1], {}, "a", None]),
        (map_of(STRING, UNSIGNED), [{}, {"": 1}], [{"a": -1}, [], None]),
        (annotated(dict[Id, Literal[True]]), [{"a": True}], [{"a": False}, {"": True}, {"a": 1}]),
    ],
    ids=lambda value: value.name if isinstance(value, Kind) else "",
)
def test_a_type_holds_its_values_and_no_others(kind: Kind[Any], good: list[Any], bad: list[Any]) -> None:
    assert [kind.holds(value) for value in good] == [True] * len(good)
    assert [kind.holds(value) for value in bad] == [False] * len(bad)


def test_a_property_is_a_value_of_a_record_and_itself_on_the_class() -> None:
    pie = Pie(1, {"name": "Apple", "from": None})
    assert (pie.name, pie.from_whom) == ("Apple", None)
    assert (Pie.name.wire, Pie.from_whom.wire, Cake.baked_at.wire) == ("name", "from", "bakedAt")
    assert list(Pie.properties) == ["name", "from"]


class Drawer(Record):
    """Kept apart, and yet to be changed."""

    body: Property[str] = prop(default="", apart=True)


class Clock(Record):
    """Set by the server, and nobody says to what."""

    time: Property[str] = prop(server_set=True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"prefix": ""},
        {"prefix": "P"},
        {"prefix": "pp"},
        {"prefix": "piu"},
        {"collapse": "collapsed"},
        {"arrangements": ("tree",), "arguments": (Argument("query", "other", BOOLEAN, default=False),)},
        {"arguments": (Argument("query", "other", BOOLEAN, default=False),)},
        {"record": Clock},
        {"record": Drawer},
        {"is_singleton": True},
    ],
    ids=[
        "no prefix",
        "capital",
        "a digit of ids",
        "three letters",
        "collapse",
        "arrangements",
        "half asked",
        "server-set",
        "apart",
        "singleton",
    ],
)
def test_a_declaration_that_cannot_be_right_is_refused_when_it_is_made(wrong: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        declared(**wrong)


def test_no_condition_is_called_operator() -> None:
    """RFC 8620 section 5.5: a FilterCondition MUST NOT have a property called operator."""
    with pytest.raises(TypeError, match="operator"):
        equal("operator", Pie.name)


def test_a_registry_refuses_what_cannot_be_together() -> None:
    with pytest.raises(TypeError, match="prefix"):
        Registry((CAKE, declared(prefix="c")))
    with pytest.raises(TypeError, match="does not exist"):
        Registry((CAKE,))
    registry = Registry((INGREDIENT, CAKE, declared(prefix="ca", name="Candle")))
    assert registry["Cake"] is CAKE
    assert [table.name for table in registry.tables] == ["Ingredient", "Cake", "Candle"]


def test_a_table_follows_from_the_words_of_the_queries() -> None:
    assert Column("bakedAt", "integer", sorted=True) in CAKE.table.columns
    assert CAKE.table.group == "shelf"
    assert [one.name for one in CAKE.table.sets] == ["ingredient"]
    shared = declared(filters=(equal("name", Pie.name),), sorts=(by("name", key(Pie.name, sorted=True)),))
    # What another collation makes of a text is kept where it is something else.
    casemap, numeric = Column("name i;ascii-casemap", "text"), Column("name i;ascii-numeric", "text")
    assert shared.table.columns == (Column("name", "text", sorted=True), casemap, numeric)
    assert shared.table.entry({"name": "Äpfel", "from": None}).columns == {
        "name": "A\u0308PFEL",
        casemap.name: "ÄPFEL",
        numeric.name: "~",
    }
    assert shared.table.entry({"name": "12 pies", "from": None}).columns == {
        "name": "12 PIES",
        casemap.name: None,
        numeric.name: "00000212",
    }
    assert declared(methods=(GET, CHANGES)).table.columns == ()


def test_all_invalid_properties_are_one_error_and_a_special_one_stands_for_all() -> None:
    """RFC 8620 section 5.3."""
    assert merged([]) is None
    both = merged([invalid("a", "is bad"), invalid("b", "is worse"), invalid("a", "is bad")])
    assert both == SetError("invalidProperties", ("a", "b"), "a: is bad; b: is worse")
    assert merged([invalid("a", "x"), SetError("forbidden")]) == SetError("forbidden")
    assert already_exists(Id("p1"), "again").wire() == {
        "type": "alreadyExists",
        "existingId": "p1",
        "description": "again",
    }


def test_ids_are_of_their_type() -> None:
    assert declared().id(31) == "p11"
    assert declared().number("p11") == 31
    assert declared().number("c11") is None
