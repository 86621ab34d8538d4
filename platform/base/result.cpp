#include "platform/base/result.h"

#include "platform/base/text.h"

namespace fieldsync::base {

std::string sentence(const Failure& failure) {
  const CauseInfo& cause = info(failure.cause);
  std::string text = printable(trimmed(failure.what));
  if (!text.empty()) {
    const bool ended = text.ends_with('.') || text.ends_with('!') || text.ends_with('?');
    text += ended ? " " : ". ";
  }
  text += cause.sentence;
  text += ' ';
  text += cause.next_step;
  return text;
}

}  // namespace fieldsync::base
