"""Domain: a name that accounts here have addresses in (ours)."""

from pillarbox.objects import DataType, Property, Record, equal, prop

__all__ = ["DOMAIN", "Domain"]


class Domain(Record):
    """A domain of ours, its name in lower case and in its ASCII form."""

    name: Property[str] = prop(immutable=True)


DOMAIN = DataType(
    record=Domain,
    rfc="ours",
    capability="urn:pillarbox:params:jmap:admin",
    letter="d",
    methods=(),
    filters=(equal("name", Domain.name),),
)
