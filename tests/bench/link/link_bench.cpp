#include <sched.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <iostream>

#include "tests/bench/figures.h"
#include "tests/bench/link/peers.h"
#include "tests/bench/link/reconnect.h"
#include "tests/bench/link/upload.h"

/// fieldsync-link-bench: what the agent, and its peers where they are installed, make of bad links.
/// Started by tests/bench/link/run.sh, in a process namespace of its own: nothing outlives it.
namespace fieldsync::bench::link {
namespace {

/// Procore's smallest segment (facts/procore-api.md 7.1): a cut may cost a part.
constexpr base::ByteCount kSmallestPart = 5 * 1'024 * 1'024;
/// Heads of requests and small records beside the files.
constexpr double kHeads = 128.0 * 1'024;
constexpr std::size_t kGapsTold = 6;
constexpr double kMega = 1e6;

struct Arguments {
  std::vector<std::string> profiles;
  std::string congestion, keep_traces;
  double scale = 1, queue_ms = 500;
  bool without_peers = false;
  std::string link_program;
};

std::string text(const char* form, auto... values) {
  char line[200];
  std::snprintf(line, sizeof line, form, values...);
  return line;
}

void told(const std::string& line) { std::cout << line << std::endl; }

Figure held(const std::string& name, double value, const std::string& unit, double limit,
            const std::string& detail) {
  return {name, value, unit, limit > 0 ? Aim::ratio_at_most : Aim::none, limit, detail};
}

/// `breaks`: how often the link or a kill ended something; each may cost `part` bytes.
struct Loss {
  int breaks = 0;
  base::ByteCount part = kSmallestPart;
};

void add_upload_figures(const std::string& name, const Profile& profile, const Upload& upload,
                        double over_ideal_max, const Loss& loss) {
  const Seconds ideal = ideal_time(profile, upload.bytes);
  const Seconds took = upload.arrived - upload.began;
  figures().add(held(name + " time over ideal", took / ideal, "x", over_ideal_max,
                     text("%.1f MB in %.1f s, ideal %.1f s, %d cuts",
                          static_cast<double>(upload.bytes) / kMega, took, ideal, upload.cuts)));
  if (upload.delivered > 0) {
    figures().add({name + " read back", upload.delivered - upload.arrived, "s", Aim::none, 0,
                   "from the service's record to the receipt"});
  }
  figures().add(held(name + " sent again", static_cast<double>(upload.again) / kMega, "MB",
                     (static_cast<double>(loss.part * loss.breaks) + kHeads) / kMega,
                     text("at most a part of %.1f MB for each of %d breaks",
                          static_cast<double>(loss.part) / kMega, loss.breaks)));
  figures().add({name + " cpu", 100 * upload.cpu_seconds / took, "%",
                 profile.name == "flaky" ? Aim::ratio_at_most : Aim::none, 10,
                 text("%.2f s of one core", upload.cpu_seconds)});
  figures().add({name + " memory at most", upload.peak_mb, "MB", Aim::none, 0,
                 text("%+.1f MB of its own while it sent", upload.grown_mb)});
}

void tell_gaps(const LinkRig& rig, const Profile& profile, const Upload& upload) {
  for (const std::string& line :
       explain_gaps(rig.timeline(), upload.began, upload.arrived, profile.up_kbit, kGapsTold)) {
    told("  " + line);
  }
}

/// A note captured when half of the upload has crossed.
struct Note {
  Seconds captured = 0, arrived = 0;
};
void look_at_note(LinkRig& rig, double share, std::int64_t before, Note& note) {
  if (share < 0.5 || note.arrived > 0) return;
  if (note.captured == 0) {
    note.captured = monotonic_now();
    need(rig.place().must({"add", "note", "Crane 2 stands still."}));
  }
  const Seconds until = note.captured + 60;
  while (monotonic_now() < until && rig.effects("create", "note") == before) {
    rig.waiting().pause(base::Millis{10});
  }
  note.arrived = monotonic_now();
}

void measure_upload(LinkRig& rig, const Profile& profile) {
  const bool with_note = profile.extra == Profile::Extra::note_in_the_middle;
  Note note;
  const std::int64_t notes = rig.effects("create", "note");
  const Upload upload =
      run_upload(rig, profile, profile.files, profile.files.size(), [&](double share) {
        if (with_note) look_at_note(rig, share, notes, note);
      });
  int breaks = upload.cuts;
  if (profile.reset_after > 0) {
    breaks = static_cast<int>(upload.bytes / profile.reset_after);
  }
  add_upload_figures(profile.name, profile, upload, profile.over_ideal_max, {breaks});
  if (with_note) {
    figures().add(held(profile.name + " note in the middle", note.arrived - note.captured, "s",
                       2 * profile.round_trip + 1,
                       "captured at half of the upload; to the record"));
  }
  tell_gaps(rig, profile, upload);
}

/// A drawing set beside the photo: the round trips before and after the bytes weigh less, and the
/// agent knows the link by then.
void measure_longer(LinkRig& rig, const Profile& profile) {
  const std::vector<base::ByteCount> files = {profile.files.front() * 4};
  const Upload upload = run_upload(rig, profile, files, 1, nullptr);
  add_upload_figures(profile.name + " drawing set", profile, upload, profile.over_ideal_max,
                     {upload.cuts});
  tell_gaps(rig, profile, upload);
}

void measure_kill(LinkRig& rig, const Profile& profile) {
  bool killed = false;
  Seconds away = 0;
  const std::vector<base::ByteCount> files = {profile.files.front() * 4 / 3};
  const Upload upload = run_upload(rig, profile, files, 1, [&](double share) {
    if (killed || share < 0.5) return;
    killed = true;
    away = monotonic_now();
    rig.place().kill_agent();
    need(rig.place().start_agent());
    away = monotonic_now() - away;
  });
  add_upload_figures(profile.name + " killed", profile, upload, 0,
                     {upload.cuts + 1, std::max(rig.largest_part(), kSmallestPart)});
  told(text("  killed at half, running again after %.2f s", away));
  tell_gaps(rig, profile, upload);
}

/// A file whose smallest part is longer than any connection lives: it must be explained.
void measure_too_large(LinkRig& rig, const Profile& profile) {
  const std::vector<base::ByteCount> files = {8'000'000};
  rig.tell("start");
  const auto before = rig.timeline().at(monotonic_now()).stream_up;
  need(rig.place().must({"add", "photo", rig.picture(files.front())}));
  rig.waiting().pause(base::Millis{45'000});
  const auto queue = need(rig.place().must({"queue"}));
  const double sent = static_cast<double>(rig.timeline().at(monotonic_now()).stream_up - before);
  figures().add({profile.name + " too large a file", sent / kMega, "MB", Aim::none, 0,
                 "sent in 45 s for a file whose parts no connection lives for"});
  told("  the queue says: " + queue.out.substr(0, 1'500));
}

void measure(const Profile& profile, const Arguments& arguments) {
  told("== " + profile.name +
       text(": %g up / %g down kbit/s, %g ms round trip", profile.up_kbit, profile.down_kbit,
            profile.round_trip * 1'000));
  LinkRig rig(profile, {arguments.link_program, arguments.congestion, "tiny", arguments.queue_ms});
  const auto keep = [&](const std::string& name) {
    if (arguments.keep_traces.empty()) return;
    std::error_code ignored;
    std::filesystem::copy_file(rig / "trace", arguments.keep_traces + "/" + name + ".trace",
                               std::filesystem::copy_options::overwrite_existing, ignored);
  };
  try {
    rig.begin();
    measure_upload(rig, profile);
    if (profile.extra == Profile::Extra::longer_and_killed) {
      measure_longer(rig, profile);
      measure_kill(rig, profile);
    }
    if (profile.extra == Profile::Extra::too_large_for_the_link) measure_too_large(rig, profile);
  } catch (const Trouble&) {
    keep(profile.name);
    throw;
  }
  keep(profile.name);
  figures().print_new(std::cout);
  if (!arguments.without_peers) measure_peers(rig, profile);
}

void measure_one(const std::string& name, const Arguments& arguments) {
  try {
    if (name == "reconnect") {
      told("== reconnect: 10000 kbit/s, 100 ms round trip; the link comes back");
      measure_reconnect(
          {arguments.link_program, arguments.congestion, "small", arguments.queue_ms});
      return;
    }
    auto profile = find_profile(name);
    if (!profile) throw Trouble("no such profile");
    for (base::ByteCount& size : profile->files) {
      size = static_cast<base::ByteCount>(static_cast<double>(size) * arguments.scale);
    }
    measure(*profile, arguments);
  } catch (const Trouble& trouble) {
    told("  " + name + " could not be measured: " + trouble.what());
    figures().add_failure(name, trouble.what());
  }
  figures().print_new(std::cout);
}

void describe(CLI::App& app, Arguments& arguments) {
  app.add_option("PROFILE", arguments.profiles, "lte-weak, sat, flaky, edge, resets, reconnect");
  app.add_option("--folder", places().folder, "To write to")->required();
  app.add_option("--agent", places().agent, "fieldsync")->required();
  app.add_option("--sandbox", places().sandbox, "fieldsync-sandbox")->required();
  app.add_option("--link", arguments.link_program, "fieldsync-link")->required();
  app.add_option("--scale", arguments.scale, "Sizes of the files, times this");
  app.add_option("--queue-ms", arguments.queue_ms, "What waits before the link at most");
  app.add_option("--congestion", arguments.congestion, "TCP's; else the system's");
  app.add_option("--keep-traces", arguments.keep_traces, "A folder for what crossed");
  app.add_flag("--without-peers", arguments.without_peers, "The agent only");
}

}  // namespace
}  // namespace fieldsync::bench::link

int main(int argc, char** argv) {
  using namespace fieldsync::bench;
  link::Arguments arguments;
  CLI::App app("Transfers over bad links, each beside its limit.");
  link::describe(app, arguments);
  CLI11_PARSE(app, argc, argv);
  if (arguments.profiles.empty()) {
    arguments.profiles = {"lte-weak", "sat", "flaky", "edge", "resets", "reconnect"};
  }
  for (const std::string& name : arguments.profiles) link::measure_one(name, arguments);
  std::cout << "\n";
  figures().print(std::cout);
  return figures().all_passed() ? 0 : 1;
}
