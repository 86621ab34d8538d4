#include <algorithm>
#include <set>

#include "agent/merge/text_merge.h"
#include "agent/merge/three_way.h"
#include "tests/support/property.h"

/// The laws of the merge (ARCHITECTURE.md, section 6), each on thousands of generated records of
/// every kind.
using namespace fieldsync;
using base::Document;
using base::List;
using base::Value;
using kinds::FieldDescriptor;
using kinds::KindDescriptor;
using kinds::MergeRule;
using merge::merge_text;
using tests::check_property;

namespace {

/// A few short lines of few different words, so that sides often agree in part.
rc::Gen<std::string> any_text() {
  const auto word = rc::gen::element<std::string>("a ", "b ", "c ", "ä\t");
  const auto joined = [](const std::vector<std::string>& pieces) {
    std::string text;
    for (const std::string& piece : pieces) text += piece;
    return text;
  };
  const auto words = rc::gen::map(rc::gen::container<std::vector<std::string>>(word), joined);
  const auto line = rc::gen::map(words, [](std::string text) { return text + "\n"; });
  // A container has at most as many items as the size says.
  const auto lines = rc::gen::container<std::vector<std::string>>(rc::gen::resize(3, line));
  return rc::gen::resize(4, rc::gen::map(lines, joined));
}

rc::Gen<Value> any_set() {
  const auto item = rc::gen::element<std::string>("1", "2", "3", "4", "5");
  return rc::gen::map(rc::gen::unique<std::vector<std::string>>(item),
                      [](const std::vector<std::string>& items) {
                        List list;
                        for (const std::string& each : items) list.push_back(each);
                        return Value(list);
                      });
}

rc::Gen<Value> any_value(const FieldDescriptor& field) {
  const auto some = [&]() -> rc::Gen<Value> {
    switch (field.merge) {
      case MergeRule::set:
      case MergeRule::append_only:
        // Five items at most: an endless search for a sixth distinct one is cut short.
        return rc::gen::resize(3, any_set());
      case MergeRule::text:
        return rc::gen::map(any_text(), [](const std::string& text) { return Value(text); });
      case MergeRule::scalar:
      case MergeRule::workflow:
      case MergeRule::server_owned:
        return rc::gen::element(Value("x"), Value("y"), Value("z"), Value(std::int64_t{1}),
                                Value(true));
    }
    return rc::gen::just(Value{});
  };
  return rc::gen::weightedOneOf<Value>({{9, some()}, {1, rc::gen::just(Value{})}});
}

/// Base, ours and theirs of one record; ours has only the fields that were edited.
struct Triple {
  const KindDescriptor* kind = nullptr;
  Document before, ours, theirs;
};

void showValue(const Triple& triple, std::ostream& out) {
  const auto show = [&](const char* name, const Document& document) {
    out << "\n  " << name << ":";
    for (const base::Field& field : document) {
      out << " " << field.name << "=\"" << base::plain_text(field.value) << "\"";
    }
  };
  out << triple.kind->id;
  show("before", triple.before);
  show("ours", triple.ours);
  show("theirs", triple.theirs);
}

Triple made_triple() {
  Triple triple;
  triple.kind = *rc::gen::map(rc::gen::elementOf(kinds::all_kinds()),
                              [](const KindDescriptor& kind) { return kinds::find_kind(kind.id); });
  for (const FieldDescriptor& field : triple.kind->fields) {
    const std::string name(field.name);
    const Value before = *any_value(field);
    const Value theirs = *rc::gen::oneOf(rc::gen::just(before), any_value(field));
    triple.before.set(name, before);
    triple.theirs.set(name, theirs);
    enum class Edit { none, same_as_there, back, otherwise };
    switch (*rc::gen::element(Edit::none, Edit::same_as_there, Edit::back, Edit::otherwise,
                              Edit::otherwise)) {
      case Edit::none:
        break;
      case Edit::same_as_there:
        triple.ours.set(name, theirs);
        break;
      case Edit::back:
        triple.ours.set(name, before);
        break;
      case Edit::otherwise:
        triple.ours.set(name, *any_value(field));
    }
  }
  return triple;
}

rc::Gen<Triple> any_triple() { return rc::gen::exec(made_triple); }

merge::Merged merged(const Triple& triple) {
  return merge::three_way(*triple.kind, triple.before, triple.ours, triple.theirs);
}

/// The service's record after `result` was sent.
Document sent(const Document& theirs, const merge::Merged& result) {
  Document after = theirs;
  for (const base::Field& field : result.to_send) after.set(field.name, field.value);
  return after;
}

bool in_conflict(const merge::Merged& result, const std::string& field) {
  for (const merge::FieldConflict& each : result.conflicts) {
    if (each.field == field) return true;
  }
  return false;
}

bool is_collection(const FieldDescriptor& field) {
  return field.merge == MergeRule::set || field.merge == MergeRule::append_only;
}

/// Sets without order; an absent one is an empty one.
bool same(const FieldDescriptor& field, const Value& a, const Value& b) {
  if (!is_collection(field)) return a == b;
  const auto sorted = [](const Value& value) {
    std::set<std::string> items;
    if (value.as_list()) {
      for (const Value& item : *value.as_list()) items.insert(*item.as_text());
    }
    return items;
  };
  return sorted(a) == sorted(b);
}

Value at(const Document& document, const std::string& field) {
  const Value* value = document.find(field);
  return value ? *value : Value{};
}

bool is_ours_to_write(const Triple& triple, const FieldDescriptor& field) {
  return triple.ours.has(field.name) && field.merge != MergeRule::server_owned;
}

}  // namespace

