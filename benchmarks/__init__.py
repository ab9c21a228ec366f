"""What Kabinet costs beside what else could be used, measured in one run."""
