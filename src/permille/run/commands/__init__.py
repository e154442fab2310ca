"""The programs as modules, for the processes that a sweep starts.

Processes of one training start the module of the first one again, so it has to be named.
"""
