#include "engine/selection.h"

#include <gtest/gtest.h>

namespace cruddur::engine {
namespace {

using model::ProjectionType;
using model::Select;
using model::Type;

const std::string kInvalid = "One or more parameter values were invalid: ";

model::TableDescription Table() {
  model::TableDescription table;
  table.keys = {.partition = {{"pk", Type::kS}}, .sort = {{"sk", Type::kS}}};
  table.indexes = {
      {.name = "local-keys",
       .keys = {.partition = {{"pk", Type::kS}}, .sort = {{"l", Type::kS}}},
       .projection = {.type = ProjectionType::kKeysOnly}},
      {.name = "global-some",
       .global = true,
       .keys = {.partition = {{"g", Type::kS}}},
       .projection = {.type = ProjectionType::kInclude, .non_key_attributes = {"kept"}}},
      {.name = "global-all", .global = true, .keys = {.partition = {{"g", Type::kS}}}},
  };
  return table;
}

struct Request {
  ReadKind kind = ReadKind::kQuery;
  const char* index = "";
  Select select = Select::kDefault;
  std::optional<std::string> filter, projection;
};

// The error's text, "ok", "ok, fetches" or "ok, counts".
std::string Outcome(const Request& request) {
  model::Placeholders placeholders{.names = {}, .values = {{":v", "x"}}};
  expr::Bindings bindings(placeholders);
  const auto table = Table();
  const model::IndexDescription* index = table.FindIndex(request.index);
  auto selection = Selection::Compile({.kind = request.kind,
                                       .select = request.select,
                                       .filter_expression = request.filter,
                                       .projection_expression = request.projection,
                                       .on_index = index != nullptr},
                                      bindings);
  if (!selection) return selection.error().message;
  if (auto status = selection->Bind(table, index); !status) return status.error().message;
  if (selection->fetches_base_items()) return "ok, fetches";
  return selection->count_only() ? "ok, counts" : "ok";
}

TEST(Selection, ChecksSelectAgainstTheOtherMembers) {
  const std::string query = "1 validation error detected: ";
  const std::string specific =
      "Must specify the AttributesToGet or ProjectionExpression when choosing to get "
      "SPECIFIC_ATTRIBUTES";
  struct Case {
    Request request;
    std::string outcome;
  };
  for (const Case& c : std::vector<Case>{
           {{}, "ok"},
           {{.select = Select::kCount}, "ok, counts"},
           {{.select = Select::kAllAttributes}, "ok"},
           {{.select = Select::kSpecificAttributes, .projection = "a"}, "ok"},
           {{.projection = "a"}, "ok"},
           {{.select = Select::kSpecificAttributes}, query + specific},
           {{.kind = ReadKind::kScan, .select = Select::kSpecificAttributes}, specific},
           {{.select = Select::kCount, .projection = "a"},
            query + "Cannot specify the ProjectionExpression when choosing to get only the Count"},
           {{.kind = ReadKind::kScan, .select = Select::kAllAttributes, .projection = "a"},
            "Cannot specify the ProjectionExpression when choosing to get ALL_ATTRIBUTES"},
           // Both rules broken: AWS tells the ProjectionExpression.
           {{.kind = ReadKind::kScan, .select = Select::kAllProjectedAttributes, .projection = "a"},
            "Cannot specify the ProjectionExpression when choosing to get "
            "ALL_PROJECTED_ATTRIBUTES"},
           {{.kind = ReadKind::kScan, .select = Select::kAllProjectedAttributes},
            "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName"},
           {{.index = "global-some", .select = Select::kAllProjectedAttributes}, "ok"},
       }) {
    EXPECT_EQ(Outcome(c.request), c.outcome);
  }
}

TEST(Selection, AsksGlobalIndexesOnlyForWhatTheyProject) {
  struct Case {
    Request request;
    std::string outcome;
  };
  for (const Case& c : std::vector<Case>{
           {{.index = "global-some"}, "ok"},
           {{.index = "global-some", .projection = "kept, pk, sk, g"}, "ok"},
           {{.index = "global-all", .select = Select::kAllAttributes}, "ok"},
           {{.index = "global-all", .projection = "anything"}, "ok"},
           {{.index = "global-some", .select = Select::kAllAttributes},
            kInvalid + "Select type ALL_ATTRIBUTES is not supported for global secondary index "
                       "global-some because its projection type is not ALL"},
           {{.index = "global-some", .projection = "z, kept, y.deep"},
            kInvalid + "Global secondary index global-some does not project [y, z]"},
           {{.index = "global-some", .filter = "extra = :v"},
            kInvalid + "Global secondary index global-some does not project [extra]"},
       }) {
    EXPECT_EQ(Outcome(c.request), c.outcome);
  }
}

TEST(Selection, FetchesWhatLocalIndexesDoNotProject) {
  EXPECT_EQ(Outcome({.index = "local-keys"}), "ok");
  EXPECT_EQ(Outcome({.index = "local-keys", .select = Select::kCount}), "ok, counts");
  EXPECT_EQ(Outcome({.index = "local-keys", .projection = "pk, l"}), "ok");
  EXPECT_EQ(Outcome({.index = "local-keys", .select = Select::kAllAttributes}), "ok, fetches");
  EXPECT_EQ(Outcome({.index = "local-keys", .projection = "extra"}), "ok, fetches");
  EXPECT_EQ(Outcome({.index = "local-keys", .filter = "extra = :v"}), "ok, fetches");
}

TEST(Selection, FiltersKeysInScansOnly) {
  const std::string text =
      "Filter Expression can only contain non-primary key attributes: Primary key attribute: ";
  EXPECT_EQ(Outcome({.filter = "extra = :v AND sk = :v"}), text + "sk");
  EXPECT_EQ(Outcome({.filter = "pk = :v"}), text + "pk");
  EXPECT_EQ(Outcome({.kind = ReadKind::kScan, .filter = "pk = :v"}), "ok");
  // An index's own key counts, the table's doesn't.
  EXPECT_EQ(Outcome({.index = "global-all", .filter = "pk = :v"}), "ok");
  EXPECT_EQ(Outcome({.index = "global-all", .filter = "g = :v"}), text + "g");
}

}  // namespace
}  // namespace cruddur::engine
