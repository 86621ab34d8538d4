find_package(SQLite3 REQUIRED)
fs_add_test(storage_tests
  SOURCES
    unit/storage_blob_store_test.cpp
    unit/storage_codec_test.cpp
    unit/storage_database_test.cpp
    unit/storage_mirror_store_test.cpp
    unit/storage_salvage_test.cpp
    unit/storage_work_store_test.cpp
    support/fault_vfs.cpp
  LIBRARIES fs_storage SQLite::SQLite3
  LABELS unit threads)
