find_package(SQLite3 REQUIRED)
fs_add_test(storage_tests
  SOURCES
    unit/storage_database_test.cpp
    support/fault_vfs.cpp
  LIBRARIES fs_storage SQLite::SQLite3
  LABELS unit)
