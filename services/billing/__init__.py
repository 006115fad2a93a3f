"""Who owes what: owns articles, subscriptions, invoices and payments.

Opens a subscription when an installation becomes a client and invoices what the installation cost;
staff invoices articles and registers payments. Money is integer minor units in the company's currency.
"""
