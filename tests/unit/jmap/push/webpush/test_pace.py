"""When a push subscription is tried again (RFC 8620 section 7.2)."""

from pillarbox.jmap.push.webpush.pace import Pace, Pacing


def pace(throttle: float = 1.0, interval: float = 60.0, attempts: int = 3) -> Pace:
    return Pace(Pacing(throttle, interval, attempts))


def test_the_first_push_goes_out_at_once() -> None:
    """RFC 8620 section 7.2.2: the verification is pushed immediately."""
    assert pace().ready <= 0


def test_between_two_pushes_there_is_some_time() -> None:
    """Ours: jmap.push.throttle."""
    one = pace(throttle=5.0)
    one.succeeded(100.0)

    assert one.ready == 105.0


def test_each_failure_doubles_the_wait() -> None:
    """Ours: jmap.push.attempts.interval, up to an hour."""
    one = pace(interval=60.0)
    waits = []
    for _ in range(10):
        one.failed(0.0, None)
        waits.append(one.ready)

    assert waits == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600]


def test_a_success_ends_the_row_of_failures() -> None:
    """Ours."""
    one = pace(interval=60.0)
    one.failed(0.0, None)
    one.failed(0.0, None)
    one.succeeded(0.0)
    one.failed(0.0, None)

    assert one.ready == 60.0


def test_after_so_many_attempts_it_waits_for_more_to_tell() -> None:
    """Ours: jmap.push.attempts.max."""
    one = pace(attempts=3)

    assert [one.failed(0.0, None) for _ in range(6)] == [False, False, True, False, False, True]


def test_failures_without_end_have_a_time() -> None:
    """Ours: no number grows beyond what a clock has."""
    one = pace()
    for _ in range(5000):
        one.failed(0.0, None)

    assert one.ready == 3600.0


def test_who_says_when_is_not_asked_before() -> None:
    """RFC 9110 section 10.2.3: Retry-After; a day is as long as anybody is believed."""
    one = pace(interval=60.0)
    one.failed(0.0, 500.0)
    assert one.ready == 500.0
    one.failed(0.0, 10.0)
    assert one.ready == 120.0
    one.failed(0.0, 1e12)
    assert one.ready == 86_400.0


def test_too_many_requests_make_them_less_frequent() -> None:
    """RFC 8620 section 7.2: a 429 must reduce the frequency of pushes; also of those that come after a success."""
    one = pace(throttle=1.0)
    one.slowed(0.0, None)
    assert one.ready == 2.0
    one.slowed(0.0, None)
    assert one.ready == 4.0
    one.succeeded(100.0)

    assert one.ready > 102.0


def test_too_many_requests_are_less_frequent_without_a_throttle_too() -> None:
    """RFC 8620 section 7.2."""
    one = pace(throttle=0.0)
    one.slowed(0.0, None)

    assert one.ready == 1.0


def test_after_many_successes_it_is_as_it_was() -> None:
    """Ours."""
    one = pace(throttle=1.0)
    one.slowed(0.0, 30.0)
    assert one.ready == 30.0
    for _ in range(200):
        one.succeeded(0.0)

    assert round(one.ready, 3) == 1.0
