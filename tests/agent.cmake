# Debian has no sources of it to build for Windows: there the laws are left out.
if(NOT WIN32)
  find_package(rapidcheck CONFIG REQUIRED)
  set(merge_laws unit/agent_merge_laws_test.cpp)
endif()

# Tests of agent/sync, agent/merge and agent/verbs.
add_library(fs_small_world STATIC
  support/direct_transport.cpp
  support/shared_world.cpp
  support/site_machine.cpp
)
target_link_libraries(fs_small_world PUBLIC fs_agent fs_sandbox doctest::doctest)

fs_add_test(agent_tests
  SOURCES
    unit/agent_data_plan_test.cpp
    ${merge_laws}
    unit/agent_merge_test.cpp
    unit/agent_planner_test.cpp
    unit/agent_reconcile_test.cpp
    unit/agent_forecast_test.cpp
    unit/agent_link_memory_test.cpp
    unit/agent_link_model_test.cpp
    unit/agent_retry_test.cpp
    unit/agent_text_merge_test.cpp
  LIBRARIES fs_agent fs_agent_config $<$<BOOL:${merge_laws}>:rapidcheck>
  LABELS unit)

fs_add_test(agent_engine_tests
  SOURCES
    unit/agent_audit_test.cpp
    unit/agent_converge_test.cpp
    unit/agent_engine_test.cpp
    unit/agent_isolation_test.cpp
  LIBRARIES fs_small_world
  LABELS unit)

fs_add_test(agent_budget_tests
  SOURCES
    unit/agent_budget_test.cpp
    unit/agent_deadline_test.cpp
    unit/agent_networks_test.cpp
    unit/agent_send_now_test.cpp
  LIBRARIES fs_small_world
  LABELS unit)

fs_add_test(agent_in_doubt_tests
  SOURCES unit/agent_in_doubt_test.cpp
  LIBRARIES fs_small_world
  LABELS unit)

fs_add_test(agent_link_tests
  SOURCES
    support/cause_test.cpp
    support/cause_world.cpp
    unit/agent_explain_test.cpp
    unit/agent_levels_test.cpp
    unit/agent_link_test.cpp
    unit/agent_link_reach_test.cpp
    unit/agent_resume_test.cpp
    unit/agent_login_test.cpp
    unit/agent_people_test.cpp
  LIBRARIES fs_small_world
  LABELS unit)

fs_add_test(agent_gone_tests
  SOURCES
    support/office.cpp
    unit/agent_gone_test.cpp
  LIBRARIES fs_small_world
  LABELS unit)

fs_add_test(agent_keep_tests
  SOURCES
    support/office.cpp
    unit/agent_keep_test.cpp
    unit/agent_orphans_test.cpp
    unit/agent_vanishing_test.cpp
  LIBRARIES fs_small_world
  LABELS unit)

fs_add_test(agent_files_tests
  SOURCES
    support/office.cpp
    support/pictures.cpp
    unit/agent_disk_room_test.cpp
    unit/agent_download_test.cpp
    unit/agent_pictures_test.cpp
  LIBRARIES fs_small_world JPEG::JPEG
  LABELS unit)
