#include "platform/secret_seal.h"

namespace fieldsync::platform {

base::Result<std::string> seal_secret(const std::string& plain) { return plain; }
base::Result<std::string> open_secret(const std::string& sealed) { return sealed; }

}  // namespace fieldsync::platform
