#pragma once

#include <systemd/sd-bus.h>

#include <memory>

/// The system's message bus, for the files of this folder that ask it something.
namespace fieldsync::platform::posix {

struct BusEnd {
  void operator()(sd_bus* bus) const { sd_bus_flush_close_unref(bus); }
};
using Bus = std::unique_ptr<sd_bus, BusEnd>;

/// nullptr where there is none.
inline Bus open_system_bus() {
  sd_bus* bus = nullptr;
  return Bus(sd_bus_open_system(&bus) < 0 ? nullptr : bus);
}

}  // namespace fieldsync::platform::posix
