# Tests of net.
fs_add_test(net_tests
  SOURCES
    unit/net_curl_transport_test.cpp
    unit/net_download_test.cpp
    unit/net_give_way_test.cpp
    unit/net_http_server_test.cpp
    unit/net_rate_gate_test.cpp
    unit/net_shared_pace_test.cpp
    unit/net_token_source_test.cpp
    $<$<NOT:$<BOOL:${WIN32}>>:unit/net_send_queue_test.cpp>
    $<$<NOT:$<BOOL:${WIN32}>>:unit/net_unix_socket_test.cpp>
    unit/net_values_test.cpp
  LIBRARIES fs_net fs_adapters
  LABELS unit threads)
