"""Who writes: friends, colleagues and strangers, none of whom exists."""

from dataclasses import dataclass

__all__ = ["ARABIC", "FAMILY", "FRIENDS", "GERMAN", "GREEK", "JAPANESE", "NEIGHBOURS", "WORKSHOP", "Person"]


@dataclass(frozen=True, slots=True)
class Person:
    """A name and an address; `given` is what friends call them."""

    name: str
    address: str

    @property
    def given(self) -> str:
        return self.name.split()[0]


NEIGHBOURS = (
    Person("Maren Okafor", "maren@lindenhof.example"),
    Person("Tomasz Wilk", "tomasz.wilk@lindenhof.example"),
    Person("Priya Raman", "priya@northgate.example"),
    Person("Eleanor Finch", "eleanor@finch.example"),
    Person("Joaquín Ibáñez", "joaquin@ibanez.example"),
)

WORKSHOP = (
    Person("Dana Petrov", "dana@kestrel-cycles.example"),
    Person("Rhys Morgan", "rhys@kestrel-cycles.example"),
    Person("Amara Diallo", "amara@kestrel-cycles.example"),
    Person("Søren Lund", "soren@kestrel-cycles.example"),
)

FAMILY = (
    Person("Mum", "rosalind@oldmill.example"),
    Person("Bertie Hollis", "bertie@oldmill.example"),
    Person("Fern", "fern@fern-and-fox.example"),
    Person("Théo", "theo@petit-quai.example"),
)

FRIENDS = (
    Person("Isla Brandt", "isla@brandt.example"),
    Person("Kofi Mensah", "kofi@mensah.example"),
    Person("Noor Haddad", "noor@haddad.example"),
    Person("Lucía Serrano", "lucia@serrano.example"),
)

GERMAN = (
    Person("Jürgen Weiß", "juergen@buecherstube.example"),
    Person("Käthe Möller", "kaethe.moeller@nordlicht.example"),
    Person("Anneliese Groß", "anneliese@nordlicht.example"),
)

JAPANESE = (
    Person("佐藤 花子", "hanako@sakura-travel.example"),
    Person("田中 健", "ken@tanaka.example"),
)

ARABIC = (
    Person("ليلى منصور", "layla@zaytuna.example"),
    Person("يوسف الحداد", "yusuf@zaytuna.example"),
)

GREEK = (
    Person("Ελένη Παπαδάκη", "eleni@thalassa.example"),
    Person("Νίκος Δημητρίου", "nikos@thalassa.example"),
)
