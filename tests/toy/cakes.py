"""Cakes and ingredients: data types with every kind of property, rule and query, and nothing of mail."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from pillarbox.objects import (
    BOOLEAN,
    CHANGES,
    COPY,
    GET,
    ID,
    QUERY,
    QUERY_CHANGES,
    SET,
    STRING,
    Argument,
    Call,
    Comparator,
    Condition,
    DataType,
    Members,
    Pattern,
    Property,
    Reach,
    Record,
    Registry,
    Seen,
    SetError,
    Write,
    after,
    at_least,
    before,
    below,
    by,
    contains,
    equal,
    invalid,
    key,
    lacks,
    member,
    number_of,
    present,
    prop,
)
from pillarbox.store import Everything, InGroup, Member, Quantity, Select, SetIndex
from pillarbox.wire.values import JSON, Id, Int, UnsignedInt, UTCDate

__all__ = ["CAKE", "INGREDIENT", "OVEN", "REGISTRY", "Cake", "Ingredient", "Oven"]


def _summary(seen: Seen) -> JSON:
    return f"{seen.document['name']}, {seen.document['layers']} layers"


def _name_problem(name: str) -> str | None:
    return None if name else "must have a letter"


class Ingredient(Record):
    """Something that goes into cakes, and in how many of them it is."""

    name: Property[str] = prop()
    uses: Property[UnsignedInt] = prop(default=0, server_set=True, volatile=True)


class Cake(Record):
    """A cake, on a shelf; many are based on another."""

    name: Property[str] = prop(normal=str.strip, check=_name_problem)
    layers: Property[UnsignedInt] = prop(default=1)
    weight: Property[Int | None] = prop(default=None)
    glazed: Property[bool] = prop(default=False)
    baked_at: Property[UTCDate | None] = prop(default=None)
    shelf: Property[UnsignedInt] = prop(default=0, immutable=True)
    baker: Property[str | None] = prop(default=None, immutable=True)
    topping: Property[str] = prop(default="cream")
    based_on: Property[Id | None] = prop(default=None, refers_to="Cake")
    ingredient_ids: Property[dict[Id, bool]] = prop(default={}, refers_to="Ingredient")
    similar: Property[list[Id]] = prop(default=[], refers_to="Cake")
    decorations: Property[dict[str, Any]] = prop(default={})
    tasters: Property[list[str]] = prop(default=[])
    portions: Property[UnsignedInt] = prop(default=8, server_set=True)
    note: Property[str | None] = prop(default=None, secret=True)
    recipe: Property[Any] = prop(default=None, apart=True, immutable=True)
    summary: Property[str] = prop(computed=_summary)


class Oven(Record):
    """The one oven."""

    degrees: Property[UnsignedInt] = prop(default=20)
    programme: Property[str | None] = prop(default=None)


def ovens_do_not_burn(write: Write[Oven]) -> Iterator[SetError]:
    """It has a limit."""
    if write.new.degrees > 250:
        yield invalid("degrees", "too hot")


def siblings_have_different_names(write: Write[Cake]) -> Iterator[SetError]:
    """No two cakes based on the same share a name."""
    if not write.destroys:
        for sibling in write.siblings(Cake.based_on, write.new.based_on):
            if sibling.name == write.new.name:
                yield invalid("name", "a sibling has this name")


def cakes_do_not_topple(write: Write[Cake]) -> Iterator[SetError]:
    """There are no more than ten layers."""
    if not write.destroys and write.new.layers > 10:
        yield invalid("layers", "it would topple")


def cakes_that_others_are_based_on_stay(write: Write[Cake]) -> Iterator[SetError]:
    """A cake is destroyed after those based on it, or together with them."""
    if write.destroys and any(write.siblings(Cake.based_on, write.id)):
        yield SetError("cakeHasVariants")


def count_uses(write: Write[Cake]) -> None:
    """Each ingredient knows in how many cakes it is."""
    unit = write.call.writing
    was = set(write.before.ingredient_ids) if write.before else set()
    will = set(write.after.ingredient_ids) if write.after else set()
    for id_ in was ^ will:
        for stored in unit.get(INGREDIENT.table, [INGREDIENT.number(id_) or 0]):
            old = orjson.loads(stored.document)
            new = {**old, "uses": old["uses"] + (1 if id_ in will else -1)}
            unit.update_volatile(INGREDIENT.table, stored.number, old, new)


def unused(write: Write[Ingredient]) -> Iterator[SetError]:
    """An ingredient of a cake stays."""
    if write.destroys and write.old.uses:
        yield SetError("ingredientInUse")


def _taste(name: str) -> Any:
    return lambda seen: f"{seen.document['name']} tastes of {name.removeprefix('taste:')}"


_BAKED = key(Cake.baked_at, sorted=True)
_INGREDIENTS = Members(
    SetIndex("ingredient", "integer", "bakedAt"), lambda document: {number_of(id_) for id_ in _names(document)}
)


def _names(document: Mapping[str, Any]) -> list[str]:
    return list(document["ingredientIds"])


def _decorated(seen: Any, wanted: object) -> bool:
    return bool(seen.document["decorations"]) is wanted


def _heaviest(seen: Any, wanted: object) -> bool:
    call: Call[Any] = seen.call
    numbers = call.unit.numbers(CAKE.table, 2**31)
    weights = [orjson.loads(one.document)["weight"] or 0 for one in call.unit.get(CAKE.table, numbers)]
    return ((seen.document["weight"] or 0) == max(weights, default=0)) is wanted


def _tallest_first(call: Call[Cake], select: Select) -> list[int]:
    numbers = call.unit.page(CAKE.table, select, 0, 2**31)
    layers = {one.number: orjson.loads(one.document)["layers"] for one in call.unit.get(CAKE.table, numbers)}
    return sorted(numbers, key=lambda number: -layers[number])


INGREDIENT = DataType(
    record=Ingredient,
    rfc="ours",
    capability="urn:example:cakes",
    prefix="i",
    methods=(GET, CHANGES, SET, QUERY, QUERY_CHANGES),
    sorts=(by("name", key(Ingredient.name)),),
    rules=(unused,),
)

CAKE: DataType[Cake] = DataType(
    record=Cake,
    rfc="ours",
    capability="urn:example:cakes",
    prefix="c",
    methods=(GET, CHANGES, SET, QUERY, QUERY_CHANGES, COPY),
    filters=(
        equal("name", Cake.name),
        contains("nameHas", Cake.name),
        equal("basedOn", Cake.based_on),
        present("hasBase", Cake.based_on),
        equal("glazed", Cake.glazed),
        before("before", _BAKED),
        after("after", _BAKED),
        at_least("minLayers", key(Cake.layers)),
        below("maxLayers", key(Cake.layers)),
        member("has", _INGREDIENTS, ID, number_of),
        lacks("hasNot", _INGREDIENTS, ID, number_of),
        Condition("decorated", BOOLEAN, lambda _: Everything(), Reach.OBJECT, test=_decorated),
        Condition("pretty", BOOLEAN, lambda _: Everything(), test=_decorated),
        Condition(
            "someOnShelfHave",
            ID,
            lambda id_: InGroup(Quantity.SOME, "ingredient", number_of(id_)),
            reach=Reach.GROUP,
            members=(_INGREDIENTS,),
        ),
        Condition("heaviest", BOOLEAN, lambda _: Everything(), test=_heaviest, reach=Reach.TYPE),
    ),
    sorts=(
        by("name", key(Cake.name)),
        by("bakedAt", _BAKED),
        by("layers", key(Cake.layers)),
        by("weight", key(Cake.weight)),
        Comparator(
            "has",
            lambda id_: Member("ingredient", number_of(id_)),
            Reach.OBJECT,
            members=(_INGREDIENTS,),
            argument=("ingredientId", ID),
        ),
        Comparator(
            "someOnShelfHave",
            lambda id_: InGroup(Quantity.SOME, "ingredient", number_of(id_)),
            reach=Reach.GROUP,
            members=(_INGREDIENTS,),
            argument=("ingredientId", ID),
        ),
    ),
    rules=(siblings_have_different_names, cakes_do_not_topple, cakes_that_others_are_based_on_stay),
    effects=(count_uses,),
    arguments=(
        Argument("query", "oneOfEachShelf", BOOLEAN, default=False),
        Argument("queryChanges", "oneOfEachShelf", BOOLEAN, default=False),
        Argument("query", "tallestFirst", BOOLEAN, default=False),
        Argument("queryChanges", "tallestFirst", BOOLEAN, default=False),
        Argument("get", "language", STRING, default="en"),
    ),
    pattern=Pattern(lambda name: name.startswith("taste:"), _taste),
    group=key(Cake.shelf),
    collapse="oneOfEachShelf",
    arrange=_tallest_first,
    arrangements=("tallestFirst",),
)

OVEN = DataType(
    record=Oven,
    rfc="ours",
    capability="urn:example:cakes",
    prefix="o",
    methods=(GET, SET),
    rules=(ovens_do_not_burn,),
    is_singleton=True,
)

REGISTRY = Registry((INGREDIENT, CAKE, OVEN))