TEST_CASE("equal sides merge to nothing") {
  check_property("what the service has already is neither sent nor in conflict", [] {
    Triple triple = *any_triple();
    for (const base::Field& field : triple.ours) triple.theirs.set(field.name, field.value);
    const auto result = merged(triple);
    RC_ASSERT(result.to_send.empty());
    RC_ASSERT(result.conflicts.empty());
  });
}

TEST_CASE("what only one side changed is taken whole") {
  check_property("changed only here: sent, never in conflict", [] {
    Triple triple = *any_triple();
    triple.theirs = triple.before;
    const auto result = merged(triple);
    RC_ASSERT(result.conflicts.empty());
    const Document after = sent(triple.theirs, result);
    for (const FieldDescriptor& field : triple.kind->fields) {
      const std::string name(field.name);
      if (!is_ours_to_write(triple, field) || field.merge == MergeRule::append_only) continue;
      RC_ASSERT(same(field, at(after, name), at(triple.ours, name)));
    }
  });
  check_property("changed only there: nothing is sent", [] {
    Triple triple = *any_triple();
    for (const base::Field& field : triple.before) {
      if (triple.ours.has(field.name)) triple.ours.set(field.name, field.value);
    }
    const auto result = merged(triple);
    RC_ASSERT(result.conflicts.empty());
    RC_ASSERT(result.to_send.empty());
  });
}

TEST_CASE("the result does not depend on who is named ours") {
  check_property("sides swapped: the same conflicts, the same record", [] {
    const Triple triple = *any_triple();
    // Swapped, the other side's edit is what it changed of the fields both wrote.
    Triple swapped{triple.kind, triple.before, {}, triple.theirs};
    for (const base::Field& field : triple.ours) {
      swapped.ours.set(field.name, at(triple.theirs, field.name));
      swapped.theirs.set(field.name, field.value);
    }
    const auto one = merged(triple);
    const auto other = merged(swapped);
    const Document after_one = sent(triple.theirs, one);
    const Document after_other = sent(swapped.theirs, other);
    for (const FieldDescriptor& field : triple.kind->fields) {
      const std::string name(field.name);
      // Only the service takes away from what is added to: there the sides are not alike.
      if (!is_ours_to_write(triple, field) || field.merge == MergeRule::append_only) continue;
      RC_ASSERT(in_conflict(one, name) == in_conflict(other, name));
      if (in_conflict(one, name)) continue;
      RC_ASSERT(same(field, at(after_one, name), at(after_other, name)));
    }
  });
}

