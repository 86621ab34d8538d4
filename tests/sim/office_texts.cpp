#include <algorithm>
#include <map>

#include "tests/sim/sim_world.h"
#include "tests/sim/tuning.h"

/// Whether merges keep what the office wrote. Says nothing when in doubt: an edit made after the
/// office wrote may stand on what it wrote, and one that left at that time could not know.
namespace fieldsync::sim {

using base::Document;
using base::Value;

namespace {

std::string name_at_service(const Promise& edit) {
  return edit.field == "question" ? "question_body" : edit.field;
}

/// Service ids of a device's RFIs by their ids there.
std::map<std::string, std::string> service_ids(SimWorld& world, Device& device) {
  std::map<std::string, std::string> ids;
  const auto shown = world.call(device, "list", {{"kind", "rfi"}});
  if (!shown) return ids;
  for (const Value& entry : *shown->find("records")->as_list()) {
    const Document& record = *entry.as_document();
    ids[record.text("id")] = record.text("service_id");
  }
  return ids;
}

bool is_about(const Promise& edit, const OfficeText& one) {
  return edit.what == Promise::What::edit && name_at_service(edit) == one.field;
}

bool may_be_edited_since(SimWorld& world, const OfficeText& one) {
  return std::any_of(world.book().begin(), world.book().end(), [&](const Promise& edit) {
    if (!is_about(edit, one) || edit.at < one.at) return false;
    Device& device = *world.devices()[static_cast<std::size_t>(edit.device)];
    const std::string id = service_ids(world, device)[edit.item];
    return id.empty() || id == std::to_string(one.record);
  });
}

/// Some request with the text left before the office's could be known.
bool left_unknowing(SimWorld& world, const Promise& edit, const OfficeText& one) {
  const auto& left = world.edits_left();
  return std::any_of(left.begin(), left.end(), [&](const SimWorld::Leaving& request) {
    return request.at <= one.at + tuning::kUnseenMax &&
           request.body.find(edit.text) != std::string::npos;
  });
}

std::string text_at_service(SimWorld& world, const OfficeText& one) {
  for (const Value& entry : world.records("rfi")) {
    const Document& record = *entry.as_document();
    if (record.integer("id") != one.record) continue;
    return record.find("fields")->as_document()->text(one.field);
  }
  return "";
}

}  // namespace

std::string check_office_texts(SimWorld& world) {
  for (const OfficeText& one : world.office_texts()) {
    if (one.fate != OfficeText::Fate::stands) continue;
    const std::string now = text_at_service(world, one);
    const auto over =
        std::find_if(world.book().begin(), world.book().end(), [&](const Promise& edit) {
          return is_about(edit, one) && edit.at < one.at && edit.text == now;
        });
    if (over == world.book().end() || left_unknowing(world, *over, one)) continue;
    if (may_be_edited_since(world, one)) continue;
    return "undone: \"" + one.text + "\" of the office in " + one.field + " of rfi " +
           std::to_string(one.record) + " by \"" + over->text + "\" of device " +
           std::to_string(over->device) + ", and nobody was asked";
  }
  return "";
}

}  // namespace fieldsync::sim
