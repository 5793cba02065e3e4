// Random bytes and the identifiers made of them. All functions are thread-safe and draw on the
// system's cryptographic generator (buffered per thread, so an id costs no system call).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace cruddur::base {

void RandomBytes(std::span<std::byte> out);
uint64_t RandomUint64();
double RandomUnit();  // uniform in [0, 1): for jitter

// A version-4 UUID in its 36-character lower-case form (RFC 9562).
std::string NewUuid();

// True for the 36-character form of any version, in either case.
bool IsUuid(std::string_view text);

// 52 capital letters and digits, the form of x-amzn-RequestId.
std::string NewRequestId();

}  // namespace cruddur::base
