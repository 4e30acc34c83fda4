"""The three lines of JSON that FastAPI's documentation begins with."""

from __future__ import annotations

from fastapi import FastAPI

app = FastAPI()


@app.get("/")
async def read_root() -> dict[str, str]:
    """Say hello."""
    return {"Hello": "World"}
