"""How the house itself fares: problems and what was told of them, what was given up, runs and mail servers."""
