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

/// Commands by name. Loop thread only; `answer` is called exactly once, at once or later.
///
/// | verb       | arguments                                              | answer |
/// |------------|--------------------------------------------------------|------------------------------|
/// | `add`      | kind, project?, fields, files?[{blob,size,name,type}]  |
/// {items:[{id,kind,project}]}  | | `edit`     | item, fields (text values are parsed by type) |
/// {id, intent}                 | | `reply`    | item, body, files? | {id, intent} | | `attach`   |
/// item, files                                            | {id, intent}                 | |
/// `remove`   | item                                                   | {id, intent} | | `list` |
/// kind, project?, limit?                                 | {records:[…], truncated}     | | `show`
/// | item                                                   | {record, pending:[…]}        | |
/// `queue`    | all?                                                   | {intents:[…], counts} | |
/// `why`      | item (record id or intent number)                      | {explanations:[…]} | |
/// `retry`    | item?                                                  | {count} | | `receipts` |
/// item?, verify?                                         | {receipts:[…], check?}       | |
/// `status`   | -                                                      |
/// {link,login,budget,projects,queue,busy,progress} | | `sync`     | full? | {} at once; then
/// `wait`      | | `wait`     | limit_ms                                               | `status`,
/// when idle or after the limit | | `projects` | - | {projects:[…]}               | | `follow`   |
/// project, tools?, remote?                               | {follows:[…]}                | |
/// `unfollow` | project, remote?                                       | {follows:[…]} | | `login`
/// | remote?, secret or code                                | {state}                      | |
/// `logout`   | remote?                                                | {} |
class Commands {
 public:
  using Answer = std::function<void(base::Result<Document>)>;
  virtual ~Commands() = default;
  virtual void call(std::string_view verb, const Document& arguments, Answer answer) = 0;
};

}  // namespace fieldsync::api
