#include "expr/partiql_columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/result.h"

namespace cruddur::expr {

using model::AttributeValue;
using model::Invalid;

DbResult<Path> PartiqlPath(const PartiqlNode& node) {
  Path path;
  for (const PartiqlStep& step : node.steps) {
    if (step.kind == PartiqlStep::kName && !step.text.empty()) {
      path.push_back({step.text, 0});
      continue;
    }
    const bool digits = std::ranges::all_of(step.text.substr(step.text.starts_with('-')),
                                            [](char c) { return c >= '0' && c <= '9'; });
    if (step.kind != PartiqlStep::kIndex || !digits) {
      return Invalid("Unexpected path component" + PlaceText(step.place));
    }
    int32_t index = -1;
    const char* end = step.text.data() + step.text.size();
    const auto [stop, error] = std::from_chars(step.text.data(), end, index);
    if (error != std::errc() || index < 0) {
      return Invalid(fmt::format("List index is not within the allowable range; index: [{}]{}",
                                 step.text, PlaceText(step.place)));
    }
    path.push_back({"", static_cast<size_t>(index)});
  }
  return path;
}

DbResult<PartiqlColumns> PartiqlColumns::Make(const std::vector<PartiqlNode>& columns) {
  PartiqlColumns result;
  for (const PartiqlNode& column : columns) {
    TRY_ASSIGN(Path path, PartiqlPath(column));
    size_t last = path.size() - 1;
    while (last > 0 && path[last].name.empty()) --last;
    std::string name = path[last].name;
    for (size_t i = last + 1; i < path.size(); ++i) name += fmt::format("[{}]", path[i].index);
    if (std::ranges::find(result.columns_, name, &Column::name) != result.columns_.end()) {
      return Invalid("Duplicate identifiers in select clause: " + name);
    }
    result.columns_.push_back({std::move(name), std::move(path)});
  }
  return result;
}

model::Item PartiqlColumns::Pick(const model::Item& item) const {
  model::Item picked;
  for (const Column& column : columns_) {
    if (const AttributeValue* value = Resolve(item, column.path))
      picked.Append(column.name, *value);
  }
  picked.Sort();
  return picked;
}

std::vector<std::string_view> PartiqlColumns::TopLevelNames() const {
  std::vector<std::string_view> names;
  for (const Column& column : columns_) names.push_back(column.path[0].name);
  return names;
}

}  // namespace cruddur::expr
