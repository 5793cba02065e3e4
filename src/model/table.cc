#include "model/table.h"

#include <algorithm>
#include <array>

namespace cruddur::model {
namespace {

// Names in the order of each enumeration.
constexpr std::array<std::string_view, 3> kProjectionTypes = {"ALL", "KEYS_ONLY", "INCLUDE"};
constexpr std::array<std::string_view, 4> kTableStatuses = {"CREATING", "UPDATING", "DELETING",
                                                            "ACTIVE"};
constexpr std::array<std::string_view, 2> kBillingModes = {"PROVISIONED", "PAY_PER_REQUEST"};
constexpr std::array<std::string_view, 4> kStreamViewTypes = {"KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE",
                                                              "NEW_AND_OLD_IMAGES"};
constexpr std::array<std::string_view, 2> kTableClasses = {"STANDARD",
                                                           "STANDARD_INFREQUENT_ACCESS"};

template <class Names, class Enum>
bool Look(const Names& names, std::string_view name, Enum& out) {
  auto at = std::ranges::find(names, name);
  if (at == names.end()) return false;
  out = static_cast<Enum>(at - names.begin());
  return true;
}

}  // namespace

const KeyAttribute* KeySchema::Find(std::string_view name) const {
  for (const auto* attributes : {&partition, &sort}) {
    auto at = std::ranges::find(*attributes, name, &KeyAttribute::name);
    if (at != attributes->end()) return &*at;
  }
  return nullptr;
}

const IndexDescription* TableDescription::FindIndex(std::string_view index) const {
  auto at = std::ranges::find(indexes, index, &IndexDescription::name);
  return at == indexes.end() ? nullptr : &*at;
}

std::string_view NameOf(ProjectionType type) { return kProjectionTypes[static_cast<size_t>(type)]; }
std::string_view NameOf(TableStatus status) { return kTableStatuses[static_cast<size_t>(status)]; }
std::string_view NameOf(BillingMode mode) { return kBillingModes[static_cast<size_t>(mode)]; }
std::string_view NameOf(StreamViewType type) { return kStreamViewTypes[static_cast<size_t>(type)]; }
std::string_view NameOf(TableClass value) { return kTableClasses[static_cast<size_t>(value)]; }

bool FromName(std::string_view name, ProjectionType& out) {
  return Look(kProjectionTypes, name, out);
}
bool FromName(std::string_view name, TableStatus& out) { return Look(kTableStatuses, name, out); }
bool FromName(std::string_view name, BillingMode& out) { return Look(kBillingModes, name, out); }
bool FromName(std::string_view name, StreamViewType& out) {
  return Look(kStreamViewTypes, name, out);
}
bool FromName(std::string_view name, TableClass& out) { return Look(kTableClasses, name, out); }

}  // namespace cruddur::model
