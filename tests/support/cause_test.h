#pragma once

#include <doctest/doctest.h>

#include <string_view>
#include <vector>

#include "platform/base/result.h"
#include "platform/base/value.h"

/// Tests of causes: one for each row of the table, named after what people say when they meet it. A
/// test that enumerates the table fails when a row has none.
namespace fieldsync::tests {

struct CauseTest {
  base::Cause cause;
  std::string_view heard;
  /// Registers itself; made by CAUSE_TEST only.
  CauseTest(base::Cause cause, std::string_view heard);
  static const std::vector<CauseTest>& all();
};

/// Begins the test of a cause; `heard` is the row's own text.
#define CAUSE_TEST(cause, heard)                                           \
  static const fieldsync::tests::CauseTest DOCTEST_ANONYMOUS(cause_test_)( \
      fieldsync::base::Cause::cause, heard);                               \
  TEST_CASE(#cause ": " heard)

/// Whether a next attempt is named, or only an event can bring one.
enum class Next { planned, by_event };

/// `why` is an explanation as `why`, `queue` and `status` print it: it must have the id, the
/// sentence, the owner and the remedy of the row, evidence that says `evidence`, and a next attempt
/// or none.
void check_explained(const base::Document& why, base::Cause cause, std::string_view evidence,
                     Next next);
/// A refused capture or command: cause and words, and the sentence a person reads.
void check_refused(const base::Failure& failure, base::Cause cause, std::string_view what);
/// The same as an error object of the command line.
void check_refused(const base::Document& error, base::Cause cause, std::string_view what);

}  // namespace fieldsync::tests
