#pragma once

#include "net/remote_service.h"

namespace fieldsync::bench {

/// One page of a listing of RFIs as Procore answers it (facts/procore-api.md 8.2), with `count`
/// records from number `first` on. About 2 kB a record, as the double's large project has.
net::HttpResponse rfi_page(int first, int count, int total);

}  // namespace fieldsync::bench
