# Tests of sandbox.
fs_add_test(sandbox_tests
  SOURCES
    unit/sandbox_http_test.cpp
    unit/sandbox_oauth_test.cpp
    unit/sandbox_rates_test.cpp
    unit/sandbox_records_test.cpp
    unit/sandbox_rfi_test.cpp
    unit/sandbox_upload_test.cpp
    unit/sandbox_world_test.cpp
  LIBRARIES fs_sandbox
  LABELS unit threads)
