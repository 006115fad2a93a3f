"""The command line for operators: bring Alta up, look after it, and show it."""
