# The simulated world: the whole agent on a simulated machine, and the program that runs it by seed.
execute_process(COMMAND git rev-parse --short HEAD WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
  OUTPUT_VARIABLE fs_commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT fs_commit)
  set(fs_commit "unknown")
endif()

find_package(SQLite3 REQUIRED)
add_library(fs_sim STATIC
  sim/device_host.cpp
  sim/office_texts.cpp
  sim/oracle.cpp
  sim/outbox.cpp
  sim/people.cpp
  sim/plan.cpp
  sim/schedule.cpp
  sim/service_stock.cpp
  sim/shrink.cpp
  sim/sim_disk.cpp
  sim/sim_link.cpp
  sim/sim_vfs.cpp
  sim/sim_world.cpp)
target_link_libraries(fs_sim PUBLIC fs_agent fs_sandbox SQLite::SQLite3)

add_executable(fieldsync-sim sim/last_words.cpp sim/main.cpp)
target_link_libraries(fieldsync-sim PRIVATE fs_sim)
# A world is mostly small allocations: a quick allocator, where there is one, saves a sixth.
find_library(fs_mimalloc mimalloc)
if(fs_mimalloc AND NOT FIELDSYNC_SANITIZE)
  target_link_options(fieldsync-sim PRIVATE "LINKER:--no-as-needed" ${fs_mimalloc})
endif()
set_source_files_properties(sim/main.cpp PROPERTIES
  COMPILE_DEFINITIONS "FIELDSYNC_COMMIT=\"${fs_commit}\"")

fs_add_test(sim_sweep_tests
  SOURCES
    sim/migration_sweep_test.cpp
    sim/sim_disk_test.cpp
    sim/sweep.cpp
    sim/sweeps_test.cpp
  LIBRARIES fs_sim
  LABELS sim)

fs_add_test(sim_fleet_tests
  SOURCES
    sim/fleet.cpp
    sim/fleet_test.cpp
  LIBRARIES fs_agent fs_sandbox
  LABELS sim)

# Ends in a line "N passed, N failed". The ordinary run takes other worlds than the longer ones.
add_test(NAME sim_regressions
  COMMAND fieldsync-sim --regressions ${CMAKE_CURRENT_SOURCE_DIR}/sim/regressions.txt)
add_test(NAME sim_same_seed_same_world COMMAND fieldsync-sim --seeds 50 --twice)
cmake_host_system_information(RESULT fs_cores QUERY NUMBER_OF_LOGICAL_CORES)
add_test(NAME sim_whole_projects
  COMMAND fieldsync-sim --first-seed 1000 --seeds 300 --jobs ${fs_cores})
add_test(NAME sim_worlds
  COMMAND fieldsync-sim --profile brief --first-seed 1000 --seeds 20000 --jobs ${fs_cores})
set_tests_properties(sim_regressions sim_same_seed_same_world sim_whole_projects sim_worlds
  PROPERTIES LABELS sim TIMEOUT 900 RUN_SERIAL ON)
