"""The least that Flask answers, served as the gateway is: what a page can't be faster than."""

from __future__ import annotations

from flask import Flask

app = Flask(__name__)


@app.get("/")
def hello() -> str:
    return "hello"
