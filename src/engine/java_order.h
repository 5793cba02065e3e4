// The order in which AWS's Java holds what it names in some error texts.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace cruddur::engine {

// What a HashMap takes its buckets from: of ASCII text, with the upper half mixed in.
uint32_t JavaHash(std::string_view text);

// The different names, in the order in which a HashSet that they were put into one by one lists
// them.
std::vector<std::string_view> InJavaOrder(const std::vector<std::string_view>& names);

}  // namespace cruddur::engine
