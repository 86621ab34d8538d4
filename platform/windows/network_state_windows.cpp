#include "platform/network_state.h"

#include <string>

#include "platform/windows/system.h"

// After windows.h, whose types they use, in this order.
// clang-format off
#include <ws2ipdef.h>
#include <iphlpapi.h>
#include <netioapi.h>
#include <netlistmgr.h>
// clang-format on
#undef interface  // a macro of COM's

namespace fieldsync::platform {
namespace {

/// The name people see of the interface that leads to addresses beyond this network.
std::string way_out() {
  // Any address of the internet serves; nothing is sent to it.
  constexpr IPAddr kSomewhere = 0x08080808;
  DWORD index = 0;
  NET_LUID luid{};
  if (::GetBestInterface(kSomewhere, &index) != NO_ERROR ||
      ::ConvertInterfaceIndexToLuid(index, &luid) != NO_ERROR) {
    return {};
  }
  wchar_t name[IF_MAX_STRING_SIZE + 1] = {};
  if (::ConvertInterfaceLuidToAlias(&luid, name, IF_MAX_STRING_SIZE + 1) != NO_ERROR) return {};
  return windows::to_utf8(name);
}

NetworkState::Cost cost_of(DWORD told) {
  if ((told & NLM_CONNECTION_COST_ROAMING) != 0) return NetworkState::Cost::roaming;
  constexpr DWORD kMetered =
      NLM_CONNECTION_COST_FIXED | NLM_CONNECTION_COST_VARIABLE | NLM_CONNECTION_COST_OVERDATALIMIT;
  if ((told & kMetered) != 0) return NetworkState::Cost::metered;
  if ((told & NLM_CONNECTION_COST_UNRESTRICTED) != 0) return NetworkState::Cost::unmetered;
  return NetworkState::Cost::unknown;
}

/// What the system's list of networks says of the way out.
NetworkState::Cost told_cost() {
  const HRESULT begun = ::CoInitializeEx(nullptr, COINIT_MULTITHREADED);
  NetworkState::Cost cost = NetworkState::Cost::unknown;
  INetworkCostManager* manager = nullptr;
  if (SUCCEEDED(::CoCreateInstance(CLSID_NetworkListManager, nullptr, CLSCTX_ALL,
                                   IID_INetworkCostManager, reinterpret_cast<void**>(&manager)))) {
    DWORD told = NLM_CONNECTION_COST_UNKNOWN;
    if (SUCCEEDED(manager->GetCost(&told, nullptr))) cost = cost_of(told);
    manager->Release();
  }
  if (SUCCEEDED(begun)) ::CoUninitialize();
  return cost;
}

}  // namespace

NetworkState current_network() {
  NetworkState state;
  state.interface = way_out();
  if (!state.interface.empty()) state.cost = told_cost();
  return state;
}

}  // namespace fieldsync::platform
