#include "engine/throughput_changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>

namespace cruddur::engine {
namespace {

constexpr int64_t kFreeDecreases = 4;
constexpr base::Micros kPause = std::chrono::hours(1);
constexpr base::Micros kDay = std::chrono::hours(24);

base::Micros DayOf(base::Micros time) { return time - time % kDay; }

// "Thursday, October 8, 2026 at 11:20:48 PM Coordinated Universal Time"
std::string InWords(base::Micros time) {
  const std::time_t seconds = std::chrono::duration_cast<std::chrono::seconds>(time).count();
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 100> text{};
  const size_t length =
      std::strftime(text.data(), text.size(),
                    "%A, %B %-d, %Y at %-I:%M:%S %p Coordinated Universal Time", &parts);
  return std::string(text.data(), length);
}

}  // namespace

model::ThroughputChanges ThroughputChangesOn(base::Micros now, model::ThroughputChanges changes) {
  if (DayOf(changes.last_decrease) != DayOf(now)) changes.decreases_today = 0;
  return changes;
}

DbStatus NoteThroughputChange(const model::Throughput& before, const model::Throughput& after,
                              base::Micros now, model::ThroughputChanges& changes) {
  const bool lower = after.read_units < before.read_units || after.write_units < before.write_units;
  const bool higher =
      after.read_units > before.read_units || after.write_units > before.write_units;
  model::ThroughputChanges next = ThroughputChangesOn(now, changes);
  if (lower) {
    const base::Micros free_at =
        std::min(next.last_decrease + kPause, DayOf(next.last_decrease) + kDay);
    if (next.decreases_today >= kFreeDecreases && now < free_at) {
      return model::DbFail(
          model::DbErrorCode::kLimitExceeded,
          fmt::format("Subscriber limit exceeded: Provisioned throughput decreases are limited "
                      "within a given UTC day. After the first {} decreases, each subsequent "
                      "decrease in the same UTC day can be performed at most once every 3600 "
                      "seconds. Number of decreases today: {}. Last decrease at {}. Next decrease "
                      "can be made at {}",
                      kFreeDecreases, next.decreases_today, InWords(next.last_decrease),
                      InWords(free_at)));
    }
    ++next.decreases_today;
    next.last_decrease = now;
  }
  if (higher) next.last_increase = now;
  changes = next;
  return {};
}

}  // namespace cruddur::engine
