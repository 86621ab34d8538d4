#pragma once

#include "storage/store_file.h"

/// Shared by the files of MirrorStore: how its failures come out.
namespace fieldsync::storage {

/// A damaged page of this database costs nothing but a new download.
inline Failure as_mirror(Failure failure) {
  if (failure.cause == base::Cause::work_damaged) failure.cause = base::Cause::mirror_damaged;
  return failure;
}

template <class Body>
auto mirrored(Body&& body) -> decltype(guarded(body)) {
  auto result = guarded(body);
  if (!result.ok()) return as_mirror(result.failure());
  return result;
}

}  // namespace fieldsync::storage
