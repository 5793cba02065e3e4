// Idempotency tokens of TransactWriteItems: which request each stood for, and until when. Rows of
// the tokens column family, under the token itself.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace cruddur::engine {

inline constexpr base::Micros kTokenLifetime = std::chrono::minutes(10);

struct TokenRow {
  base::Micros expires{0};  // first in the row: compaction drops it by that (storage_options.cc)
  std::array<uint64_t, 2> fingerprint{};
  // What a replay consumes on each table, in read units.
  std::vector<std::pair<std::string, uint32_t>> replay_units;
};

std::array<uint64_t, 2> FingerprintOf(std::string_view request);

std::string EncodeToken(const TokenRow& token);
base::Result<TokenRow> DecodeToken(std::string_view row);

}  // namespace cruddur::engine
