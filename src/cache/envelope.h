// What a value looks like in a cache elsewhere, where anybody may have written anything: four bytes
// that name this format, a tag, a checksum over key, tag and contents, the contents.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cruddur::cache {

std::string Seal(std::string_view key, uint64_t tag, std::string_view contents);

struct Opened {
  uint64_t tag;
  std::string_view contents;  // into the envelope
};
// nullopt: random bytes, another format's, another key's, or cut short.
std::optional<Opened> Open(std::string_view key, std::string_view envelope);

}  // namespace cruddur::cache
