# Tests of adapters.
