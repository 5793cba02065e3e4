#include "engine/key_codec.h"

#include <array>
#include <cassert>
#include <cstring>

namespace cruddur::engine {
namespace {

using model::AttributeValue;
using model::KeyAttribute;

// A zero byte inside a text is written as 00 FF and its end as 00 01. Any byte that may follow a
// shorter text's end is then larger than that 01, so the shorter text sorts first.
constexpr char kEscape = '\x00';
constexpr char kEscapedZero = '\xFF';
constexpr char kEndOfText = '\x01';

constexpr char kEndOfKey = '\x01';

void AppendEscaped(std::string_view text, std::string& out) {
  while (const void* zero = std::memchr(text.data(), 0, text.size())) {
    const size_t length = static_cast<const char*>(zero) - text.data() + 1;
    out.append(text.data(), length).push_back(kEscapedZero);
    text.remove_prefix(length);
    if (text.empty()) return;
  }
  out.append(text);
}

void AppendText(std::string_view text, std::string& out) {
  if (!text.empty()) AppendEscaped(text, out);
  out.push_back(kEscape);
  out.push_back(kEndOfText);
}

// False if the item lacks one of `attributes` or has it with another type.
bool AppendAttributes(const std::vector<KeyAttribute>& attributes, const model::Item& item,
                      std::string& out) {
  for (const KeyAttribute& attribute : attributes) {
    const AttributeValue* value = item.Find(attribute.name);
    if (value == nullptr || value->type() != attribute.type) return false;
    AppendKeyAttribute(*value, out);
  }
  return true;
}

// Writes keyspace and a place for the hash; FinishPartition fills that in.
size_t BeginPartition(KeyspaceId keyspace, std::string& out) {
  AppendUint32(keyspace, out);
  AppendUint32(0, out);
  return out.size();
}

void FinishPartition(size_t start, std::string& out) {
  const auto hash = static_cast<uint32_t>(StableHash(std::string_view(out).substr(start)) >> 32);
  for (size_t i = 0; i < 4; ++i) out[start - 4 + i] = static_cast<char>(hash >> (24 - 8 * i));
}

std::string HashBound(KeyspaceId keyspace, uint64_t hash) {
  std::string bound;
  if (hash > UINT32_MAX) {
    AppendUint32(keyspace + 1, bound);
    return bound;
  }
  AppendUint32(keyspace, bound);
  AppendUint32(static_cast<uint32_t>(hash), bound);
  return bound;
}

}  // namespace

void AppendUint32(uint32_t value, std::string& out) {
  const std::array<char, 4> bytes{static_cast<char>(value >> 24), static_cast<char>(value >> 16),
                                  static_cast<char>(value >> 8), static_cast<char>(value)};
  out.append(bytes.data(), bytes.size());
}

void AppendUint64(uint64_t value, std::string& out) {
  AppendUint32(static_cast<uint32_t>(value >> 32), out);
  AppendUint32(static_cast<uint32_t>(value), out);
}

uint32_t ReadUint32(std::string_view bytes) {
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

uint64_t ReadUint64(std::string_view bytes) {
  return uint64_t{ReadUint32(bytes)} << 32 | ReadUint32(bytes.substr(4));
}

// Eight bytes at a time: multiply and fold, then the finalizer of splitmix64.
uint64_t StableHash(std::string_view bytes, uint64_t seed) {
  uint64_t hash = 0x9E3779B97F4A7C15 ^ seed ^ (bytes.size() * 0xFF51AFD7ED558CCD);
  while (!bytes.empty()) {
    const size_t length = bytes.size() < 8 ? bytes.size() : 8;
    uint64_t word = 0;
    for (size_t i = 0; i < length; ++i) {
      word |= uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
    }
    hash = (hash ^ word) * 0xBF58476D1CE4E5B9;
    hash ^= hash >> 32;
    bytes.remove_prefix(length);
  }
  hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9;
  hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EB;
  return hash ^ (hash >> 31);
}

void AppendKeyAttribute(const AttributeValue& value, std::string& out) {
  if (const auto* text = value.As<std::string>()) {
    AppendText(*text, out);
  } else if (const auto* binary = value.As<model::Binary>()) {
    AppendText(binary->bytes, out);
  } else {
    const auto* number = value.As<model::Number>();
    assert(number != nullptr);
    number->EncodeOrdered(out);
  }
}

void AppendKeyAttributePrefix(const AttributeValue& value, std::string& out) {
  const auto* text = value.As<std::string>();
  const auto* binary = value.As<model::Binary>();
  assert(text != nullptr || binary != nullptr);
  const std::string_view bytes = text != nullptr ? *text : binary->bytes;
  if (!bytes.empty()) AppendEscaped(bytes, out);
}

void AppendPartition(KeyspaceId keyspace, const std::vector<AttributeValue>& partition,
                     std::string& out) {
  const size_t start = BeginPartition(keyspace, out);
  for (const AttributeValue& value : partition) AppendKeyAttribute(value, out);
  FinishPartition(start, out);
}

bool AppendItemKey(KeyspaceId table, const model::KeySchema& keys, const model::Item& item,
                   std::string& out) {
  const size_t before = out.size();
  const size_t start = BeginPartition(table, out);
  bool complete = AppendAttributes(keys.partition, item, out);
  if (complete) {
    FinishPartition(start, out);
    complete = AppendAttributes(keys.sort, item, out);
  }
  if (!complete) {
    out.resize(before);
    return false;
  }
  out.push_back(kEndOfKey);
  return true;
}

bool AppendIndexKey(KeyspaceId index, const model::KeySchema& index_keys,
                    const model::KeySchema& base_keys, const model::Item& item, std::string& out) {
  const size_t before = out.size();
  const size_t start = BeginPartition(index, out);
  bool complete = AppendAttributes(index_keys.partition, item, out);
  if (complete) {
    FinishPartition(start, out);
    complete = AppendAttributes(index_keys.sort, item, out) &&
               AppendAttributes(base_keys.partition, item, out) &&
               AppendAttributes(base_keys.sort, item, out);
  }
  if (!complete) {
    out.resize(before);
    return false;
  }
  out.push_back(kEndOfKey);
  return true;
}

std::string PrefixEnd(std::string prefix) {
  while (!prefix.empty() && prefix.back() == '\xFF') prefix.pop_back();
  assert(!prefix.empty());
  if (!prefix.empty()) prefix.back() = static_cast<char>(prefix.back() + 1);
  return prefix;
}

std::string JustBelow(std::string key) {
  key.back() = static_cast<char>(kEndOfKey - 1);
  return key;
}

std::string JustAbove(std::string key) {
  key.back() = static_cast<char>(kEndOfKey + 1);
  return key;
}

KeyRange RangeOfKeyspace(KeyspaceId keyspace) { return RangeOfSegment(keyspace, 0, 1); }

KeyRange RangeOfSegment(KeyspaceId keyspace, uint64_t segment, uint64_t total) {
  // Exact for every total up to 2^32: neighbours share their bound.
  const auto bound = [&](uint64_t i) { return HashBound(keyspace, (i << 32) / total); };
  return KeyRange{bound(segment), bound(segment + 1)};
}

KeyRange RangeOfCondition(KeyspaceId keyspace, const expr::KeyCondition& condition) {
  using expr::RangeOperator;
  std::string prefix;
  AppendPartition(keyspace, condition.partition, prefix);
  for (const AttributeValue& value : condition.sort_equal) AppendKeyAttribute(value, prefix);

  const auto with = [&](const AttributeValue& value) {
    std::string bound = prefix;
    AppendKeyAttribute(value, bound);
    return bound;
  };
  // What follows an attribute in a key (the base key or the key's end) is never empty: a bound that
  // ends with the attribute is below all its keys, its PrefixEnd above them.
  switch (condition.range) {
    case RangeOperator::kNone:
      break;
    case RangeOperator::kLess:
      return {prefix, with(condition.low)};
    case RangeOperator::kLessEqual:
      return {prefix, PrefixEnd(with(condition.low))};
    case RangeOperator::kGreater:
      return {PrefixEnd(with(condition.low)), PrefixEnd(prefix)};
    case RangeOperator::kGreaterEqual:
      return {with(condition.low), PrefixEnd(prefix)};
    case RangeOperator::kBetween:
      return {with(condition.low), PrefixEnd(with(condition.high))};
    case RangeOperator::kBeginsWith: {
      std::string low = prefix;
      AppendKeyAttributePrefix(condition.low, low);
      // An empty prefix is the whole partition.
      return {low, PrefixEnd(low)};
    }
  }
  return {prefix, PrefixEnd(prefix)};
}

}  // namespace cruddur::engine
