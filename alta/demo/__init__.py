"""The demo: a company that was made up, and the whole story played through the public interfaces."""
