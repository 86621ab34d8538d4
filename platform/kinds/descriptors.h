#pragma once

#include "platform/kinds/kind.h"

/// One function per group of kinds; kind.cpp puts them in order. Not for use outside this folder.
namespace fieldsync::kinds {

KindDescriptor rfi_kind();
KindDescriptor drawing_kind();
KindDescriptor drawing_area_kind();
KindDescriptor drawing_set_kind();
KindDescriptor drawing_discipline_kind();
KindDescriptor photo_kind();
KindDescriptor album_kind();
KindDescriptor note_kind();

}  // namespace fieldsync::kinds
