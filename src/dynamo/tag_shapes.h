// Shapes of tags. The model has bounds for keys and values too; AWS checks them with sentences of
// their own: see engine/table_tags.h.
#pragma once

#include "dynamo/common_shapes.h"

namespace cruddur::dynamo {

inline constexpr Member kTagMembers[] = {{"Key", &kText}, {"Value", &kText}};
inline constexpr Shape kTag{.kind = ShapeKind::kStructure, .type = "Tag", .members = kTagMembers};
inline constexpr Shape kTags{.kind = ShapeKind::kList, .element = &kTag};

}  // namespace cruddur::dynamo
