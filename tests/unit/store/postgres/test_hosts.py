"""What is remembered of several hosts of one database."""

from pillarbox.store.postgres.hosts import History, Host, Hosts

ONE, OTHER = Host("db1", 5432), Host("db2", 5432)


def history(timeline: int, system: str = "7") -> History:
    return History(system, "16384", timeline)


def both() -> Hosts:
    return Hosts("db1,db2", 5432)


def test_the_one_that_took_writes_is_asked_alone_until_it_is_doubted() -> None:
    hosts = both()
    found = [hosts.found]
    hosts.take(OTHER, history(1))
    found.append(hosts.found)
    hosts.doubt()
    found.append(hosts.found)
    assert found == [None, OTHER, None]


def test_it_is_told_when_another_one_has_taken_over() -> None:
    hosts = both()
    hosts.take(ONE, history(1))
    hosts.doubt()
    assert not hosts.take(ONE, history(1))
    hosts.doubt()
    assert hosts.take(OTHER, history(2))


def test_who_was_left_behind_by_a_promotion_is_known_by_its_timeline() -> None:
    """Ours: it may have been started again, and take writes that nobody else will ever see."""
    hosts = both()
    hosts.take(OTHER, history(2))
    assert hosts.is_left_behind(history(1))
    assert not hosts.is_left_behind(history(2))
    assert not hosts.is_left_behind(history(3))


def test_one_of_another_cluster_and_one_that_tells_nothing_are_left_behind_by_nobody() -> None:
    hosts = both()
    hosts.take(ONE, history(5))
    assert not hosts.is_left_behind(history(1, system="8"))
    assert not hosts.is_left_behind(None)


def test_one_of_another_cluster_is_a_stranger_among_several() -> None:
    """Ours: made anew, and not yet following the others. Where there is but one, it has taken the other's place."""
    several, alone = both(), Hosts("db1", 5432)
    for hosts in (several, alone):
        assert not hosts.is_stranger(history(1, system="8"))
        hosts.take(ONE, history(5))
    assert several.is_stranger(history(5, system="8"))
    assert not several.is_stranger(history(1))
    assert not several.is_stranger(None)
    assert not alone.is_stranger(history(5, system="8"))


def test_who_could_not_be_used_is_asked_last() -> None:
    """A machine that is gone says nothing, and that takes long."""
    hosts = both()
    hosts.take(ONE, history(1))
    hosts.failed(ONE)
    assert hosts.found is None
    assert hosts.order == [OTHER, ONE]
    assert hosts.is_news(history(2))
    assert not hosts.is_news(history(1))
