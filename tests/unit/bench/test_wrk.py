"""What the benchmark reads of wrk's output."""

import pytest
from bench.figure import Wrong
from bench.wrk import told

GOOD = (
    'told {"requests":4000,"microseconds":2000000,"octets":88000000,"p50":1500,"p99":9250,"connect":0,"read":0,'
    '"write":0,"status":0,"timeout":0,"wrong":0}'
)
OUTPUT = """Running 2s test @ http://127.0.0.1:8080/
  1 threads and 8 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.51ms    0.61ms  12.11ms   91.00%
Requests/sec:   2000.11
Transfer/sec:     41.96MB
{0}
"""


def test_answers_seconds_and_latencies_are_read() -> None:
    """Ours: seconds and milliseconds, from wrk's microseconds."""
    sent = told(OUTPUT.format(GOOD), 0.75)

    assert (sent.requests, sent.seconds, sent.octets, sent.cpu) == (4000, 2.0, 88_000_000, 0.75)
    assert (sent.p50, sent.p99) == (1.5, 9.25)


@pytest.mark.parametrize("failure", ["connect", "read", "write", "status", "timeout", "wrong"])
def test_one_failure_is_enough_for_no_figure(failure: str) -> None:
    """Ours: what is measured is right answers."""
    with pytest.raises(Wrong, match=f"{failure}': 1"):
        told(OUTPUT.format(GOOD.replace(f'"{failure}":0', f'"{failure}":1')), 0.0)


def test_where_the_body_is_looked_at_the_status_is_not() -> None:
    """Ours: a refusal is measured, too."""
    output = OUTPUT.format(GOOD.replace('"status":0', '"status":4000'))

    assert told(output, 0.0, must='"status":404').requests == 4000


def test_a_wrong_answer_is_told() -> None:
    """Ours."""
    output = OUTPUT.format(GOOD.replace('"wrong":0', '"wrong":2') + '\nsaid {"type":"overQuota"}')

    with pytest.raises(Wrong, match="overQuota"):
        told(output, 0.0)


def test_no_answer_at_all_is_no_figure() -> None:
    """Ours."""
    with pytest.raises(Wrong, match="no request was answered"):
        told(OUTPUT.format(GOOD.replace("4000", "0")), 0.0)


def test_output_without_the_scripts_line_is_told_as_it_is() -> None:
    """Ours."""
    with pytest.raises(Wrong, match="unable to connect"):
        told("unable to connect to 127.0.0.1:8080 Connection refused\n", 0.0)
