"""Pages that are lists, all built one way: a declaration says what rows show and what may be done with them.

`declaring` is the vocabulary, `asked` reads an address, `kept` remembers a person's columns and views,
`page` puts it on the screen, `rows` and `cells` write what is in the table; `installations`, `clients`
and `requests` are the lists themselves.
"""
