"""The agenda: who goes where and when, what is wrong with that, and what would be better."""
