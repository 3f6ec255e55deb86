"""crfner inside other people's pipelines: spaCy, scikit-learn, pandas and polars, displaCy, notebooks.

Each module is for one of them and imports it only when it is used; none of these packages is needed for the others.

Public names: `entities`, `entity_table` (columns of texts), `to_displacy`, `Documents`, `EntityCounts` (steps of a
scikit-learn `Pipeline`). spaCy finds its component, "crfner", by itself, and notebooks find how to show things.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crfner.lazy import lazily

if TYPE_CHECKING:
    from crfner.integrations.displacy import to_displacy
    from crfner.integrations.frames import entities, entity_table
    from crfner.integrations.sklearn import Documents, EntityCounts

__all__ = ["Documents", "EntityCounts", "entities", "entity_table", "to_displacy"]

_HOME = {
    "Documents": "sklearn",
    "EntityCounts": "sklearn",
    "entities": "frames",
    "entity_table": "frames",
    "to_displacy": "displacy",
}

__getattr__ = lazily(__name__, _HOME)