TEST_CASE("merging twice changes nothing") {
  check_property("what was merged and sent is at rest", [] {
    Triple triple = *any_triple();
    const auto first = merged(triple);
    triple.theirs = sent(triple.theirs, first);
    // From now on the edit says: from what was there to what both made of it.
    for (const base::Field& field : first.to_send) triple.ours.set(field.name, field.value);
    for (const merge::FieldConflict& each : first.conflicts) triple.ours.erase(each.field);
    const auto second = merged(triple);
    RC_ASSERT(second.to_send.empty());
    RC_ASSERT(second.conflicts.empty());
  });
}

TEST_CASE("no field is both sent and in conflict, and none of the service's is ever either") {
  check_property("each edited field has one fate", [] {
    const Triple triple = *any_triple();
    const auto result = merged(triple);
    for (const base::Field& field : result.to_send) {
      RC_ASSERT(triple.ours.has(field.name));
      RC_ASSERT(!in_conflict(result, field.name));
      RC_ASSERT(triple.kind->field(field.name)->merge != MergeRule::server_owned);
    }
    for (const merge::FieldConflict& each : result.conflicts) {
      RC_ASSERT(triple.kind->field(each.field)->merge != MergeRule::server_owned);
      RC_ASSERT(each.ours == at(triple.ours, each.field));
      RC_ASSERT(each.theirs == at(triple.theirs, each.field));
      RC_ASSERT(!(each.ours == each.theirs));
    }
  });
}

TEST_CASE("what is only ever added to is never taken from") {
  check_property("append-only fields keep all of theirs and all that ours added", [] {
    const Triple triple = *any_triple();
    const auto result = merged(triple);
    for (const FieldDescriptor& field : triple.kind->fields) {
      if (field.merge != MergeRule::append_only || !result.to_send.has(field.name)) continue;
      const std::string name(field.name);
      const Value both = at(result.to_send, name);
      const auto has = [](const Value& list, const Value& item) {
        if (!list.as_list()) return false;
        const List& all = *list.as_list();
        return std::find(all.begin(), all.end(), item) != all.end();
      };
      for (const char* number : {"1", "2", "3", "4", "5"}) {
        const Value item(number);
        const bool added = has(at(triple.ours, name), item) && !has(at(triple.before, name), item);
        RC_ASSERT(has(both, item) == (has(at(triple.theirs, name), item) || added));
      }
    }
  });
}

TEST_CASE("the laws hold for texts word by word") {
  check_property("one side untouched: the other side's text, whole", [] {
    const std::string before = *any_text(), changed = *any_text();
    RC_ASSERT(merge_text(before, changed, before) == changed);
    RC_ASSERT(merge_text(before, before, changed) == changed);
    RC_ASSERT(merge_text(before, changed, changed) == changed);
  });
  check_property("the sides' names do not matter", [] {
    const std::string before = *any_text(), ours = *any_text(), theirs = *any_text();
    RC_ASSERT(merge_text(before, ours, theirs) == merge_text(before, theirs, ours));
  });
  check_property("a merge invents no word", [] {
    const std::string before = *any_text(), ours = *any_text(), theirs = *any_text();
    const auto both = merge_text(before, ours, theirs);
    if (!both) return;
    for (const char letter : {'a', 'b', 'c', '\t', '\n'}) {
      const auto in = [&](const std::string& text) {
        return std::count(text.begin(), text.end(), letter);
      };
      RC_ASSERT(in(*both) <= in(ours) + in(theirs));
    }
  });
  check_property("a conflict needs two changes", [] {
    const std::string before = *any_text(), ours = *any_text(), theirs = *any_text();
    if (merge_text(before, ours, theirs)) return;
    RC_ASSERT(ours != before && theirs != before && ours != theirs);
  });
}
