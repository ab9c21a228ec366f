"""A small page beside Prefect's UI for what Prefect cannot do: handing in files, looking at letters, fetching files.

An adapter like the command line: each page reads what was sent, calls the steps, and draws what they return. What is
started for many people is handed over to the deployments of Prefect.
"""
