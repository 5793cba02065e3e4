#include "engine/selection.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/result.h"
#include "engine/key_checks.h"

namespace cruddur::engine {
namespace {

using model::DbStatus;
using model::Invalid;
using model::Select;

std::string_view NameOf(Select select) {
  switch (select) {
    case Select::kAllAttributes:
      return "ALL_ATTRIBUTES";
    case Select::kAllProjectedAttributes:
      return "ALL_PROJECTED_ATTRIBUTES";
    case Select::kCount:
      return "only the Count";
    case Select::kDefault:
    case Select::kSpecificAttributes:
      break;
  }
  return "SPECIFIC_ATTRIBUTES";
}

// Query wraps the sentence as if it were about a single field; Scan doesn't.
DbStatus InvalidSelect(ReadKind kind, std::string text) {
  if (kind == ReadKind::kQuery) text.insert(0, "1 validation error detected: ");
  return Invalid(std::move(text));
}

DbStatus CheckSelect(const SelectionRequest& request, bool legacy) {
  const bool projects = request.projection_expression.has_value();
  if (request.select == Select::kSpecificAttributes && !projects) {
    return InvalidSelect(request.kind,
                         "Must specify the AttributesToGet or ProjectionExpression when choosing "
                         "to get SPECIFIC_ATTRIBUTES");
  }
  const bool may_project =
      request.select == Select::kDefault || request.select == Select::kSpecificAttributes;
  if (projects && !may_project) {
    return InvalidSelect(
        request.kind,
        fmt::format("Cannot specify the {} when choosing to get {}",
                    legacy ? "AttributesToGet" : "ProjectionExpression", NameOf(request.select)));
  }
  if (request.select == Select::kAllProjectedAttributes && !request.on_index) {
    return InvalidSelect(
        request.kind, "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName");
  }
  return {};
}

}  // namespace

bool Projects(const model::IndexDescription& index, const model::KeySchema& table_keys,
              std::string_view attribute) {
  const model::IndexProjection& projection = index.projection;
  return projection.type == model::ProjectionType::kAll || index.keys.Find(attribute) != nullptr ||
         table_keys.Find(attribute) != nullptr ||
         (projection.type == model::ProjectionType::kInclude &&
          std::ranges::find(projection.non_key_attributes, attribute) !=
              projection.non_key_attributes.end());
}

model::DbResult<Selection> Selection::Compile(const SelectionRequest& request,
                                              expr::Bindings& bindings) {
  const bool legacy = bindings.legacy().others;
  TRY(CheckSelect(request, legacy));
  Selection selection(request, legacy);
  if (request.filter_expression) {
    TRY_ASSIGN(selection.filter_, expr::Condition::Compile(expr::ConditionKind::kFilter,
                                                           *request.filter_expression, bindings));
  }
  if (request.projection_expression) {
    TRY_ASSIGN(selection.projection_,
               expr::Projection::Compile(*request.projection_expression, bindings));
  }
  return selection;
}

Selection Selection::ForStatement(std::optional<expr::Condition> filter, bool fetches_base_items) {
  static const std::optional<std::string> kNone;
  Selection selection({.filter_expression = kNone, .projection_expression = kNone});
  selection.filter_ = std::move(filter);
  selection.fetches_base_items_ = fetches_base_items;
  return selection;
}

DbStatus Selection::Bind(const model::TableDescription& table,
                         const model::IndexDescription* index) {
  if (kind_ == ReadKind::kQuery) {
    TRY(CheckFilteredKeys(index != nullptr ? index->keys : table.keys));
  }
  if (filter_) TRY(CheckScalarKeys(*filter_, table));
  if (projection_) TRY(CheckScalarKeys(*projection_, table));
  if (index == nullptr) return {};

  const bool partial = index->projection.type != model::ProjectionType::kAll;
  if (select_ == Select::kAllAttributes && partial) {
    if (index->global) {
      return Invalid(fmt::format(
          "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported "
          "for global secondary index {} because its projection type is not ALL",
          index->name));
    }
    fetches_base_items_ = true;
  }
  const std::vector<std::string_view> missing = NamesNotProjected(table.keys, *index);
  if (missing.empty()) return {};
  if (index->global) {
    return Invalid(fmt::format(
        "One or more parameter values were invalid: Global secondary index {} does not project "
        "[{}]",
        index->name, fmt::join(missing, ", ")));
  }
  fetches_base_items_ = true;
  return {};
}

// A Query has the condition on its keys elsewhere; a Scan filters by any attribute.
DbStatus Selection::CheckFilteredKeys(const model::KeySchema& keys) const {
  if (!filter_) return {};
  for (std::string_view name : filter_->TopLevelNames()) {
    if (keys.Find(name) == nullptr) continue;
    return Invalid(
        fmt::format("{} can only contain non-primary key attributes: Primary key attribute: {}",
                    legacy_ ? "QueryFilter" : "Filter Expression", name));
  }
  return {};
}

std::vector<std::string_view> Selection::NamesNotProjected(
    const model::KeySchema& table_keys, const model::IndexDescription& index) const {
  std::vector<std::string_view> missing;
  const auto collect = [&](const std::vector<std::string_view>& names) {
    for (std::string_view name : names) {
      if (!Projects(index, table_keys, name) && std::ranges::find(missing, name) == missing.end()) {
        missing.push_back(name);
      }
    }
  };
  if (projection_) collect(projection_->TopLevelNames());
  if (filter_) collect(filter_->TopLevelNames());
  return missing;
}

}  // namespace cruddur::engine
