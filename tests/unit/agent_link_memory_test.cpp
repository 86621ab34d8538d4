#include "agent/sync/link/link_memory.h"

#include <doctest/doctest.h>

#include "agent/sync/link/tuning.h"

// What is learnt of one network says nothing of another.
using namespace fieldsync;
using base::Millis;
using sync::LinkMemory;

namespace {

constexpr base::ByteCount kMega = 1'000'000;

void learn(LinkMemory& links, Millis round_trip, double bytes_per_second) {
  links.here().answered(round_trip);
  links.here().sent(kMega, Millis{static_cast<std::int64_t>(kMega / bytes_per_second * 1e3)});
}

}  // namespace

TEST_CASE("each network keeps what was learnt of it, also over a restart") {
  LinkMemory links;
  links.network_is("wlan0");
  learn(links, Millis{20}, 2e6);
  links.network_is("wwan0");
  CHECK(links.here().rate() == 0);
  learn(links, Millis{300}, 50e3);
  links.network_is("");  // no way out for a moment
  CHECK(links.here().round_trip() == Millis{300});

  for (LinkMemory known : {links, LinkMemory::from_text(links.to_text())}) {
    CHECK(known.here().rate() == doctest::Approx(50e3));
    known.network_is("wlan0");
    CHECK(known.here().rate() == doctest::Approx(2e6));
    CHECK(known.here().round_trip() == Millis{20});
    known.network_is("wwan0");
    CHECK(known.here().rate() == doctest::Approx(50e3));
  }
}

TEST_CASE("what was learnt before a network was named belongs to the first one that is") {
  // The line of earlier versions, which knew one way only.
  LinkMemory links = LinkMemory::from_text("80 250000 30 2");
  CHECK(links.here().rate() == doctest::Approx(250e3));
  links.network_is("eth0");
  CHECK(links.here().rate() == doctest::Approx(250e3));
  links.network_is("wwan0");
  CHECK(links.here().rate() == 0);
}

TEST_CASE("so many networks are known, and the one left longest ago is forgotten") {
  LinkMemory links;
  for (std::size_t i = 0; i <= sync::tuning::kNetworksKnown; ++i) {
    links.network_is("usb" + std::to_string(i));
    learn(links, Millis{100}, 1e6);
  }
  LinkMemory again = LinkMemory::from_text(links.to_text() + links.to_text());
  CHECK(again.to_text() == links.to_text());
  again.network_is("usb1");
  CHECK(again.here().rate() > 0);
  links.network_is("usb0");
  CHECK(links.here().rate() == 0);
}

TEST_CASE("a memory of networks that is none is not believed, and names may have spaces") {
  for (const char* text :
       {"", "\n\n", "x y z", "wlan0 1 2 3", "-1 1 1 1 wlan0", "80 nan 1 1 wlan0"}) {
    CAPTURE(text);
    CHECK(LinkMemory::from_text(text).here().part_size() == 0);
  }
  LinkMemory links;
  links.network_is("Local Area Connection 2");
  learn(links, Millis{40}, 1e6);
  LinkMemory again = LinkMemory::from_text("rubbish\n" + links.to_text());
  again.network_is("wlan0");
  again.network_is("Local Area Connection 2");
  CHECK(again.here().round_trip() == Millis{40});
}
