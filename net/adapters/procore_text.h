#pragma once

#include <string>
#include <string_view>

/// Procore keeps RFI text as HTML and gives it back in more than one form; people write plain text.
namespace fieldsync::net::procore {

/// "<p>a &amp; b<br>c</p>": escaped, a line break where the text has one.
std::string to_html(std::string_view text);
/// The text a person sees: tags out, block ends and <br> as line breaks, entities resolved. Never
/// fails; an unfinished tag or unknown entity stays as it is.
std::string from_html(std::string_view html);
/// For comparing what was written with what came back: entities resolved, tags out, white space of
/// any kind collapsed to one space and cut at both ends.
std::string comparable(std::string_view text);
/// Whether two names can be the same file: letter case and characters that services replace in
/// names make no difference, the extension does.
bool same_file_name(std::string_view a, std::string_view b);

}  // namespace fieldsync::net::procore
