"""Tables for the tests of the pages, as a person would upload them."""

from __future__ import annotations

import numpy as np
import pandas as pd

HOSTILE = (
    "![i](http://127.0.0.1:9/x.png)",
    "$x$",
    ":red[x]",
    "<b>b</b>",
    "[a](http://x.example)",
    "#h",
    "a_b*c*",
    "=1+1",
)


def search(n: int = 400, metric: str = "val_accuracy", seed: int = 0) -> pd.DataFrame:
    """`lr` decides alone, `dropout` and `batch_size` do nothing; `momentum` is inactive unless sgd."""
    rng = np.random.default_rng(seed)
    lr = 10 ** rng.uniform(-5, -1, n)
    optimizer = rng.choice(["adam", "sgd"], n)
    frame = pd.DataFrame(
        {
            "lr": lr,
            "optimizer": optimizer,
            "momentum": np.where(optimizer == "sgd", rng.uniform(0, 1, n), np.nan),
            "dropout": rng.uniform(0, 0.5, n),
            "batch_size": rng.choice([16, 32, 64], n),
        }
    )
    frame[metric] = 0.9 - 0.1 * (np.log10(lr) + 3) ** 2 + rng.normal(0, 0.02, n)
    return frame


def hostile(n: int = 300) -> pd.DataFrame:
    """Names that Markdown, LaTeX, HTML or a spreadsheet would interpret; the first decides."""
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({name: rng.uniform(0, 1, n) for name in HOSTILE})
    frame["accuracy"] = frame[HOSTILE[0]] + rng.normal(0, 0.1, n)
    return frame


def as_upload(frame: pd.DataFrame, name: str = "search.csv") -> tuple[str, bytes, str]:
    """Name, content and type of a CSV file."""
    return name, frame.to_csv(index=False).encode(), "text/csv"


def drop(app, *uploads):
    """Drop files, as `as_upload` gives them, where the page takes them; return the app, drawn anew."""
    place = next(place for place in app.file_uploader if place.key.startswith("upload-"))
    return place.set_value(list(uploads)).run()
