#include "model/stored_item.h"

#include <algorithm>
#include <cstdint>

namespace cruddur::model {
namespace {

// A count from hostile bytes may claim much; this much is believed before elements show up.
constexpr size_t kBelievedCount = 256;
constexpr size_t kMaxStoredDepth = kMaxNesting + 1;

void AppendVarint(std::string& out, uint64_t value) {
  while (value >= 0x80) {
    out += static_cast<char>(value | 0x80);
    value >>= 7;
  }
  out += static_cast<char>(value);
}

void AppendBytes(std::string& out, std::string_view bytes) {
  AppendVarint(out, bytes.size());
  out += bytes;
}

void AppendMap(std::string& out, const Map& map);
void AppendValue(std::string& out, const AttributeValue& value);

struct ContentEncoder {
  std::string& out;

  void operator()(const std::string& text) const { AppendBytes(out, text); }
  void operator()(const Number& number) const { number.EncodeCompact(out); }
  void operator()(const Binary& binary) const { AppendBytes(out, binary.bytes); }
  void operator()(bool value) const { out += value ? '\1' : '\0'; }
  void operator()(Null) const {}
  void operator()(const List& list) const {
    AppendVarint(out, list.size());
    for (const AttributeValue& value : list) AppendValue(out, value);
  }
  void operator()(const Map& map) const { AppendMap(out, map); }
  template <class Set>
  void operator()(const Set& set) const {
    AppendVarint(out, set.members.size());
    for (const auto& member : set.members) (*this)(member);
  }
};

void AppendValue(std::string& out, const AttributeValue& value) {
  out += static_cast<char>(value.type());
  std::visit(ContentEncoder{out}, value.value);
}

void AppendMap(std::string& out, const Map& map) {
  AppendVarint(out, map.size());
  for (const Attribute& attribute : map) {
    AppendBytes(out, attribute.name);
    AppendValue(out, attribute.value);
  }
}

// Reads from the front of `rest_`; every function answers false for bytes that weren't encoded.
class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : rest_(bytes) {}

  bool AtEnd() const { return rest_.empty(); }

  bool ReadMap(Map& out, size_t depth) {
    size_t count;
    if (!ReadCount(count) || depth > kMaxStoredDepth) return false;
    out.Reserve(std::min(count, kBelievedCount));
    std::string_view previous;
    for (size_t i = 0; i < count; ++i) {
      std::string_view name;
      if (!ReadBytes(name) || (i > 0 && name <= previous)) return false;
      if (!ReadValue(out.Append(name), depth)) return false;
      previous = name;
    }
    return true;
  }

 private:
  // Never more than the bytes that are left: each element takes one at least.
  bool ReadCount(size_t& out) {
    if (!rest_.empty() && static_cast<uint8_t>(rest_[0]) < 0x80) [[likely]] {
      out = static_cast<uint8_t>(rest_[0]);
      rest_.remove_prefix(1);
      return out <= rest_.size();
    }
    uint64_t value = 0;
    for (size_t i = 0; i < rest_.size() && i < 5; ++i) {
      auto byte = static_cast<uint8_t>(rest_[i]);
      value |= static_cast<uint64_t>(byte & 0x7F) << (7 * i);
      if (byte < 0x80) {
        rest_.remove_prefix(i + 1);
        out = value;
        return byte != 0 && value <= rest_.size();  // the shortest form only
      }
    }
    return false;
  }

  bool ReadBytes(std::string_view& out) {
    size_t length;
    if (!ReadCount(length)) return false;
    out = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return true;
  }

  bool ReadMember(std::string& out) {
    std::string_view bytes;
    if (!ReadBytes(bytes)) return false;
    out.assign(bytes);
    return true;
  }
  bool ReadMember(Binary& out) { return ReadMember(out.bytes); }
  bool ReadMember(Number& out) { return Number::DecodeCompact(rest_, out); }

  template <class Set>
  bool ReadSet(Set& out) {
    size_t count;
    if (!ReadCount(count) || count == 0) return false;
    out.members.reserve(std::min(count, kBelievedCount));
    for (size_t i = 0; i < count; ++i) {
      if (!ReadMember(out.members.emplace_back())) return false;
      if (i > 0 && !(out.members[i - 1] < out.members[i])) return false;
    }
    return true;
  }

  bool ReadList(List& out, size_t depth) {
    size_t count;
    if (!ReadCount(count) || depth > kMaxStoredDepth) return false;
    out.reserve(std::min(count, kBelievedCount));
    for (size_t i = 0; i < count; ++i) {
      if (!ReadValue(out.emplace_back(), depth)) return false;
    }
    return true;
  }

  bool ReadValue(AttributeValue& out, size_t depth) {
    if (rest_.empty()) return false;
    auto type = static_cast<uint8_t>(rest_[0]);
    rest_.remove_prefix(1);
    switch (static_cast<Type>(type)) {
      case Type::kS: {
        std::string_view text;
        if (!ReadBytes(text)) return false;
        out.value.emplace<std::string>(text);
        return true;
      }
      case Type::kN:
        return ReadMember(out.value.emplace<Number>());
      case Type::kB:
        return ReadMember(out.value.emplace<Binary>());
      case Type::kBool: {
        if (rest_.empty() || static_cast<uint8_t>(rest_[0]) > 1) return false;
        out.value = rest_[0] == 1;
        rest_.remove_prefix(1);
        return true;
      }
      case Type::kNull:
        out.value = Null();
        return true;
      case Type::kL:
        return ReadList(out.value.emplace<List>(), depth + 1);
      case Type::kM:
        return ReadMap(out.value.emplace<Map>(), depth + 1);
      case Type::kSS:
        return ReadSet(out.value.emplace<StringSet>());
      case Type::kNS:
        return ReadSet(out.value.emplace<NumberSet>());
      case Type::kBS:
        return ReadSet(out.value.emplace<BinarySet>());
    }
    return false;
  }

  std::string_view rest_;
};

}  // namespace

void EncodeItem(const Item& item, std::string& out) { AppendMap(out, item); }

base::Result<Item> DecodeItem(std::string_view bytes) {
  Decoder decoder(bytes);
  Item item;
  if (!decoder.ReadMap(item, 1) || !decoder.AtEnd()) {
    return base::Fail(base::ErrorCode::kCorruption, "a stored item is not what was written");
  }
  return item;
}

}  // namespace cruddur::model
