"""The history of the schema. ``pipeline.store.schema`` runs it from the package; no ini file is needed."""
