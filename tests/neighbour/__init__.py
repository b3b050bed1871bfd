"""Real programs that stand beside us in tests, started by the tests themselves on loopback."""
