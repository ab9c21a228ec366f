"""The kinds of rules, one file each: keys, words, mistakes of authors, check, example."""
