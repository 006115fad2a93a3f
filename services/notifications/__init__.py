"""Messages to people about what happened: one for each fact and audience, in the company's language."""
