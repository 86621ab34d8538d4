# Tests of net/adapters: pure code, no network.
fs_add_test(adapters_tests
  SOURCES
    unit/adapters_account_test.cpp
    unit/adapters_errors_test.cpp
    unit/adapters_listing_test.cpp
    unit/adapters_proof_test.cpp
    unit/adapters_push_test.cpp
    unit/adapters_read_test.cpp
    unit/adapters_text_test.cpp
    unit/adapters_upload_test.cpp
  LIBRARIES fs_adapters
  LABELS unit)

# The adapter against the Procore double, without sockets.
fs_add_test(adapters_contract_tests
  SOURCES contract/adapters_sandbox_test.cpp
  LIBRARIES fs_adapters fs_sandbox
  LABELS contract)
