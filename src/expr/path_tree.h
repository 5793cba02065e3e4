// Picks the parts of items that a set of paths names.
#pragma once

#include <string_view>
#include <vector>

#include "expr/binding.h"

namespace cruddur::expr {

class PathTree {
 public:
  // REQUIRES: no two paths overlap or conflict (CheckOverlaps).
  explicit PathTree(std::vector<std::vector<BoundStep>> paths);

  // The named parts in their places; elements of one list keep their order and close up. What
  // nothing was found in isn't there.
  model::Item Pick(const model::Item& item) const;

 private:
  struct Branch {
    BoundStep step;
    std::vector<Branch> branches;  // sorted; empty: everything below is named
  };

  static void Grow(std::vector<Branch>& branches, const std::vector<BoundStep>& path, size_t from);
  static void PickFromMap(const model::Map& map, const std::vector<Branch>& branches,
                          model::Map& out);
  static bool PickValue(const model::AttributeValue& value, const Branch& branch,
                        model::AttributeValue& out);

  std::vector<Branch> roots_;
};

}  // namespace cruddur::expr
