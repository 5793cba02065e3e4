#include "model/table_settings.h"

namespace cruddur::model {
namespace {

constexpr std::string_view kModes[] = {"ACCESSED_AND_THROTTLED_KEYS", "THROTTLED_KEYS"};

}  // namespace

std::string_view NameOf(ContributorInsightsMode mode) { return kModes[static_cast<size_t>(mode)]; }

bool FromName(std::string_view name, ContributorInsightsMode& out) {
  for (size_t i = 0; i < std::size(kModes); ++i) {
    if (kModes[i] != name) continue;
    out = static_cast<ContributorInsightsMode>(i);
    return true;
  }
  return false;
}

}  // namespace cruddur::model
