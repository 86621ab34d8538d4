#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace fieldsync::tests {

/// A file system in memory, mounted through FUSE, that forgets at a power cut what was not synced:
/// content of a file until the file is synced, and names in a folder until that folder is. What
/// programs see until then is theirs as on any other file system. Any thread.
///
/// Names are forgotten folder by folder, which is stricter than a journal: a rename from one folder
/// into another may be kept in one of them only.
class PowerDisk {
 public:
  /// Mounted on the folder, which is made; nullptr, and why in `reason`, when this machine or this
  /// build cannot.
  static std::unique_ptr<PowerDisk> mount(const std::string& folder, std::string& reason);
  virtual ~PowerDisk() = default;

  /// The power goes after so many further changes (writes, syncs, names), and from then on
  /// everything fails; 0: with the next.
  virtual void cut_after(std::int64_t changes) = 0;
  virtual bool is_cut() const = 0;
  /// What a cut leaves of content that was not synced.
  enum class Unsynced {
    lost,
    torn,  ///< some pages of 4096 bytes are there, some are not, by the seed
  };
  /// Cuts unless that happened, and mounts what is left. Nobody may have a file of it open any
  /// more. False when it could not be mounted again.
  virtual bool restore(Unsynced unsynced, std::uint64_t seed) = 0;
  /// Files and folders whose content or name was forgotten so far.
  virtual std::int64_t forgotten() const = 0;
};

}  // namespace fieldsync::tests
