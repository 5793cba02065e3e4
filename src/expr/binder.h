// The checks behind Bound::Make, in the order in which DynamoDB makes them.
#pragma once

#include <string>
#include <string_view>

#include "expr/binding.h"

namespace cruddur::expr {

class Binder {
 public:
  Binder(Bound& bound, Bindings& bindings);

  // Each gives up at the first problem; the error lacks "Invalid …Expression: ".
  DbStatus BindCondition();
  DbStatus BindProjection();
  DbStatus BindUpdate();

 private:
  // An operand's type as far as it is known before an item is: a path's isn't.
  struct StaticType {
    bool known = false;
    model::Type type{};
  };

  DbStatus BindPath(const Node& path);
  DbStatus BindPaths(const Action& action);
  DbStatus BindNodes(uint32_t first_node, uint32_t end_node);
  DbStatus BindValue(const Node& value);
  DbStatus CheckNode(const Node& node);
  DbStatus CheckBetween(const Node& node);
  DbStatus CheckIn(const Node& node);
  DbStatus CheckCall(const Node& node);
  DbStatus CheckAttributeType(const Node& call);
  DbStatus CheckActionOperand(const Action& action);
  DbStatus CheckDistinct(const Node& node, std::string_view word);
  DbStatus CheckTypes(const Node& node, std::string_view word, bool (*fits)(model::Type));
  StaticType TypeOf(const Node& operand) const;

  Bound& bound_;
  const Syntax& syntax_;
  Bindings& bindings_;
};

// "[a, [1], b]".
std::string PathText(const std::vector<BoundStep>& path);

// Two paths of an update or a projection may not be the same, lie within one another, or use one
// attribute both as a list and as a map.
DbStatus CheckOverlaps(const std::vector<std::vector<BoundStep>>& paths);

}  // namespace cruddur::expr
