#include "base/random.h"

#include <openssl/rand.h>

#include <array>
#include <cstdlib>
#include <cstring>

namespace cruddur::base {
namespace {

// OpenSSL's generator locks and costs about a microsecond a call; a buffer of its output per
// thread makes an id cheap and loses nothing of its quality.
class Pool {
 public:
  void Take(std::span<std::byte> out) {
    while (!out.empty()) {
      if (used_ == bytes_.size()) Refill();
      const size_t n = std::min(out.size(), bytes_.size() - used_);
      std::memcpy(out.data(), bytes_.data() + used_, n);
      std::memset(bytes_.data() + used_, 0, n);  // handed out once, then forgotten
      used_ += n;
      out = out.subspan(n);
    }
  }

 private:
  void Refill() {
    if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes_.data()),
                   static_cast<int>(bytes_.size())) != 1) {
      std::abort();  // no randomness: going on would hand out guessable ids
    }
    used_ = 0;
  }

  std::array<std::byte, 1024> bytes_;
  size_t used_ = bytes_.size();
};

}  // namespace

void RandomBytes(std::span<std::byte> out) {
  thread_local Pool pool;
  pool.Take(out);
}

uint64_t RandomUint64() {
  uint64_t value;
  RandomBytes(std::as_writable_bytes(std::span(&value, 1)));
  return value;
}

double RandomUnit() { return static_cast<double>(RandomUint64() >> 11) * 0x1.0p-53; }

std::string NewUuid() {
  std::array<uint8_t, 16> bytes;
  RandomBytes(std::as_writable_bytes(std::span(bytes)));
  bytes[6] = static_cast<uint8_t>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<uint8_t>((bytes[8] & 0x3f) | 0x80);
  static constexpr char kHex[] = "0123456789abcdef";
  std::string text(36, '-');
  size_t at = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) ++at;
    text[at++] = kHex[bytes[i] >> 4];
    text[at++] = kHex[bytes[i] & 0xf];
  }
  return text;
}

bool IsUuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (c != '-') return false;
    } else if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))) {
      return false;
    }
  }
  return true;
}

std::string NewRequestId() {
  static constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
  std::array<uint8_t, 52> bytes;
  RandomBytes(std::as_writable_bytes(std::span(bytes)));
  std::string text(bytes.size(), '0');
  for (size_t i = 0; i < bytes.size(); ++i) text[i] = kAlphabet[bytes[i] & 31];
  return text;
}

}  // namespace cruddur::base
