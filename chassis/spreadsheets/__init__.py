"""Lists that are taken away as spreadsheets: written in a worker process, from rows that were read before.

`kinds` says what a cell can be, `writing` is the worker's side.
"""
