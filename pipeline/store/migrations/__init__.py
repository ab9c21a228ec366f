"""The history of the schema. ``upgrading`` runs it from the package; no ini file is needed."""
