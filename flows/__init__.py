"""Thin Prefect flows, one a file; Prefect is imported nowhere else."""
