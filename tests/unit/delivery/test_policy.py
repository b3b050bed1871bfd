"""The settings of delivery, as one value."""

from pillarbox.delivery import Policy
from pillarbox.settings import snapshot


def test_the_policy_is_what_the_settings_say() -> None:
    settings, problems = snapshot(
        {
            "server.hostname": "mail.ours.example",
            "session.timeout": "1m",
            "session.rcpt.max-recipients": "5",
            "session.rcpt.sub-addressing": "false",
            "session.data.limits.size": "1000",
            "session.data.limits.received-headers": "7",
            "account.quota": "2000",
        }
    )

    assert problems == []
    assert Policy.of(settings) == Policy(
        host="mail.ours.example",
        timeout=60,
        max_recipients=5,
        max_size=1000,
        max_received=7,
        sub_addressing=False,
        quota=2000,
    )
