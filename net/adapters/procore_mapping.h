#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "net/adapters/procore_errors.h"
#include "net/adapters/procore_site.h"
#include "net/remote_service.h"

/// How one kind of record maps to Procore. A kind that people cannot write overrides only the
/// reading half. Mappings have no state; any thread.
namespace fieldsync::net::procore {

/// reference: only listed by the full sweeps (albums, areas, sets, disciplines).
enum class Role { main, reference };

class KindMapping {
 public:
  virtual ~KindMapping() = default;
  virtual std::string_view kind() const = 0;
  virtual std::string_view tool() const = 0;
  virtual std::string_view label() const = 0;  ///< "RFI", in failures
  virtual Role role() const { return Role::main; }
  virtual bool needs_show() const { return false; }

  virtual int page_size(const Site& site, Sweep sweep) const;
  virtual HttpRequest list(const Site& site, const ListQuery& query) const = 0;
  virtual HttpRequest show(const Site& site, const ProjectId& project,
                           const ServiceId& id) const = 0;
  virtual base::Result<RemoteRecord> read(const base::Value& record, Extent extent) const = 0;

  virtual bool can_push(Action) const { return false; }
  virtual std::vector<std::string> withheld(const Site&, kinds::Level) const { return {}; }
  virtual HttpRequest push(const Site& site, const PushOp& op) const;
  /// What of `op` the record does not show.
  virtual std::vector<std::string> missing(const Site& site, const PushOp& op,
                                           const RemoteRecord& record) const;

  virtual HttpRequest look_up(const Site& site, const LookUp& look) const;
  /// A record of a look-up's answer, and whether it could be the outcome.
  virtual base::Result<RemoteRecord> read_candidate(const LookUp& look,
                                                    const base::Value& record) const;
  virtual bool could_be(const LookUp& look, const RemoteRecord& candidate) const;
};

/// The mapping of a kind, or nullptr.
const KindMapping* find_mapping(const KindId& kind);
/// All mappings, main kinds of a tool after its reference kinds.
const std::vector<const KindMapping*>& all_mappings();

// One each in procore_rfi.cpp, procore_drawing.cpp, procore_photo.cpp and procore_note.cpp.
const KindMapping& rfi_mapping();
const KindMapping& drawing_mapping();
const KindMapping& drawing_area_mapping();
const KindMapping& drawing_discipline_mapping();
const KindMapping& drawing_set_mapping();
const KindMapping& photo_mapping();
const KindMapping& album_mapping();
const KindMapping& note_mapping();

}  // namespace fieldsync::net::procore
