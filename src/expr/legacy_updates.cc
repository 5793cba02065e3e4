#include "expr/legacy_updates.h"

#include <fmt/format.h>

#include <array>
#include <unordered_set>
#include <utility>

namespace cruddur::expr {
namespace {

using model::Type;

std::unexpected<model::DbError> InvalidParameter(std::string_view what) {
  return model::Invalid(fmt::format("One or more parameter values were invalid: {}", what));
}

bool IsSet(Type type) { return type == Type::kSS || type == Type::kNS || type == Type::kBS; }

}  // namespace

model::DbStatus CheckLegacyUpdate(const LegacyUpdate& update) {
  if (!update.value) {
    if (update.action == LegacyAction::kDelete) return {};
    return InvalidParameter("Only DELETE action is allowed when no attribute value is specified");
  }
  const Type type = update.value->type();
  if (update.action == LegacyAction::kDelete && !IsSet(type)) {
    return InvalidParameter(fmt::format("DELETE action with value is not supported for the type {}",
                                        model::TypeName(type)));
  }
  if (update.action == LegacyAction::kAdd && !IsSet(type) && type != Type::kN && type != Type::kL) {
    return InvalidParameter(
        fmt::format("ADD action is not supported for the type {}", model::TypeName(type)));
  }
  return {};
}

std::string WriteUpdates(std::vector<LegacyUpdate> updates, LegacyPlaceholders& placeholders) {
  struct SectionText {
    std::string_view word, between;
    std::string text = {};
  };
  std::array<SectionText, 4> sections = {
      {{"SET ", " = "}, {"REMOVE ", ""}, {"ADD ", " "}, {"DELETE ", " "}}};
  for (LegacyUpdate& each : updates) {
    const size_t section = each.action == LegacyAction::kPut   ? 0
                           : !each.value                       ? 1
                           : each.action == LegacyAction::kAdd ? 2
                                                               : 3;
    SectionText& out = sections[section];
    out.text += out.text.empty() ? out.word : ", ";
    out.text += placeholders.Name(std::move(each.attribute));
    if (!each.value) continue;
    out.text += out.between;
    out.text += placeholders.Value(*std::move(each.value));
  }
  std::string text;
  for (const SectionText& section : sections) {
    if (section.text.empty()) continue;
    if (!text.empty()) text += ' ';
    text += section.text;
  }
  return text;
}

model::DbStatus CheckAttributesToGet(const std::vector<std::string>& attributes) {
  std::unordered_set<std::string_view> seen;
  for (const std::string& each : attributes) {
    if (seen.insert(each).second) continue;
    return InvalidParameter("Duplicate value in attribute name: " + each);
  }
  return {};
}

std::string WriteAttributesToGet(std::vector<std::string> attributes,
                                 LegacyPlaceholders& placeholders) {
  std::string text;
  for (std::string& each : attributes) {
    if (!text.empty()) text += ", ";
    text += placeholders.Name(std::move(each));
  }
  return text;
}

}  // namespace cruddur::expr
