#include "engine/contributor_insights.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/field_checks.h"
#include "engine/table_operation.h"

namespace cruddur::engine {
namespace {

using model::ContributorInsightsMode;
using model::ContributorInsightsStatus;
using model::ContributorInsightsSummary;
using model::DbErrorCode;

DbStatus CheckFields(const std::string& table, const std::string& index) {
  FieldChecks fields;
  fields.TableName(table);
  fields.IndexName(index);
  return fields.Result();
}

// Of the table itself, or of one of its global indexes.
DbResult<std::shared_ptr<const TableState>> FindSubject(const CatalogSnapshot& catalog,
                                                        const std::string& name,
                                                        const std::string& index) {
  auto table = catalog.FindTable(name);
  if (table == nullptr) return NoSuchTable(name);
  if (index.empty()) return table;
  const model::IndexDescription* found = table->description.FindIndex(index);
  if (found == nullptr || !found->global) {
    return model::DbFail(DbErrorCode::kResourceNotFound,
                         fmt::format("Index: {} not found for table: {}", index, name));
  }
  return table;
}

ContributorInsightsSummary SummaryOf(const std::string& table, const std::string& index,
                                     const ContributorInsightsState& state) {
  return {
      table, index,
      state.enabled ? ContributorInsightsStatus::kEnabled : ContributorInsightsStatus::kDisabled,
      state.mode};
}

// The rules that CloudWatch would have.
std::vector<std::string> RulesOf(const std::string& table, const std::string& index,
                                 const model::KeySchema& keys,
                                 const ContributorInsightsState& state) {
  std::vector<std::string> rules;
  const std::string subject = index.empty() ? table : table + "-" + index;
  const auto add = [&](std::string_view kind) {
    rules.push_back(fmt::format("DynamoDBContributorInsights-{}-{}-{}", kind, subject,
                                state.changed_at.count() / 1000));
  };
  const bool accessed = state.mode == ContributorInsightsMode::kAccessedAndThrottledKeys;
  if (accessed) add("PKC");
  add("PKT");
  if (keys.sort.empty()) return rules;
  if (accessed) add("SKC");
  add("SKT");
  return rules;
}

class UpdateOperation final : public CatalogOperation<ContributorInsightsSummary> {
 public:
  UpdateOperation(model::UpdateContributorInsightsRequest request,
                  Done<ContributorInsightsSummary> done)
      : CatalogOperation(std::move(done)), request_(std::move(request)) {}

 private:
  DbResult<ContributorInsightsSummary> Change(Commit& commit) override {
    TRY_ASSIGN(const auto found, FindSubject(commit.catalog(), request_.table, request_.index));
    const auto present = found->insights.find(request_.index);
    ContributorInsightsSummary answer{request_.table, request_.index,
                                      ContributorInsightsStatus::kDisabled, std::nullopt};
    if (present == found->insights.end() && !request_.enable) return answer;

    TableState table = *found;
    ContributorInsightsState& state = table.insights[request_.index];
    // Who enables them without a mode has the usual one again; who disables them changes none.
    const ContributorInsightsMode mode =
        request_.enable ? request_.mode.value_or(ContributorInsightsState().mode) : state.mode;
    if (state.enabled == request_.enable && state.mode == mode) {
      return SummaryOf(request_.table, request_.index, state);
    }
    // As AWS answers it, though nothing is left to do.
    state.mode = mode;
    answer.mode = mode;
    answer.status = request_.enable ? ContributorInsightsStatus::kEnabling
                                    : ContributorInsightsStatus::kDisabling;
    state.enabled = request_.enable;
    state.changed_at = commit.now();
    CatalogEdit edit = commit.Edit();
    edit.PutTable(std::move(table));
    commit.SetEdit(std::move(edit));
    return answer;
  }

  const model::UpdateContributorInsightsRequest request_;
};

// A table and an index, or none: the order of the list.
using Place = std::pair<std::string_view, std::string_view>;

// Where a page ends: the last place that it lists.
std::string TokenOf(const ContributorInsightsSummary& last) {
  return last.table + "/" + last.index;
}
// Tokens don't sort as places do: '-' and '.' stand before '/'.
Place PlaceOf(std::string_view token) {
  const size_t end = std::min(token.find('/'), token.size());
  return {token.substr(0, end), token.substr(std::min(end + 1, token.size()))};
}

}  // namespace

void SubmitUpdateContributorInsights(const WriteContext& context,
                                     model::UpdateContributorInsightsRequest request,
                                     Done<ContributorInsightsSummary> done) {
  if (DbStatus status = CheckFields(request.table, request.index); !status) {
    return done(std::unexpected(std::move(status).error()));
  }
  context.committer.Submit(std::make_unique<UpdateOperation>(std::move(request), std::move(done)));
}

DbResult<model::ContributorInsightsDescription> DescribeContributorInsights(
    const CatalogSnapshot& catalog, const model::DescribeContributorInsightsRequest& request) {
  TRY(CheckFields(request.table, request.index));
  TRY_ASSIGN(const auto table, FindSubject(catalog, request.table, request.index));
  const auto found = table->insights.find(request.index);
  model::ContributorInsightsDescription description;
  description.summary.table = request.table;
  description.summary.index = request.index;
  if (found == table->insights.end()) return description;
  const ContributorInsightsState& state = found->second;
  description.summary = SummaryOf(request.table, request.index, state);
  description.changed_at = state.changed_at;
  if (state.enabled) {
    const model::KeySchema& keys = request.index.empty()
                                       ? table->description.keys
                                       : table->description.FindIndex(request.index)->keys;
    description.rules = RulesOf(request.table, request.index, keys, state);
  }
  return description;
}

DbResult<model::ListContributorInsightsResponse> ListContributorInsights(
    const CatalogSnapshot& catalog, const model::ListContributorInsightsRequest& request) {
  if (!request.table.empty()) {
    TRY(CheckFields(request.table, ""));
    TRY(FindSubject(catalog, request.table, ""));
  }
  model::ListContributorInsightsResponse response;
  const Place listed = PlaceOf(request.next_token);
  const auto limit = static_cast<size_t>(request.max_results);
  for (const auto& [name, table] : catalog.tables) {
    if (!request.table.empty() && name != request.table) continue;
    for (const auto& [index, state] : table->insights) {
      if (!state.enabled || Place(name, index) <= listed) continue;
      if (response.summaries.size() == limit) {
        response.next_token = TokenOf(response.summaries.back());
        return response;
      }
      response.summaries.push_back(SummaryOf(name, index, state));
    }
  }
  return response;
}

}  // namespace cruddur::engine
