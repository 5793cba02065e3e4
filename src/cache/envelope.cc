#include "cache/envelope.h"

#include <zlib.h>

#include <cstring>

namespace cruddur::cache {
namespace {

constexpr std::string_view kFormat = "CRC\x01";
constexpr size_t kHeader = kFormat.size() + sizeof(uint64_t) + sizeof(uint32_t);

uint32_t Checksum(std::string_view key, uint64_t tag, std::string_view contents) {
  const auto add = [](uLong sum, const void* data, size_t size) {
    return crc32_z(sum, static_cast<const Bytef*>(data), size);
  };
  uLong sum = add(0, &tag, sizeof tag);
  sum = add(sum, key.data(), key.size());
  return static_cast<uint32_t>(add(sum, contents.data(), contents.size()));
}

}  // namespace

std::string Seal(std::string_view key, uint64_t tag, std::string_view contents) {
  const uint32_t checksum = Checksum(key, tag, contents);
  std::string envelope;
  envelope.reserve(kHeader + contents.size());
  envelope.append(kFormat);
  envelope.append(reinterpret_cast<const char*>(&tag), sizeof tag);
  envelope.append(reinterpret_cast<const char*>(&checksum), sizeof checksum);
  envelope.append(contents);
  return envelope;
}

std::optional<Opened> Open(std::string_view key, std::string_view envelope) {
  if (envelope.size() < kHeader || !envelope.starts_with(kFormat)) return std::nullopt;
  Opened opened{.tag = 0, .contents = envelope.substr(kHeader)};
  uint32_t checksum = 0;
  std::memcpy(&opened.tag, envelope.data() + kFormat.size(), sizeof opened.tag);
  std::memcpy(&checksum, envelope.data() + kFormat.size() + sizeof opened.tag, sizeof checksum);
  if (checksum != Checksum(key, opened.tag, opened.contents)) return std::nullopt;
  return opened;
}

}  // namespace cruddur::cache
