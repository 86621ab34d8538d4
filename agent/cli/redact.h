#pragma once

#include <string>
#include <string_view>

namespace fieldsync::cli {

/// `line` for other eyes: what follows a word that announces a secret (Bearer, token, secret,
/// password, signature, code, …) up to the next blank, quote, comma or `&` is replaced by
/// "(removed)", in any case of letters. Rather too much than too little.
std::string without_secrets(std::string_view line);

}  // namespace fieldsync::cli
