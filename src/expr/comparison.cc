#include "expr/comparison.h"

#include <algorithm>

namespace cruddur::expr {
namespace {

using model::AttributeValue;
using model::Binary;
using model::Number;

int64_t Utf16Length(std::string_view text) {
  int64_t units = 0;
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) != 0x80) units += byte >= 0xF0 ? 2 : 1;
  }
  return units;
}

template <class Set, class Member>
bool HasMember(const AttributeValue& value, const AttributeValue& part) {
  const auto* set = value.As<Set>();
  const auto* member = part.As<Member>();
  return set != nullptr && member != nullptr &&
         std::binary_search(set->members.begin(), set->members.end(), *member);
}

}  // namespace

std::partial_ordering Compare(const AttributeValue& a, const AttributeValue& b) {
  if (a.type() != b.type()) return std::partial_ordering::unordered;
  if (const auto* s = a.As<std::string>()) return *s <=> *b.As<std::string>();
  if (const auto* n = a.As<Number>()) return *n <=> *b.As<Number>();
  if (const auto* bytes = a.As<Binary>()) return bytes->bytes <=> b.As<Binary>()->bytes;
  return std::partial_ordering::unordered;
}

bool BeginsWith(const AttributeValue& value, const AttributeValue& prefix) {
  if (value.type() != prefix.type()) return false;
  if (const auto* s = value.As<std::string>()) return s->starts_with(*prefix.As<std::string>());
  if (const auto* b = value.As<Binary>()) return b->bytes.starts_with(prefix.As<Binary>()->bytes);
  return false;
}

bool Contains(const AttributeValue& value, const AttributeValue& part) {
  switch (value.type()) {
    case model::Type::kS: {
      const auto* text = part.As<std::string>();
      return text != nullptr && value.As<std::string>()->contains(*text);
    }
    case model::Type::kB: {
      const auto* binary = part.As<Binary>();
      return binary != nullptr && value.As<Binary>()->bytes.contains(binary->bytes);
    }
    case model::Type::kL:
      return std::ranges::find(*value.As<model::List>(), part) != value.As<model::List>()->end();
    case model::Type::kSS:
      return HasMember<model::StringSet, std::string>(value, part);
    case model::Type::kNS:
      return HasMember<model::NumberSet, Number>(value, part);
    case model::Type::kBS:
      return HasMember<model::BinarySet, Binary>(value, part);
    default:
      return false;
  }
}

bool SizeOf(const AttributeValue& value, int64_t& out) {
  auto count = [&out](const auto& container) {
    out = static_cast<int64_t>(container.size());
    return true;
  };
  switch (value.type()) {
    case model::Type::kS:
      out = Utf16Length(*value.As<std::string>());
      return true;
    case model::Type::kB:
      return count(value.As<Binary>()->bytes);
    case model::Type::kL:
      return count(*value.As<model::List>());
    case model::Type::kM:
      return count(*value.As<model::Map>());
    case model::Type::kSS:
      return count(value.As<model::StringSet>()->members);
    case model::Type::kNS:
      return count(value.As<model::NumberSet>()->members);
    case model::Type::kBS:
      return count(value.As<model::BinarySet>()->members);
    default:
      return false;
  }
}

}  // namespace cruddur::expr
