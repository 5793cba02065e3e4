#include "engine/partiql_token.h"

#include "base/result.h"
#include "engine/key_codec.h"
#include "model/base64.h"

namespace cruddur::engine {
namespace {

// Version, statement, range, checksum of it all.
constexpr char kVersion = 1;
constexpr size_t kFixedBytes = 1 + 8 + 4 + 8;
constexpr uint64_t kChecksumSeed = 0x7041727469514C31;

std::unexpected<model::DbError> InvalidToken() { return model::Invalid("Invalid NextToken"); }

}  // namespace

std::string EncodeStatementToken(const StatementToken& token) {
  std::string bytes(1, kVersion);
  AppendUint64(token.statement, bytes);
  AppendUint32(token.range, bytes);
  bytes += token.row;
  AppendUint64(StableHash(bytes, kChecksumSeed), bytes);
  std::string text;
  model::AppendBase64(text, bytes);
  return text;
}

model::DbResult<StatementToken> DecodeStatementToken(std::string_view text) {
  const auto decoded = model::DecodeBase64(text);
  if (!decoded || decoded->size() < kFixedBytes || (*decoded)[0] != kVersion) {
    return InvalidToken();
  }
  std::string_view bytes = *decoded;
  const uint64_t checksum = ReadUint64(bytes.substr(bytes.size() - 8));
  bytes.remove_suffix(8);
  if (checksum != StableHash(bytes, kChecksumSeed)) return InvalidToken();
  return StatementToken{.statement = ReadUint64(bytes.substr(1)),
                        .range = ReadUint32(bytes.substr(9)),
                        .row = std::string(bytes.substr(13))};
}

}  // namespace cruddur::engine
