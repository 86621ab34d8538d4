#include <cstdint>

#include "platform/posix/network_manager.h"
#include "platform/posix/system_bus.h"
#include "platform/tuning.h"

namespace fieldsync::platform::posix {
namespace {

struct MessageEnd {
  void operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }
};
using Message = std::unique_ptr<sd_bus_message, MessageEnd>;

Message ask_metered(sd_bus* bus) {
  sd_bus_message* made = nullptr;
  const int is_made = sd_bus_message_new_method_call(bus, &made, "org.freedesktop.NetworkManager",
                                                     "/org/freedesktop/NetworkManager",
                                                     "org.freedesktop.DBus.Properties", "Get");
  const Message question(is_made < 0 ? nullptr : made);
  if (!question || sd_bus_message_set_auto_start(question.get(), 0) < 0 ||
      sd_bus_message_append(question.get(), "ss", "org.freedesktop.NetworkManager", "Metered") <
          0) {
    return nullptr;
  }
  const std::chrono::microseconds limit = tuning::kBusAnswerMax;
  sd_bus_message* answer = nullptr;
  const int is_answered =
      sd_bus_call(bus, question.get(), static_cast<std::uint64_t>(limit.count()), nullptr, &answer);
  return Message(is_answered < 0 ? nullptr : answer);
}

}  // namespace

std::optional<NetworkState::Cost> cost_by_network_manager() {
  const Bus bus = open_system_bus();
  const Message answer = bus ? ask_metered(bus.get()) : nullptr;
  std::uint32_t metered = 0;
  if (!answer || sd_bus_message_read(answer.get(), "v", "u", &metered) < 0) return std::nullopt;
  switch (metered) {  // NMMetered: a person's word, or a guess by the kind of connection
    case 1:           // yes
    case 3:           // guess: yes
      return NetworkState::Cost::metered;
    case 2:  // no
    case 4:  // guess: no
      return NetworkState::Cost::unmetered;
    default:
      return std::nullopt;
  }
}

}  // namespace fieldsync::platform::posix
