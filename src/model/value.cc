#include "model/value.h"

#include <algorithm>
#include <array>
#include <functional>
#include <numeric>

namespace cruddur::model {
namespace {

constexpr std::array<std::string_view, 10> kTypeNames = {"S", "N", "B",  "BOOL", "NULL",
                                                         "L", "M", "SS", "NS",   "BS"};

constexpr size_t kContainerBytes = 3, kElementBytes = 1;

template <class Set>
bool SortMembers(Set& set) {
  std::ranges::sort(set.members);
  return std::ranges::adjacent_find(set.members) == set.members.end();
}

struct SizeOf {
  size_t operator()(const std::string& text) const { return text.size(); }
  size_t operator()(const Number& number) const { return number.SizeInBytes(); }
  size_t operator()(const Binary& binary) const { return binary.bytes.size(); }
  size_t operator()(bool) const { return 1; }
  size_t operator()(Null) const { return 1; }
  size_t operator()(const List& list) const {
    size_t size = kContainerBytes;
    for (const AttributeValue& element : list) size += kElementBytes + SizeInBytes(element);
    return size;
  }
  size_t operator()(const Map& map) const {
    return kContainerBytes + kElementBytes * map.size() + SizeInBytes(map);
  }
  template <class Set>
  size_t operator()(const Set& set) const {
    size_t size = 0;
    for (const auto& member : set.members) size += (*this)(member);
    return size;
  }
};

}  // namespace

Map::Map() = default;
Map::Map(const Map&) = default;
Map::Map(Map&&) noexcept = default;
Map& Map::operator=(const Map&) = default;
Map& Map::operator=(Map&&) noexcept = default;
Map::~Map() = default;

Map::Map(std::initializer_list<Attribute> attributes) : attributes_(attributes) { Sort(); }

const AttributeValue* Map::Find(std::string_view name) const {
  // Comparing for equality is so much cheaper than for order that it wins among a few.
  constexpr size_t kFew = 12;
  if (attributes_.size() <= kFew) {
    for (const Attribute& attribute : attributes_) {
      if (attribute.name == name) return &attribute.value;
    }
    return nullptr;
  }
  auto at = std::ranges::lower_bound(attributes_, name, {}, &Attribute::name);
  return at != attributes_.end() && at->name == name ? &at->value : nullptr;
}

AttributeValue* Map::Find(std::string_view name) {
  return const_cast<AttributeValue*>(std::as_const(*this).Find(name));
}

std::string_view Map::FindString(std::string_view name) const {
  const AttributeValue* value = Find(name);
  const std::string* text = value == nullptr ? nullptr : value->As<std::string>();
  return text == nullptr ? std::string_view() : *text;
}

AttributeValue& Map::Set(std::string name, AttributeValue value) {
  auto at = std::ranges::lower_bound(attributes_, name, {}, &Attribute::name);
  if (at != attributes_.end() && at->name == name) {
    at->value = std::move(value);
  } else {
    at = attributes_.insert(at, Attribute{std::move(name), std::move(value)});
  }
  return at->value;
}

bool Map::Erase(std::string_view name) {
  auto at = std::ranges::lower_bound(attributes_, name, {}, &Attribute::name);
  if (at == attributes_.end() || at->name != name) return false;
  attributes_.erase(at);
  return true;
}

void Map::Reserve(size_t count) { attributes_.reserve(count); }

void Map::Append(std::string name, AttributeValue value) {
  attributes_.push_back(Attribute{std::move(name), std::move(value)});
}

AttributeValue& Map::Append(std::string_view name) {
  Attribute& attribute = attributes_.emplace_back();
  attribute.name = name;
  return attribute.value;
}

bool Map::Sort() {
  if (std::ranges::is_sorted(attributes_, std::less_equal<>(), &Attribute::name) &&
      std::ranges::adjacent_find(attributes_, {}, &Attribute::name) == attributes_.end()) {
    return true;
  }
  // By name and, among equal names, the last one first, which then stays.
  std::vector<size_t> order(attributes_.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::sort(order, [this](size_t a, size_t b) {
    int names = attributes_[a].name.compare(attributes_[b].name);
    return names != 0 ? names < 0 : a > b;
  });
  std::vector<Attribute> sorted;
  sorted.reserve(attributes_.size());
  for (size_t at : order) {
    if (sorted.empty() || sorted.back().name != attributes_[at].name) {
      sorted.push_back(std::move(attributes_[at]));
    }
  }
  bool unique = sorted.size() == attributes_.size();
  attributes_ = std::move(sorted);
  return unique;
}

bool Map::operator==(const Map& other) const { return attributes_ == other.attributes_; }

std::string_view TypeName(Type type) { return kTypeNames[static_cast<size_t>(type)]; }

bool TypeFromName(std::string_view name, Type& out) {
  auto at = std::ranges::find(kTypeNames, name);
  if (at == kTypeNames.end()) return false;
  out = static_cast<Type>(at - kTypeNames.begin());
  return true;
}

bool SortSet(StringSet& set) { return SortMembers(set); }
bool SortSet(NumberSet& set) { return SortMembers(set); }
bool SortSet(BinarySet& set) { return SortMembers(set); }

size_t SizeInBytes(const AttributeValue& value) { return std::visit(SizeOf(), value.value); }

size_t SizeInBytes(const Item& item) {
  size_t size = 0;
  for (const Attribute& attribute : item)
    size += attribute.name.size() + SizeInBytes(attribute.value);
  return size;
}

}  // namespace cruddur::model
