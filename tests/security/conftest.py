from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items):
    for item in items:
        if "security" in item.path.parts and item.get_closest_marker("quick") is None:
            item.add_marker(pytest.mark.slow)
