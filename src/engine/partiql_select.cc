#include "engine/partiql_select.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "engine/catalog.h"
#include "engine/page.h"
#include "engine/partiql_ranges.h"
#include "engine/partiql_token.h"
#include "engine/throughput.h"

namespace cruddur::engine {
namespace {

using model::DbResult;
using model::DbStatus;
using model::ExecuteStatementResponse;
using model::Invalid;

// A page goes through so many of the reads that OR and IN make.
constexpr size_t kMaxReadsAPage = 10;

// As FindTarget, in the words that PartiQL has for it.
DbResult<Target> TargetOf(const Catalog& catalog, const PreparedStatement& statement,
                          bool consistent_read) {
  const std::string& index = statement.syntax.index;
  TRY_ASSIGN(const auto table, FindTable(catalog, statement.table()));
  if (!index.empty()) {
    const model::IndexDescription* found = table->description.FindIndex(index);
    if (found == nullptr) return Invalid("The table does not have the specified index");
    TRY(CheckSingleKeys(*found));
    if (found->global && consistent_read) {
      return Invalid("Strongly consistent read is not supported on Global Secondary Indexes");
    }
  }
  return FindTarget(catalog, statement.table(), index, consistent_read);
}

// True: columns of a local index that it doesn't project are to be fetched from the items.
DbResult<bool> CheckColumns(const PreparedStatement& statement, const Target& target) {
  if (target.index == nullptr) return false;
  std::vector<std::string_view> missing;
  for (const std::string_view name : statement.columns.TopLevelNames()) {
    if (!Projects(*target.index, target.table_keys(), name)) missing.push_back(name);
  }
  if (missing.empty() || !target.index->global) return !missing.empty();
  return Invalid(fmt::format(
      "One or more parameter values were invalid: Global secondary index {} does not project [{}]",
      target.index->name, fmt::join(missing, ", ")));
}

class SelectRun {
 public:
  SelectRun(const Storage& storage, const Target& target, const PreparedStatement& statement,
            StatementRanges ranges, const Selection& selection, const SelectOptions& options)
      : storage_(storage),
        target_(target),
        statement_(statement),
        ranges_(std::move(ranges)),
        selection_(selection),
        options_(options),
        meter_(options.return_consumed_capacity) {
    hash_ = StableHash(statement.text, target.table->id);
  }

  DbResult<ExecuteStatementResponse> Run() {
    StatementToken place;
    if (!options_.next_token.empty()) {
      TRY_ASSIGN(place, DecodeStatementToken(options_.next_token));
      if (place.statement != hash_ || place.range >= ranges_.ranges.size()) return NoSuchPlace();
    }
    const uint32_t first = place.range;
    for (; place.range < ranges_.ranges.size(); ++place.range) {
      const bool full = place.range - first == kMaxReadsAPage || bytes_ >= kMaxPageBytes ||
                        scanned_ == options_.limit;
      if (full) {
        SetNext(place.range, "");
        break;
      }
      const DbResult<bool> finished = ReadRange(place);
      if (!finished && IsThrottled(finished.error()) && place.range > first) {
        // What was read is paid for: it is answered, and the rest another time.
        SetNext(place.range, "");
        break;
      }
      TRY(finished);
      if (!*finished) break;
      place.row.clear();
    }
    response_.consumed_capacity = meter_.TakeOne();
    return std::move(response_);
  }

 private:
  std::unexpected<model::DbError> NoSuchPlace() const {
    return Invalid("The provided starting key is invalid");
  }

  void SetNext(uint32_t range, std::string row) {
    response_.next_token =
        EncodeStatementToken({.statement = hash_, .range = range, .row = std::move(row)});
  }

  // False: the page is full.
  DbResult<bool> ReadRange(const StatementToken& place) {
    KeyRange range = ranges_.ranges[place.range];
    if (!place.row.empty()) {
      if (place.row <= range.low || place.row >= range.high) return NoSuchPlace();
      if (ranges_.direction == Direction::kAscending) {
        range.low = JustAbove(place.row);
      } else {
        range.high = JustBelow(place.row);
      }
    }
    std::optional<int64_t> limit = options_.limit;
    if (limit) *limit -= scanned_;
    TRY_ASSIGN(Page page, ReadPage(storage_, {.target = target_,
                                              .selection = selection_,
                                              .range = range,
                                              .direction = ranges_.direction,
                                              .one_partition = ranges_.keyed,
                                              .limit = limit}));
    bytes_ += page.bytes;
    scanned_ += page.response.scanned_count;
    if (meter_.wanted() || target_.table->throttle != nullptr) {
      const uint64_t blocks = ranges_.keyed ? ReadBlocks(page.bytes) : ScanBlocks(range, page);
      AddPageUnits(page, target_, blocks, ReadModeOf(options_.consistent_read), meter_);
    }
    for (model::Item& item : page.response.items) {
      response_.items.push_back(statement_.Pick(std::move(item)));
    }
    // A read of one item is over with that.
    if (page.last_row.empty() || ranges_.single_items) return true;
    SetNext(place.range, std::move(page.last_row));
    response_.last_evaluated_key = std::move(page.response.last_evaluated_key);
    return false;
  }

  const Storage& storage_;
  const Target& target_;
  const PreparedStatement& statement_;
  const StatementRanges ranges_;
  const Selection& selection_;
  const SelectOptions& options_;
  uint64_t hash_ = 0;
  uint64_t bytes_ = 0;
  int64_t scanned_ = 0;
  CapacityMeter meter_;
  ExecuteStatementResponse response_;
};

}  // namespace

DbResult<ExecuteStatementResponse> RunSelect(const Storage& storage, const Catalog& catalog,
                                             PreparedStatement statement,
                                             const SelectOptions& options) {
  TRY_ASSIGN(const Target target, TargetOf(catalog, statement, options.consistent_read));
  if (statement.syntax.wrong_columns) return Invalid(*statement.syntax.wrong_columns);
  TRY_ASSIGN(StatementRanges ranges, FindRanges(statement, target));
  TRY_ASSIGN(const bool fetches, CheckColumns(statement, target));
  // The whole clause is asked of each item that the ranges hold: what they stand for holds anyway.
  std::optional<expr::Condition> filter;
  if (statement.where) filter.emplace(*std::move(statement.where));
  const Selection selection = Selection::ForStatement(std::move(filter), fetches);
  return SelectRun(storage, target, statement, std::move(ranges), selection, options).Run();
}

}  // namespace cruddur::engine
