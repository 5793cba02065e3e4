// The catalog's rows: tables and streams as JSON objects, so that later versions can add members.
// The members are listed in docs/formats.md.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/catalog.h"

namespace cruddur::engine {

std::string EncodeTable(const TableState& table);
base::Result<TableState> DecodeTable(std::string_view json);

std::string EncodeStream(const StreamState& stream);
base::Result<StreamState> DecodeStream(std::string_view json);

}  // namespace cruddur::engine
