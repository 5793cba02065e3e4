// The binary form in which the engine stores items and stream images: see docs/formats.md.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/value.h"

namespace cruddur::model {

void EncodeItem(const Item& item, std::string& out);  // appends

// Checks every length: arbitrary bytes give kCorruption, never a crash or a huge allocation.
base::Result<Item> DecodeItem(std::string_view bytes);

}  // namespace cruddur::model
