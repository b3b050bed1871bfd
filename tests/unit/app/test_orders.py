"""Orders are taken as they were given."""

import os

from pillarbox.app.orders import Orders
from pillarbox.settings import catalogue

ORDERS = Orders({"server.hostname": "home.example"}, "/var/lib/x", 1, 2, {"http": [5, 6]}, 7, 8, 9, 10)


def test_orders_are_handed_down_in_memory() -> None:
    descriptor = ORDERS.written()

    assert not os.get_inheritable(descriptor)
    assert Orders.taken(descriptor) == ORDERS


def test_they_have_the_settings_and_all_descriptors() -> None:
    assert ORDERS.settings[catalogue.HOSTNAME] == "home.example"
    assert sorted(ORDERS.descriptors) == [5, 6, 7, 8, 9, 10]
