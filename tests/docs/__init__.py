"""What there is is documented, what is documented is there, and what is shown runs."""
