"""The services behind the gateway, one class each: every method is one command or question."""
