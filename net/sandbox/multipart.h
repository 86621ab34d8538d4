#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fieldsync::net::sandbox {

using FormFields = std::vector<std::pair<std::string, std::string>>;

/// The fields a non-segmented upload has to send back unaltered (facts/procore-api.md 7.2).
FormFields form_fields(const std::string& uuid, const std::string& name, const std::string& type,
                       const std::string& policy);

/// Reads multipart/form-data as it comes. The fields stand before the file, which is called `file`
/// and is the last part; only its bytes are handed on, the rest is bounded.
class MultipartReader {
 public:
  MultipartReader(std::string_view content_type, std::function<void(std::string_view)> take_file);
  /// False when the form is malformed: reading may stop.
  bool add(std::string_view bytes);
  /// "" when the form was whole and its file last; else what is wrong.
  std::string finish();
  const FormFields& fields() const { return fields_; }

 private:
  enum class State { head, file, done, bad };
  void read_head();
  void read_file();
  void fail(std::string why);

  std::function<void(std::string_view)> take_file_;
  std::string delimiter_;  ///< CR LF and the boundary with its dashes
  std::string buffer_ = "\r\n";
  State state_ = State::head;
  std::string why_;
  FormFields fields_;
};

}  // namespace fieldsync::net::sandbox
