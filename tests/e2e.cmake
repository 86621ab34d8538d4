# End-to-end tests: the programs themselves, real processes on real loopback HTTP.
add_library(fs_e2e_support STATIC support/site.cpp)
target_link_libraries(fs_e2e_support PUBLIC fs_try doctest::doctest)
target_compile_definitions(fs_e2e_support PUBLIC
  FIELDSYNC_PROGRAM="$<TARGET_FILE:fieldsync>"
  FIELDSYNC_SANDBOX_PROGRAM="$<TARGET_FILE:fieldsync-sandbox>")
add_dependencies(fs_e2e_support fieldsync fieldsync-sandbox)

fs_add_test(e2e_tests
  SOURCES
    e2e/bad_answers_test.cpp
    e2e/bad_input_test.cpp
    e2e/calls_test.cpp
    e2e/cli_contract_test.cpp
    e2e/decisions_test.cpp
    e2e/disk_full_test.cpp
    e2e/main_job_test.cpp
    e2e/photos_test.cpp
    e2e/try_test.cpp
  LIBRARIES fs_e2e_support
  LABELS e2e threads)

fs_add_test(e2e_kill_tests
  SOURCES e2e/kill_test.cpp
  LIBRARIES fs_e2e_support
  LABELS e2e threads)

# Power cuts on a file system of the kernel's; without libfuse3 each case says that it was left out.
find_package(PkgConfig REQUIRED)
pkg_check_modules(fuse3 IMPORTED_TARGET fuse3)
if(fuse3_FOUND)
  set(fs_power_disk powercut/disk_tree.cpp powercut/power_disk.cpp)
else()
  set(fs_power_disk powercut/power_disk_none.cpp)
endif()
fs_add_test(power_cut_tests
  SOURCES powercut/power_cut_test.cpp ${fs_power_disk}
  LIBRARIES fs_e2e_support $<$<BOOL:${fuse3_FOUND}>:PkgConfig::fuse3>
  LABELS e2e)
# Left out is not passed.
set_tests_properties(power_cut_tests PROPERTIES SKIP_REGULAR_EXPRESSION "left out: ")

fs_add_test(try_tests
  SOURCES unit/try_score_test.cpp unit/try_storm_plan_test.cpp
  LIBRARIES fs_try
  LABELS unit)

fs_add_test(cause_tests
  SOURCES
    causes/cause_table_test.cpp
    causes/file_causes_test.cpp
    causes/link_causes_test.cpp
    causes/login_causes_test.cpp
    causes/machine_causes_test.cpp
    causes/record_causes_test.cpp
    support/cause_test.cpp
    support/cause_world.cpp
    support/fault_vfs.cpp
  LIBRARIES fs_small_world fs_e2e_support fs_agent_cli SQLite::SQLite3
  LABELS e2e)
target_compile_definitions(cause_tests PRIVATE FIELDSYNC_SOURCE_ROOT="${CMAKE_SOURCE_DIR}")
