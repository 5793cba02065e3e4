// Typed reading of a request's members, once per JSON object.
//
// Names are resolved at compile time against the shape, so a member that the shape doesn't have is
// a compile error and reading one is an array access. Readers give defaults for what failed the
// checks: the issues say so, and the request is then not used.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dynamo/request_shape.h"
#include "model/dynamo_json.h"

namespace cruddur::dynamo {

// A JSON truth value, or the strings that AWS takes for one; nullopt for other strings.
std::optional<bool> BooleanOf(json::Element value);
// A JSON number as an integer: fractions are cut off, what is out of range becomes the nearest.
int64_t IntegerOf(json::Element value);

// A map of attribute values; a broken value is noted at `stage`, a wrong JSON type at kTypes.
model::Item ReadItemMember(json::Element value, RequestIssues& issues,
                           CheckStage stage = CheckStage::kValues);

template <const Shape& S>
class Fields {
 public:
  struct Name {
    size_t index;
    consteval Name(const char* name) : index(0) {  // NOLINT: literals convert
      while (S.members[index].name != name) ++index;
    }
  };

  // `object` must be a JSON object.
  explicit Fields(json::Element object) : index_(object.get_object().value_unsafe(), S) {}

  const MemberIndex& index() const { return index_; }
  const json::Element* At(Name name) const { return index_.At(name.index); }
  bool Has(Name name) const { return At(name) != nullptr; }

  std::string String(Name name) const {
    const json::Element* value = At(name);
    return value && value->is_string() ? std::string(value->get_string().value_unsafe())
                                       : std::string();
  }
  std::optional<std::string> OptionalString(Name name) const {
    if (!Has(name)) return std::nullopt;
    return String(name);
  }
  bool Bool(Name name, bool fallback = false) const {
    const json::Element* value = At(name);
    return value ? BooleanOf(*value).value_or(fallback) : fallback;
  }
  std::optional<int64_t> Int(Name name) const {
    const json::Element* value = At(name);
    return value && value->is_number() ? std::optional(IntegerOf(*value)) : std::nullopt;
  }
  template <class E>
  std::optional<E> OptionalEnum(Name name) const {
    const json::Element* value = At(name);
    if (!value || !value->is_string()) return std::nullopt;
    for (const EnumValue& each : S.members[name.index].shape->values) {
      if (each.name == value->get_string().value_unsafe()) return static_cast<E>(each.value);
    }
    return std::nullopt;
  }
  template <class E>
  E Enum(Name name, E fallback) const {
    return OptionalEnum<E>(name).value_or(fallback);
  }
  model::Item Item(Name name, RequestIssues& issues, CheckStage stage = CheckStage::kValues) const {
    const json::Element* value = At(name);
    return value && value->is_object() ? ReadItemMember(*value, issues, stage) : model::Item();
  }
  std::vector<std::string> Strings(Name name) const {
    std::vector<std::string> out;
    ForEach(name, [&](json::Element each) {
      if (each.is_string()) out.emplace_back(each.get_string().value_unsafe());
    });
    return out;
  }
  // f(element) for each element of a list; f(key, element) for each of a map.
  template <class F>
  void ForEach(Name name, F&& f) const {
    const json::Element* value = At(name);
    if (!value || !value->is_array()) return;
    for (json::Element each : value->get_array().value_unsafe()) f(each);
  }
  template <class F>
  void ForEachPair(Name name, F&& f) const {
    const json::Element* value = At(name);
    if (!value || !value->is_object()) return;
    for (auto [key, each] : value->get_object().value_unsafe()) f(key, each);
  }

 private:
  MemberIndex index_;
};

}  // namespace cruddur::dynamo
