fs_add_test(platform_tests
  SOURCES
    contract/file_system_contract.cpp
    contract/file_system_contract_test.cpp
    unit/platform_cause_test.cpp
    unit/platform_event_loop_test.cpp
    unit/platform_files_test.cpp
    unit/platform_json_test.cpp
    unit/platform_kinds_test.cpp
    unit/platform_log_test.cpp
    unit/platform_process_test.cpp
    unit/platform_random_test.cpp
    unit/platform_text_test.cpp
    unit/platform_time_text_test.cpp
  LIBRARIES fs_platform
  LABELS unit)
