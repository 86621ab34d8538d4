# Tests of the command line, the config and the local API.
