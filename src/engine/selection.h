// What a Query or Scan answers of each item that it reads: Select, FilterExpression,
// ProjectionExpression and the index's projection, and the rules between them.
#pragma once

#include <optional>
#include <string>

#include "expr/expression.h"
#include "model/operations.h"

namespace cruddur::engine {

enum class ReadKind { kQuery, kScan };

// The members that QueryRequest and ScanRequest have in common.
struct SelectionRequest {
  ReadKind kind = ReadKind::kQuery;
  model::Select select = model::Select::kDefault;
  const std::optional<std::string>& filter_expression;
  const std::optional<std::string>& projection_expression;
  bool on_index = false;
};

class Selection {
 public:
  // Checks Select against the other members and compiles the expressions. The placeholders behind
  // `bindings` must outlive the selection.
  static model::DbResult<Selection> Compile(const SelectionRequest& request,
                                            expr::Bindings& bindings);

  // Of a PartiQL statement, which has rules of its own and picks its columns itself.
  static Selection ForStatement(std::optional<expr::Condition> filter, bool fetches_base_items);

  // Checks against the schema. `index` is null for the table itself.
  model::DbStatus Bind(const model::TableDescription& table, const model::IndexDescription* index);

  bool count_only() const { return count_only_; }
  // An LSI that doesn't project everything that is asked for: its entries only lead to the items.
  bool fetches_base_items() const { return fetches_base_items_; }

  bool filters() const { return filter_.has_value(); }
  bool Matches(const model::Item& item) const { return !filter_ || filter_->Matches(item); }
  model::Item Project(model::Item item) const {
    return projection_ ? projection_->Apply(item) : std::move(item);
  }

 private:
  explicit Selection(const SelectionRequest& request, bool legacy = false)
      : kind_(request.kind),
        select_(request.select),
        legacy_(legacy),
        count_only_(request.select == model::Select::kCount) {}

  model::DbStatus CheckFilteredKeys(const model::KeySchema& keys) const;
  std::vector<std::string_view> NamesNotProjected(const model::KeySchema& table_keys,
                                                  const model::IndexDescription& index) const;

  ReadKind kind_;
  model::Select select_;
  bool legacy_;  // of QueryFilter, ScanFilter and AttributesToGet: see model::LegacyUse
  bool count_only_;
  bool fetches_base_items_ = false;
  std::optional<expr::Condition> filter_;
  std::optional<expr::Projection> projection_;
};

// True if the index's entries carry the attribute: its keys, the table's, and what it projects.
bool Projects(const model::IndexDescription& index, const model::KeySchema& table_keys,
              std::string_view attribute);

}  // namespace cruddur::engine
