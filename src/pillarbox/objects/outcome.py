"""What is told of the objects of a /set: what became of each, and what of it its client does not know (section 5.3)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pillarbox.objects.call import Call, Seen
from pillarbox.objects.draft import reference
from pillarbox.objects.errors import SetError
from pillarbox.objects.per_user import as_own
from pillarbox.objects.step import Create, Destroy, Step, Update
from pillarbox.objects.write import Write
from pillarbox.wire.values import JSON

__all__ = ["Outcome", "not_sent"]


@dataclass(slots=True)
class Outcome:
    """What became of each object."""

    created: dict[str, JSON] = field(default_factory=dict)
    updated: dict[str, JSON] = field(default_factory=dict)
    destroyed: list[str] = field(default_factory=list)
    not_created: dict[str, SetError] = field(default_factory=dict)
    not_updated: dict[str, SetError] = field(default_factory=dict)
    not_destroyed: dict[str, SetError] = field(default_factory=dict)

    def refuse(self, call: Call[Any], step: Step, error: SetError) -> None:
        """Notes why; under the object's id, as far as its creation id stands for one ("a map of the Foo id")."""
        match step:
            case Create():
                self.not_created[step.key] = error
            case Update():
                self.not_updated[reference(call, step.key) or step.key] = error
            case Destroy():
                self.not_destroyed[reference(call, step.key) or step.key] = error

    def forget_refusals(self) -> None:
        self.not_created, self.not_updated, self.not_destroyed = {}, {}, {}

    def accept(self, step: Step, write: Write[Any]) -> None:
        match step:
            case Create():
                self.created[step.key] = not_sent(write, step.sent)
            case Update():
                self.updated[write.id] = _not_asked(write, step.patch)
            case Destroy():
                self.destroyed.append(write.id)

    def wire(self) -> dict[str, JSON]:
        return {
            "created": self.created or None,
            "updated": self.updated or None,
            "destroyed": self.destroyed or None,
            "notCreated": _wire(self.not_created),
            "notUpdated": _wire(self.not_updated),
            "notDestroyed": _wire(self.not_destroyed),
        }


def not_sent(write: Write[Any], sent: Mapping[str, JSON]) -> dict[str, JSON]:
    """The properties of a new object that its client does not know: the server's, defaults, and changed ones."""
    kind = write.call.kind
    told: dict[str, JSON] = {"id": write.id}
    seen = Seen(write.call, write.number, write.new.document, None)
    document = as_own(write.call, write.new.document)
    for name, prop in kind.properties.items():
        if prop.secret or prop.apart or (kind.create is not None and name not in kind.told_of_create):
            continue
        value = prop.computed(seen) if prop.computed is not None else prop.of(document)
        if name not in sent or sent[name] != value:
            told[name] = value
    return told


def _not_asked(write: Write[Any], patch: Mapping[str, JSON]) -> JSON:
    """The properties that changed in another way than the patch says, or None."""
    told: dict[str, JSON] = {}
    old, new = as_own(write.call, write.old.document), as_own(write.call, write.new.document)
    for name, prop in write.call.kind.properties.items():
        if prop.apart or not prop.stored or prop.secret:
            continue
        value = prop.of(new)
        if name in patch:
            # Null stands for the default, which a client knows.
            if value != (prop.of({}) if patch[name] is None else patch[name]):
                told[name] = value
        elif value != prop.of(old) and not any(path.startswith(f"{name}/") for path in patch):
            told[name] = value
    return told or None


def _wire(errors: Mapping[str, SetError]) -> JSON:
    return {key: error.wire() for key, error in errors.items()} or None
