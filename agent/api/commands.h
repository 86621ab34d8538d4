#pragma once

#include <functional>
#include <string_view>

#include "platform/base/result.h"
#include "platform/base/value.h"

/// The one command surface: the command line, the desk and the tests all speak to the agent through
/// it, in its own process or over the local API. Arguments and answers are documents whose shapes
/// are documented, stable, and the same as `--json` prints.
namespace fieldsync::api {

using base::Document;
using base::Value;

// clang-format off
/// Commands by name. Loop thread only; `answer` is called exactly once, at once or later.
///
///   add       kind, project?, fields, files?[{blob,size,name,type}] -> {items:[{id,kind,project}],
///               notices?: what of it does not go out as it is}
///   edit      item, fields (texts are parsed by type)               -> {id, intent, state}
///   reply     item, body, files?                                    -> {id, intent, state}
///   attach    item, files                                           -> {id, intent, state}
///   remove    item                                                  -> {id, intent, state}
///   make_room bytes (of a file about to be captured: downloads go for it if they must)  -> {}
///   list      kind, project?, limit?                                -> {records:[…], truncated}
///   show      item                                                  -> {record, pending:[…]}
///   open      item -> {id, files:[{slot,name,path?,size?,state,pinned}], warning}; state "here" or
///               "awaited": fetched before all others, ask again
///   pin       item, off?                             -> {id, files, pinned}
///   queue     all?, after?                                          -> {intents:[…], counts}
///   why       item (a record or an act's number) -> {explanations:[…], receipts}
///   conflicts -                -> {conflicts:[…]}, each with id, cause, choices and, by its cause:
///               conflict: item, author, fields:[{field,base,ours,theirs}]
///               record_gone: item, title, evidence, acts:[{id,action,state,fields,files}]
///               mass_vanishing: project, kind, records, of; its id is "PROJECT/KIND"
///   resolve   conflict (an id, or a record), take: one of its choices, value?
///                                                      -> {id, item?, take, state, left_behind?}
///   resolve   conflict, undo                           -> {id, item, undone, state}
///   hold      item                                 -> {item, held, under_way}
///   resync    what (a record, a tool or a project) -> {records, acts}
///   pending   project?, after? -> {acts:[a row of `queue` with fields, base,
///               files:[{name,size,type,sha256,path}]}], next}
///   plan      -    -> {remotes:[{remote, steps:[a row of `queue` or a look, each with order, step,
///                      when: under_way|next|waits, expected_at], left_out, forecast, calls}],
///                      data_plan:{interface,cost,files,why,files_go_at,bytes_today}}
///   send      item (a record or an act's number) -> {item, count, held}; the data plan is no
///               obstacle to what it names
///   retry     item?                                                 -> {count}
///   receipts  item?, after?, verify?  -> {receipts:[…], check?:{intact,checked,problem}}
///   status    -    -> {link, login, budget, clock, remotes, projects, queue, busy, progress,
///                      notices, findings:[explanation]}
///   sync      full?                   -> {} at once; then `wait`
///   wait      limit_ms                -> as `status`, when idle or after the limit
///   projects  remote?                 -> {projects:[…]}
///   follow    project, tools?, remote? -> {follows:[…]}
///   unfollow  project, remote?        -> {follows:[…]}
///   login     remote?, secret or code, person? (whose own login it is; code)  -> {state}
///   logout    remote?, person?        -> {}
// clang-format on
class Commands {
 public:
  using Answer = std::function<void(base::Result<Document>)>;
  virtual ~Commands() = default;
  virtual void call(std::string_view verb, const Document& arguments, Answer answer) = 0;
};

}  // namespace fieldsync::api
