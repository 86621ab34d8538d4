# Tests of net.
fs_add_test(net_tests
  SOURCES
    unit/net_curl_transport_test.cpp
    unit/net_http_server_test.cpp
  LIBRARIES fs_net
  LABELS unit)
