#include "engine/java_order.h"

#include <algorithm>

namespace cruddur::engine {

uint32_t JavaHash(std::string_view text) {
  uint32_t hash = 0;
  for (const char c : text) hash = hash * 31 + static_cast<unsigned char>(c);
  return hash ^ hash >> 16;
}

std::vector<std::string_view> InJavaOrder(const std::vector<std::string_view>& names) {
  std::vector<std::string_view> ordered;
  for (const std::string_view name : names) {
    if (std::ranges::find(ordered, name) == ordered.end()) ordered.push_back(name);
  }
  size_t buckets = 16;
  while (ordered.size() > buckets * 3 / 4) buckets *= 2;
  std::ranges::stable_sort(ordered, {},
                           [&](std::string_view name) { return JavaHash(name) & (buckets - 1); });
  return ordered;
}

}  // namespace cruddur::engine
