"""How each command is called: its name, arguments and options, known without what it does.

A module here has the name of the module of ``pipeline.cli`` that does the work, a function the name of the function.
Nothing but the catalogue is imported here, so that ``kabinet --help`` answers at once.
"""
