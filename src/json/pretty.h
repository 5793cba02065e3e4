// Lays JSON out for people.
#pragma once

#include <string>
#include <string_view>

namespace cruddur::json {

// `json` is valid JSON (of a Writer); comes back with two spaces an indent, one member a line.
std::string Pretty(std::string_view json);

}  // namespace cruddur::json
