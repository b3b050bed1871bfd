import email.policy
from email import message_from_bytes

import pytest

from pillarbox.sample import COMMON, RARE, VOCABULARY, Sample, expected_share, many


@pytest.fixture(scope="module")
def samples() -> list[Sample]:
    return list(many(2_000, seed=1))


def test_the_same_arguments_give_the_same_octets(samples: list[Sample]) -> None:
    assert samples[:50] == list(many(50, seed=1))
    assert samples[:50] != list(many(50, seed=2))


def test_all_parse_without_defects(samples: list[Sample]) -> None:
    for sample in samples[:400]:
        message = message_from_bytes(sample.raw, policy=email.policy.default)

        assert [part.defects for part in message.walk() if part.defects] == []
        assert [name for name, value in message.items() if value.defects] == []


def test_they_are_threads_of_about_four(samples: list[Sample]) -> None:
    """References name earlier messages only (RFC 5322 section 3.6.4)."""
    seen: set[str] = set()
    threads = 0
    for sample in samples:
        message = message_from_bytes(sample.raw, policy=email.policy.default)
        references = str(message.get("References", "")).split()
        assert set(references) <= seen
        threads += not references
        seen.add(str(message["Message-ID"]))

    assert len(seen) == 2_000
    assert 3.5 < 2_000 / threads < 4.5


def test_one_in_ten_has_an_attachment(samples: list[Sample]) -> None:
    assert 150 < sum(b"Content-Disposition: attachment" in sample.raw for sample in samples) < 250


def test_words_are_as_common_as_their_place_says(samples: list[Sample]) -> None:
    def share(word: str) -> float:
        return sum(f" {word} ".encode() in sample.raw.replace(b"\r\n", b" ") for sample in samples) / 2_000

    assert share(VOCABULARY[0]) == 1
    assert share(COMMON) == pytest.approx(expected_share(COMMON), rel=0.15)
    assert 0 < share(RARE) < 0.01
    assert expected_share(COMMON) == pytest.approx(0.25, abs=0.01)
    assert expected_share(RARE) == pytest.approx(1 / 700, rel=0.05)


def test_no_word_stands_twice_in_the_vocabulary() -> None:
    assert len(set(VOCABULARY)) == len(VOCABULARY) == 20_000
