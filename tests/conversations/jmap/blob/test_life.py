"""How long a blob stays that nothing refers to (RFC 8620 section 6)."""

from tests.driver import CORE, JMAP, Home, call

from pillarbox.datatypes import REGISTRY
from pillarbox.upkeep import tend


def tended(home: Home, account: JMAP) -> None:
    """The account, after the hourly upkeep."""
    tend(home.store, REGISTRY, account.number, int(home.clock()), None)


def test_an_upload_stays_for_an_hour(home: Home, alice: JMAP) -> None:
    """Section 6: "the server MUST NOT delete it for at least 1 hour from the time of upload"."""
    blob_id = alice.uploads(b"some octets")

    home.clock.now += 3599
    tended(home, alice)
    assert alice.downloads(blob_id).status == 200

    home.clock.now += 2
    tended(home, alice)
    assert alice.downloads(blob_id).status == 404


def test_a_blob_made_of_others_stays_for_an_hour(home: Home, alice: JMAP) -> None:
    """RFC 9404 section 4.1: it lives as long as any other upload."""
    alice.using = [CORE, "urn:ietf:params:jmap:blob"]
    made = alice.asks("Blob/upload", create={"it": {"data": [{"data:asText": "some"}]}})["created"]["it"]["id"]

    home.clock.now += 3599
    tended(home, alice)
    assert alice.downloads(made).status == 200

    home.clock.now += 2
    tended(home, alice)
    assert alice.downloads(made).status == 404


def test_octets_uploaded_again_stay_for_another_hour(home: Home, alice: JMAP) -> None:
    """Section 6: from the time of the last upload."""
    blob_id = alice.uploads(b"some octets")
    home.clock.now += 3000
    assert alice.uploads(b"some octets") == blob_id

    home.clock.now += 3000
    tended(home, alice)

    assert alice.downloads(blob_id).status == 200


def test_a_blob_stays_for_the_request_that_removed_its_last_reference(alice: JMAP) -> None:
    """Section 6: it "MUST NOT be deleted during the method call that removed the last reference"."""
    alice.receives("Subject: kept\n\nbody")
    (email,) = alice.asks("Email/get", ids=None, properties=["blobId", "mailboxIds"])["list"]

    alice.says_all(
        call("Email/set", destroy=[email["id"]]),
        call("Email/import", emails={"k": {"blobId": email["blobId"], "mailboxIds": email["mailboxIds"]}}),
    )

    alice.hears("Email/set", destroyed=[email["id"]])
    assert alice.hears("Email/import", notCreated=None)["created"]["k"]["blobId"] == email["blobId"]
    assert alice.downloads(email["blobId"]).status == 200
