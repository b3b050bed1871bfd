"""What servers say to each other, and what is not taken for it."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pillarbox.store import Notice
from pillarbox.store.hub import Garbled
from pillarbox.store.postgres.parcel import MOST, Kind, Parcel, node_name, parcels
from pillarbox.wire.values import State

NODE = "0123456789abcdef"
STATES = st.dictionaries(
    st.text("abcXYZ", min_size=1, max_size=20), st.from_regex(r"[a-z]{8}-[0-9]{1,9}", fullmatch=True).map(State)
)
NOTICES = st.lists(st.builds(Notice, st.integers(0, 2**63 - 1), STATES), max_size=20)


@given(NOTICES, st.sampled_from(Kind))
def test_what_is_said_is_read(notices: list[Notice], kind: Kind) -> None:
    parcel = Parcel(NODE, kind, tuple(notices))
    assert Parcel.read(parcel.text()) == parcel


def test_many_notices_fill_several_parcels_and_none_is_lost() -> None:
    """PostgreSQL's manual, NOTIFY: a payload is shorter than 8000 bytes."""
    notices = [Notice(at, {"Email": State(f"bcdfghjk-{at}"), "Mailbox": State("bcdfghjk-1")}) for at in range(1000)]
    packed = list(parcels(NODE, notices))
    assert [one for parcel in packed for one in parcel.notices] == notices
    assert all(len(parcel.text().encode()) <= MOST for parcel in packed)
    assert len(packed) < 20


def test_a_notice_of_very_many_types_is_told_in_parts() -> None:
    states = {f"Type{at}": State(f"bcdfghjk-{at}") for at in range(1000)}
    packed = list(parcels(NODE, [Notice(7, states)]))
    assert all(len(parcel.text().encode()) <= MOST for parcel in packed)
    heard: dict[str, State] = {}
    for parcel in packed:
        for notice in parcel.notices:
            assert notice.account == 7
            heard.update(notice.states)
    assert heard == states


def test_nothing_to_say_is_no_parcel() -> None:
    assert list(parcels(NODE, [])) == []


@given(st.text(max_size=100))
@example("")
@example(NODE)
@example(f"{NODE} end\n")
@example(f"{NODE} news\npublish * {{}}\n")
@example(f"{NODE} news\nlisten 1\n")
@example(f"{NODE} news\nreread *\n")
@example(f'{NODE} news\npublish 1 {{"Email":1}}\n')
def test_whatever_else_comes_is_garbled(text: str) -> None:
    with pytest.raises(Garbled):
        Parcel.read(text)


def test_nodes_have_different_names() -> None:
    assert node_name() != node_name()
