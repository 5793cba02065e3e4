// AttributeValue and Item: the data model of DynamoDB.
//
// Values, copied and moved as such; equality is DynamoDB's (sets without order, numbers by value).
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "model/number.h"

namespace cruddur::model {

struct AttributeValue;
struct Attribute;

struct Null {
  bool operator==(const Null&) const = default;
};
struct Binary {
  std::string bytes;
  auto operator<=>(const Binary&) const = default;
};

// Sets hold their members sorted and without duplicates: whoever builds one sees to that.
struct StringSet {
  std::vector<std::string> members;
  bool operator==(const StringSet&) const = default;
};
struct NumberSet {
  std::vector<Number> members;
  bool operator==(const NumberSet&) const = default;
};
struct BinarySet {
  std::vector<Binary> members;
  bool operator==(const BinarySet&) const = default;
};

using List = std::vector<AttributeValue>;

// Attributes sorted by name (bytewise), each name once. Items are small: a sorted vector beats a
// tree in space, in look-up and above all in allocations.
class Map {
 public:
  using const_iterator = std::vector<Attribute>::const_iterator;

  Map();
  Map(std::initializer_list<Attribute> attributes);
  Map(const Map&);
  Map(Map&&) noexcept;
  Map& operator=(const Map&);
  Map& operator=(Map&&) noexcept;
  ~Map();

  size_t size() const;
  bool empty() const;
  const_iterator begin() const;
  const_iterator end() const;

  const AttributeValue* Find(std::string_view name) const;  // null if absent
  AttributeValue* Find(std::string_view name);
  // The string under `name`; empty if absent or of another type.
  std::string_view FindString(std::string_view name) const;
  AttributeValue& Set(std::string name, AttributeValue value);  // inserts or replaces
  bool Erase(std::string_view name);

  // Fast building: Append in any order, then Sort once. Sort answers false for a repeated name, of
  // which it keeps the last value. Append without a value gives the place to put it in, good until
  // the next call.
  void Reserve(size_t count);
  void Append(std::string name, AttributeValue value);
  AttributeValue& Append(std::string_view name);
  bool Sort();

  bool operator==(const Map& other) const;

 private:
  std::vector<Attribute> attributes_;
};

enum class Type { kS, kN, kB, kBool, kNull, kL, kM, kSS, kNS, kBS };  // the order of the variant

struct AttributeValue {
  std::variant<std::string, Number, Binary, bool, Null, List, Map, StringSet, NumberSet, BinarySet>
      value;

  AttributeValue() : value(Null{}) {}
  // One constructor for what the variant can hold; a string literal is an S, not a bool.
  template <class T>
    requires(!std::is_same_v<std::remove_cvref_t<T>, AttributeValue> &&
             !std::is_convertible_v<T, std::string_view>)
  AttributeValue(T&& v) : value(std::forward<T>(v)) {}                 // NOLINT: values convert
  AttributeValue(std::string text) : value(std::move(text)) {}         // NOLINT
  AttributeValue(std::string_view text) : value(std::string(text)) {}  // NOLINT
  AttributeValue(const char* text) : value(std::string(text)) {}       // NOLINT

  Type type() const { return static_cast<Type>(value.index()); }
  template <class T>
  const T* As() const {
    return std::get_if<T>(&value);
  }
  template <class T>
  T* As() {
    return std::get_if<T>(&value);
  }
  bool operator==(const AttributeValue&) const = default;
};

struct Attribute {
  std::string name;
  AttributeValue value;
  bool operator==(const Attribute&) const = default;
};

inline size_t Map::size() const { return attributes_.size(); }
inline bool Map::empty() const { return attributes_.empty(); }
inline Map::const_iterator Map::begin() const { return attributes_.begin(); }
inline Map::const_iterator Map::end() const { return attributes_.end(); }

using Item = Map;

// "S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS".
std::string_view TypeName(Type type);
bool TypeFromName(std::string_view name, Type& out);

// Sorts; false where a member occurs twice.
bool SortSet(StringSet& set);
bool SortSet(NumberSet& set);
bool SortSet(BinarySet& set);

// AWS's item-size arithmetic (dynamodb-semantics.md section 2): the value alone; an item with its
// names.
size_t SizeInBytes(const AttributeValue& value);
size_t SizeInBytes(const Item& item);

inline constexpr size_t kMaxItemBytes = 400 * 1024;
// A scalar attribute is at level 1; what a list or map holds is one level below it.
inline constexpr size_t kMaxNesting = 32;

}  // namespace cruddur::model
