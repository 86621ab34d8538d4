set(twin_tests
  unit/platform_network_monitor_test.cpp
  unit/platform_network_state_test.cpp
  unit/platform_posix_files_test.cpp
  unit/platform_process_test.cpp
  unit/platform_service_test.cpp
  unit/platform_socket_test.cpp)
if(WIN32)
  set(twin_tests unit/platform_windows_service_test.cpp unit/platform_windows_test.cpp)
endif()
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
    unit/platform_random_test.cpp
    unit/platform_text_test.cpp
    unit/platform_time_text_test.cpp
    ${twin_tests}
  LIBRARIES fs_platform
  LABELS unit threads)

find_package(PkgConfig QUIET)
if(PkgConfig_FOUND AND NOT WIN32)
  pkg_check_modules(libsystemd QUIET IMPORTED_TARGET libsystemd)
endif()
if(TARGET PkgConfig::libsystemd)
  target_sources(platform_tests PRIVATE unit/platform_network_manager_test.cpp)
  target_link_libraries(platform_tests PRIVATE PkgConfig::libsystemd)
endif()

fs_add_test(image_tests
  SOURCES
    support/pictures.cpp
    unit/platform_image_test.cpp
  LIBRARIES fs_platform JPEG::JPEG
  LABELS unit)

fs_add_test(tidy_tests
  SOURCES
    tidy/call_checks.cpp
    tidy/include_checks.cpp
    tidy/size_checks.cpp
    tidy/source.cpp
    tidy/tidy_test.cpp
  LIBRARIES fs_options
  LABELS tidy)
target_compile_definitions(tidy_tests PRIVATE FIELDSYNC_SOURCE_ROOT="${CMAKE_SOURCE_DIR}")
