#include "engine/tokens.h"

#include "engine/key_codec.h"

namespace cruddur::engine {

namespace {
auto Unreadable() { return base::Fail(base::ErrorCode::kCorruption, "a token does not read"); }
}  // namespace

std::array<uint64_t, 2> FingerprintOf(std::string_view request) {
  return {StableHash(request, 1), StableHash(request, 2)};
}

std::string EncodeToken(const TokenRow& token) {
  std::string row;
  AppendUint64(static_cast<uint64_t>(token.expires.count()), row);
  for (const uint64_t part : token.fingerprint) AppendUint64(part, row);
  for (const auto& [table, units] : token.replay_units) {
    AppendUint32(static_cast<uint32_t>(table.size()), row);
    row.append(table);
    AppendUint32(units, row);
  }
  return row;
}

base::Result<TokenRow> DecodeToken(std::string_view row) {
  if (row.size() < 24) return Unreadable();
  TokenRow token;
  token.expires = base::Micros(static_cast<int64_t>(ReadUint64(row)));
  token.fingerprint = {ReadUint64(row.substr(8)), ReadUint64(row.substr(16))};
  row.remove_prefix(24);
  while (!row.empty()) {
    if (row.size() < 8) return Unreadable();
    const size_t length = ReadUint32(row);
    if (row.size() - 8 < length) return Unreadable();
    token.replay_units.emplace_back(row.substr(4, length), ReadUint32(row.substr(4 + length)));
    row.remove_prefix(8 + length);
  }
  return token;
}

}  // namespace cruddur::engine
