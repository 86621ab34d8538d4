# Tests of storage.
