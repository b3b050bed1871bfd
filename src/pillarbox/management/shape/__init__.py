"""What values are: checked by it when they come in, and described by it in the OpenAPI document.

Begin with `fault` (what a shape is); `single` has those of values, `compound` those that are made of others. A shape
yields what is wrong with a value, each with the place where it is, so that a caller hears of all at once.
"""

from pillarbox.management.shape.compound import Fields, ListOf, Map, Nullable, OneOf
from pillarbox.management.shape.fault import ABSENT, Fault, Schema, Shape
from pillarbox.management.shape.single import (
    ANYTHING,
    CONFIRMED,
    FLAG,
    INSTANT,
    NULL,
    NUMBER,
    Choice,
    Flag,
    Integer,
    Several,
    Text,
)

__all__ = [
    "ABSENT",
    "ANYTHING",
    "CONFIRMED",
    "FLAG",
    "INSTANT",
    "NULL",
    "NUMBER",
    "Choice",
    "Fault",
    "Fields",
    "Flag",
    "Integer",
    "ListOf",
    "Map",
    "Nullable",
    "OneOf",
    "Schema",
    "Several",
    "Shape",
    "Text",
]
