# The parts of the link rig (tests/bench/link) that decide what its figures mean.
fs_add_test(link_rig_tests
  SOURCES
    bench/link/lane.cpp
    bench/link/profile.cpp
    bench/link/streams.cpp
    unit/link_rig_test.cpp
  LIBRARIES fs_platform
  LABELS unit)
