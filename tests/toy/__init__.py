"""Types that are not mail, for testing the store and the engine: notes for the one, cakes for the other."""
