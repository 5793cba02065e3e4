#include "engine/ttl_sweeper.h"

#include <algorithm>
#include <limits>

#include "engine/rows.h"
#include "engine/ttl_index.h"

namespace cruddur::engine {
namespace {

// A step is short, so that writes wait no longer than for another commit.
constexpr size_t kItemsPerStep = 256;

constexpr base::Micros kPauseAfterFailure = std::chrono::seconds(1);
constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

}  // namespace

std::optional<base::Micros> TtlSweeper::Due(const std::shared_ptr<const CatalogSnapshot>& catalog,
                                            base::Micros now) {
  if (seen_ != catalog) {
    seen_ = catalog;
    tables_.clear();
    for (const auto& [name, table] : catalog->tables) {
      if (table->ttl.on()) tables_.push_back(table);
    }
  }
  now_ = now;
  int64_t earliest = kNever;
  for (const auto& table : tables_) earliest = std::min(earliest, table->ttl.progress->earliest);
  if (earliest == kNever) return std::nullopt;
  // A clock that was set back must not stop the sweeping for long.
  next_ = std::min(next_, now + std::max(interval_, kPauseAfterFailure));
  constexpr int64_t kLastSecond = base::Micros::max().count() / 1'000'000 - 1;
  const base::Micros expired =
      std::chrono::seconds(std::min(earliest, kLastSecond)) + base::Micros(1);
  return std::max(next_, expired);
}

void TtlSweeper::Evaluate(Commit& commit) {
  reached_.clear();
  size_t left = kItemsPerStep;
  more_ = false;
  for (const auto& table : tables_) {
    more_ = !Sweep(commit, *table, left);
    if (more_) break;
  }
}

bool TtlSweeper::Sweep(Commit& commit, const TableState& table, size_t& left) {
  const auto& progress = table.ttl.progress;
  const ExpiredSeconds expired = ExpiredAt(commit.now());
  const int64_t first = std::max(progress->earliest, expired.first);
  if (first > expired.last) return true;
  RowCursor rows(commit.storage(), RangeOfExpiries(table.ttl.index, first), Direction::kDescending,
                 /*one_partition=*/false);
  for (; rows.Valid() && ExpiryOfKey(rows.key()) <= expired.last; rows.Next()) {
    if (left == 0) break;
    --left;
    Remove(commit, table, rows.key());
  }
  if (!rows.status()) return true;  // nothing is noted: it is read again
  reached_.push_back({progress, rows.Valid() ? ExpiryOfKey(rows.key()) : kNever});
  return reached_.back().earliest > expired.last;
}

void TtlSweeper::Remove(Commit& commit, const TableState& table, std::string_view expiry_key) {
  const std::string key = ItemKeyOf(expiry_key, table.id);
  const auto item = commit.Read(key, Detail::kItem);
  if (!item) return;  // reads of the item tell that it is broken
  const bool expires =
      item->exists() && ExpiryOf(*item->item(), table.ttl.attribute) == ExpiryOfKey(expiry_key);
  if (expires) commit.Expire(table, key, *item);
}

void TtlSweeper::Finish(const DbStatus& outcome) {
  if (!outcome) {
    next_ = now_ + kPauseAfterFailure;
    return;
  }
  for (const Reached& reached : reached_) reached.progress->earliest = reached.earliest;
  next_ = more_ ? now_ : now_ + interval_;
}

}  // namespace cruddur::engine
