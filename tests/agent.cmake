# Tests of agent/sync and agent/merge.
fs_add_test(agent_tests
  SOURCES
    unit/agent_merge_test.cpp
    unit/agent_planner_test.cpp
    unit/agent_retry_test.cpp
  LIBRARIES fs_agent
  LABELS unit)
