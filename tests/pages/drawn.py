"""What the charts of a page show, as the browser is told."""

from __future__ import annotations

import json
from typing import Any

from streamlit.testing.v1 import AppTest


def charts(app: AppTest) -> list[dict[str, Any]]:
    """Everything that is sent of each chart: its figure, its name, what can be done to it."""
    sent = [part.proto for part in app.get("bidi_component") if part.proto.component_name == "chart"]
    return [json.loads(json.loads(one.json)) for one in sent]


def figures(app: AppTest) -> list[dict[str, Any]]:
    """The figures of a page, from top to bottom."""
    return [chart["figure"] for chart in charts(app)]
