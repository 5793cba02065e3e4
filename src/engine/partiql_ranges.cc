#include "engine/partiql_ranges.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <ranges>

#include "engine/java_order.h"
#include "engine/selection.h"
#include "expr/comparison.h"
#include "expr/partiql_keys.h"

namespace cruddur::engine {
namespace {

using expr::PartiqlRead;
using model::AttributeValue;
using model::DbResult;
using model::DbStatus;
using model::Invalid;

// Of several reads AWS looks at one: the first of a HashMap by partition key. Of those in one
// bucket that is the last in the statement.
const PartiqlRead& CheckedRead(const std::vector<PartiqlRead>& reads) {
  return *std::ranges::min_element(reads | std::views::reverse, {}, [](const PartiqlRead& read) {
    const auto* text = read.ranges[0].partition[0].As<std::string>();
    return text != nullptr ? JavaHash(*text) & 15 : 0;
  });
}

DbStatus CheckFiltered(const std::vector<PartiqlRead>& reads, const Target& target) {
  if (target.index == nullptr || reads.empty()) return {};
  std::vector<std::string_view> missing;
  for (const std::string_view name : CheckedRead(reads).filtered) {
    if (!Projects(*target.index, target.table_keys(), name)) missing.push_back(name);
  }
  if (missing.empty()) return {};
  return Invalid(
      fmt::format("One or more parameter values were invalid: Secondary index {} does not project "
                  "one or more filter attributes: [{}]",
                  target.index->name, fmt::join(InJavaOrder(missing), ", ")));
}

bool SamePartition(const PartiqlRead& a, const PartiqlRead& b) {
  return a.ranges[0].partition == b.ranges[0].partition;
}

class Orderer {
 public:
  Orderer(const std::vector<expr::PartiqlOrder>& order, const model::KeySchema& keys)
      : order_(order), keys_(keys) {}

  DbStatus Check(bool has_where, const std::vector<PartiqlRead>& reads) const {
    if (order_.empty()) return {};
    if (!has_where) {
      return Invalid("Must have WHERE clause in the statement when using ORDER BY clause.");
    }
    for (const expr::PartiqlOrder& term : order_) {
      if (keys_.Find(term.attribute) != nullptr) continue;
      return Invalid(fmt::format("Attribute {} in ORDER BY clause must be part of the primary key",
                                 term.attribute));
    }
    if (reads.empty()) {
      return Invalid(
          "Must have at least one non-optional hash key condition in WHERE clause when using ORDER "
          "BY clause.");
    }
    const bool many = std::ranges::any_of(
        reads, [&](const PartiqlRead& read) { return !SamePartition(read, reads[0]); });
    if (many && FindPartition() == nullptr) {
      return Invalid(
          "Must have hash key in ORDER BY clause when more than one hash key condition specified "
          "in WHERE clause.");
    }
    return {};
  }

  // Sort keys ascend without an ORDER BY; with one that doesn't name them they descend.
  Direction SortDirection() const {
    if (order_.empty()) return Direction::kAscending;
    for (const expr::PartiqlOrder& term : order_) {
      if (!IsPartition(term))
        return term.descending ? Direction::kDescending : Direction::kAscending;
    }
    return Direction::kDescending;
  }

  void SortPartitions(std::vector<PartiqlRead>& reads) const {
    const expr::PartiqlOrder* term = FindPartition();
    if (term == nullptr) return;
    size_t attribute = 0;
    while (keys_.partition[attribute].name != term->attribute) ++attribute;
    std::ranges::stable_sort(reads, [&](const PartiqlRead& a, const PartiqlRead& b) {
      const AttributeValue& x = a.ranges[0].partition[attribute];
      const AttributeValue& y = b.ranges[0].partition[attribute];
      return term->descending ? expr::Compare(y, x) < 0 : expr::Compare(x, y) < 0;
    });
  }

 private:
  bool IsPartition(const expr::PartiqlOrder& term) const {
    return std::ranges::find(keys_.partition, term.attribute, &model::KeyAttribute::name) !=
           keys_.partition.end();
  }
  const expr::PartiqlOrder* FindPartition() const {
    for (const expr::PartiqlOrder& term : order_) {
      if (IsPartition(term)) return &term;
    }
    return nullptr;
  }

  const std::vector<expr::PartiqlOrder>& order_;
  const model::KeySchema& keys_;
};

struct ReadRange {
  KeyRange range;
  bool negated_sort = false;
};

bool IsEmpty(const KeyRange& range) { return range.low >= range.high; }

KeyRange Intersection(const PartiqlRead& read, KeyspaceId keyspace) {
  KeyRange range = RangeOfCondition(keyspace, read.ranges[0]);
  for (size_t i = 1; i < read.ranges.size(); ++i) {
    KeyRange other = RangeOfCondition(keyspace, read.ranges[i]);
    if (other.low > range.low) range.low = std::move(other.low);
    if (other.high < range.high) range.high = std::move(other.high);
  }
  return range;
}

// The ranges of one partition, ascending. Those that overlap are refused, or become one where a
// condition that isn't a range has made them so wide.
DbStatus JoinRanges(std::vector<ReadRange> ranges, std::vector<KeyRange>& out) {
  std::ranges::stable_sort(ranges, {}, [](const ReadRange& each) { return each.range.low; });
  std::optional<ReadRange> last;
  for (ReadRange& each : ranges) {
    if (IsEmpty(each.range)) continue;
    if (!last || each.range.low >= last->range.high) {
      if (last) out.push_back(std::move(last->range));
      last = std::move(each);
      continue;
    }
    if (!each.negated_sort && !last->negated_sort) {
      return Invalid("Overlapping conditions with range keys are not supported in where clause");
    }
    if (each.range.high > last->range.high) last->range.high = std::move(each.range.high);
    last->negated_sort = true;
  }
  if (last) out.push_back(std::move(last->range));
  return {};
}

}  // namespace

DbResult<StatementRanges> FindRanges(const PreparedStatement& statement, const Target& target) {
  std::vector<PartiqlRead> reads;
  if (statement.where) {
    TRY_ASSIGN(reads, expr::FindPartiqlReads(*statement.where, target.keys()));
  }
  const Orderer orderer(statement.syntax.order, target.keys());
  TRY(orderer.Check(statement.where.has_value(), reads));

  StatementRanges result;
  if (reads.empty()) {
    result.ranges.push_back(RangeOfSegment(target.keyspace(), 0, 1));
    return result;
  }
  result.keyed = true;
  result.direction = orderer.SortDirection();
  result.single_items =
      target.index == nullptr && std::ranges::all_of(reads, [&](const PartiqlRead& read) {
        return read.ranges.back().sort_equal.size() == target.table_keys().sort.size();
      });
  orderer.SortPartitions(reads);
  std::vector<bool> taken(reads.size());
  for (size_t i = 0; i < reads.size(); ++i) {
    if (taken[i]) continue;
    std::vector<ReadRange> partition;
    for (size_t k = i; k < reads.size(); ++k) {
      if (taken[k] || !SamePartition(reads[i], reads[k])) continue;
      taken[k] = true;
      partition.push_back({Intersection(reads[k], target.keyspace()), reads[k].negated_sort});
    }
    std::vector<KeyRange> joined;
    TRY(JoinRanges(std::move(partition), joined));
    if (result.direction == Direction::kDescending) std::ranges::reverse(joined);
    std::ranges::move(joined, std::back_inserter(result.ranges));
  }
  TRY(CheckFiltered(reads, target));
  return result;
}

}  // namespace cruddur::engine
