"""The pages of the ISP's staff, one module per room of the side bar."""

from __future__ import annotations

import importlib
import pkgutil

from flask import Blueprint

blueprints: tuple[Blueprint, ...] = tuple(
    importlib.import_module(f"{__name__}.{module.name}").blueprint for module in pkgutil.iter_modules(__path__)
)
