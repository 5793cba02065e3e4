#include "stream/mapping_metrics.h"

#include <algorithm>
#include <string>

namespace cruddur::stream {
namespace {

std::string Labels(std::string_view name) { return "trigger=\"" + std::string(name) + "\""; }

}  // namespace

MappingMetrics::MappingMetrics(base::Registry& registry, std::string_view name,
                               const base::Clock& clock)
    : invocations(registry.AddCounter("cruddur_trigger_invocations_total",
                                      "Invocations of a trigger's function.", Labels(name))),
      errors(registry.AddCounter("cruddur_trigger_errors_total",
                                 "Invocations that failed, wholly or in part.", Labels(name))),
      unreached(registry.AddCounter("cruddur_trigger_unreached_total",
                                    "Attempts that didn't reach a trigger's function.",
                                    Labels(name))),
      records(registry.AddCounter("cruddur_trigger_records_total",
                                  "Records that a trigger's function has handled.", Labels(name))),
      filtered(registry.AddCounter("cruddur_trigger_filtered_records_total",
                                   "Records that no filter pattern matched.", Labels(name))),
      dead_letters(registry.AddCounter("cruddur_trigger_dead_letter_records_total",
                                       "Records that were given up, and kept.", Labels(name))),
      gaps(registry.AddCounter("cruddur_trigger_gaps_total",
                               "Where records were gone before they were read.", Labels(name))),
      clock_(clock) {
  registry.AddGauge(
      "cruddur_trigger_iterator_age_seconds", "Age of the oldest record that isn't handled yet.",
      [this] { return static_cast<double>(iterator_age().count()) / 1e6; }, Labels(name));
}

base::Micros MappingMetrics::iterator_age() const {
  const base::Micros oldest(oldest_.load(std::memory_order_relaxed));
  return oldest.count() == 0 ? base::Micros(0) : std::max(clock_.Now() - oldest, base::Micros(0));
}

}  // namespace cruddur::stream
