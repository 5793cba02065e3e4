#include "engine/ttl_index.h"

#include <algorithm>
#include <charconv>

namespace cruddur::engine {
namespace {

constexpr size_t kPlaceOfItemKey = 4 + 8;

}  // namespace

std::optional<int64_t> ExpiryOf(const model::Item& item, std::string_view attribute) {
  const model::AttributeValue* value = item.Find(attribute);
  const auto* number = value != nullptr ? value->As<model::Number>() : nullptr;
  if (number == nullptr) return std::nullopt;
  int64_t seconds = 0;
  if (!number->AsInt64(seconds)) {
    const std::string text = number->ToString();
    const char* const point = text.data() + std::min(text.find('.'), text.size());
    if (std::from_chars(text.data(), point, seconds).ec != std::errc()) return std::nullopt;
  }
  if (seconds <= 0) return std::nullopt;
  return seconds;
}

ExpiredSeconds ExpiredAt(base::Micros now) {
  const auto seconds = [](base::Micros time) {
    return std::chrono::floor<std::chrono::seconds>(time).count();
  };
  return {.first = std::max<int64_t>(seconds(now - kOldestExpiry), 1),
          .last = seconds(now - base::Micros(1))};
}

std::string ExpiryKey(KeyspaceId index, int64_t expiry, std::string_view item_key) {
  std::string key;
  key.reserve(kPlaceOfItemKey + item_key.size());
  AppendUint32(index, key);
  AppendUint64(~static_cast<uint64_t>(expiry), key);
  key.append(item_key.substr(4));
  return key;
}

int64_t ExpiryOfKey(std::string_view key) {
  return static_cast<int64_t>(~ReadUint64(key.substr(4)));
}

std::string ItemKeyOf(std::string_view expiry_key, KeyspaceId table) {
  std::string key;
  AppendUint32(table, key);
  key.append(expiry_key.substr(kPlaceOfItemKey));
  return key;
}

KeyRange RangeOfExpiries(KeyspaceId index, int64_t first) {
  KeyRange range = RangeOfKeyspace(index);
  range.high.clear();
  AppendUint32(index, range.high);
  AppendUint64(~static_cast<uint64_t>(first) + 1, range.high);
  return range;
}

void TtlProgress::NoteAdded(std::string_view expiry_key) {
  earliest = std::min(earliest, ExpiryOfKey(expiry_key));
  if (expiry_key > reached) reached = JustAbove(std::string(expiry_key));
}

}  // namespace cruddur::engine
