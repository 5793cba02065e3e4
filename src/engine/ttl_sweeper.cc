#include "engine/ttl_sweeper.h"

#include <algorithm>
#include <limits>

#include "engine/rows.h"

namespace cruddur::engine {
namespace {

// A step is short, so that writes wait no longer than for another commit.
constexpr size_t kRowsPerStep = 256;
constexpr size_t kBytesPerStep = 512 * 1024;

constexpr base::Micros kPauseAfterFailure = std::chrono::seconds(1);
constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

// The expiry index holds what an interrupted backfill left, and is about to be emptied.
bool HasLeftovers(const TableState& table) {
  return table.ttl.backfill != nullptr && table.ttl.backfill->leftovers;
}

}  // namespace

bool TtlSweeper::Work::Enough() const { return rows >= kRowsPerStep || bytes >= kBytesPerStep; }

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
  for (const auto& table : tables_) {
    if (!HasLeftovers(*table)) earliest = std::min(earliest, table->ttl.progress->earliest);
  }
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
  Work work;
  more_ = false;
  for (const auto& table : tables_) {
    if (HasLeftovers(*table)) continue;
    more_ = !Sweep(commit, *table, work);
    if (more_) break;
  }
}

bool TtlSweeper::Sweep(Commit& commit, const TableState& table, Work& work) {
  const auto& progress = table.ttl.progress;
  const ExpiredSeconds expired = ExpiredAt(commit.now());
  const int64_t first = std::max(progress->earliest, expired.first);
  if (first > expired.last) return true;
  TtlProgress next = *progress;
  KeyRange range = RangeOfExpiries(table.ttl.index, first);
  range.high = std::min(range.high, next.reached);
  RowCursor rows(commit.storage(), range, Direction::kDescending, /*one_partition=*/false);
  for (; rows.Valid() && ExpiryOfKey(rows.key()) <= expired.last; rows.Next()) {
    if (work.Enough()) break;
    ++work.rows;
    work.bytes += Remove(commit, table, rows.key());
    next.reached = JustBelow(std::string(rows.key()));
  }
  if (!rows.status()) return true;  // nothing is noted: it is read again
  next.earliest = rows.Valid() ? ExpiryOfKey(rows.key()) : kNever;
  reached_.push_back({progress, std::move(next)});
  return reached_.back().next.earliest > expired.last;
}

size_t TtlSweeper::Remove(Commit& commit, const TableState& table, std::string_view expiry_key) {
  const std::string key = ItemKeyOf(expiry_key, table.id);
  const auto item = commit.Read(key, Detail::kItem);
  if (!item) return 0;  // reads of the item tell that it is broken
  const bool expires =
      item->exists() && ExpiryOf(*item->item(), table.ttl.attribute) == ExpiryOfKey(expiry_key);
  if (!expires) return 0;
  commit.Expire(table, key, *item);
  return item->size();
}

void TtlSweeper::Finish(const DbStatus& outcome) {
  if (!outcome) {
    next_ = now_ + kPauseAfterFailure;
    return;
  }
  for (Reached& reached : reached_) *reached.progress = std::move(reached.next);
  next_ = more_ ? now_ : now_ + interval_;
}

}  // namespace cruddur::engine
