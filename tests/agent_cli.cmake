# Tests of the command line, the config and the local API.
fs_add_test(agent_cli_tests
  SOURCES
    unit/agent_api_content_type_test.cpp
    unit/agent_api_wire_test.cpp
    unit/agent_cli_arguments_test.cpp
    unit/agent_cli_commands_test.cpp
    unit/agent_cli_decisions_test.cpp
    unit/agent_cli_output_test.cpp
    unit/agent_cli_photos_test.cpp
    $<$<NOT:$<BOOL:${WIN32}>>:unit/agent_cli_placeholder_test.cpp>
    unit/agent_cli_plan_test.cpp
    unit/agent_cli_service_test.cpp
    unit/agent_cli_session_test.cpp
    unit/agent_config_test.cpp
  LIBRARIES fs_agent_cli
  LABELS unit)
target_compile_definitions(agent_cli_tests PRIVATE FIELDSYNC_SOURCE_ROOT="${CMAKE_SOURCE_DIR}")

fs_add_test(agent_api_tests
  SOURCES
    unit/agent_api_local_api_test.cpp
  LIBRARIES fs_agent_cli
  LABELS unit threads)
