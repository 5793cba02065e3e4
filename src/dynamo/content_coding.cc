#include "dynamo/content_coding.h"

#include <zlib.h>

#include <algorithm>

#include "net/http.h"

namespace cruddur::dynamo {
namespace {

using model::DbErrorCode;

constexpr int kGzipWindow = 15 + 16;  // zlib: gzip's frame
constexpr int kAnyWindow = 15 + 32;   // gzip's or zlib's, as the first bytes say
constexpr int kRawWindow = -15;       // no frame: what some send as "deflate"
constexpr size_t kPieceBytes = 64 * 1024;

Bytef* Input(std::string_view text) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));  // zlib only reads it
}

enum class Outcome { kWhole, kBroken, kTooLarge };

Outcome Inflate(std::string_view body, int window, size_t limit, std::string& out) {
  z_stream stream{};
  if (inflateInit2(&stream, window) != Z_OK) return Outcome::kBroken;
  stream.next_in = Input(body);
  stream.avail_in = static_cast<uInt>(body.size());
  int status = Z_OK;
  while (status == Z_OK && out.size() <= limit) {
    const size_t before = out.size();
    out.resize(before + kPieceBytes);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + before);
    stream.avail_out = kPieceBytes;
    status = inflate(&stream, Z_NO_FLUSH);
    out.resize(before + kPieceBytes - stream.avail_out);
  }
  inflateEnd(&stream);
  if (out.size() > limit) return Outcome::kTooLarge;
  return status == Z_STREAM_END ? Outcome::kWhole : Outcome::kBroken;
}

}  // namespace

model::DbResult<std::string> Unpack(std::string_view coding, std::string_view body, size_t limit) {
  std::string out;
  Outcome outcome = Inflate(body, kAnyWindow, limit, out);
  if (outcome == Outcome::kBroken && net::EqualsIgnoreCase(coding, "deflate")) {
    out.clear();
    outcome = Inflate(body, kRawWindow, limit, out);
  }
  if (outcome == Outcome::kTooLarge) {
    return model::Invalid("Request size exceeded the limit of 16777216 bytes");
  }
  if (outcome == Outcome::kBroken) {
    return model::DbFail(DbErrorCode::kInternalServerError, "");
  }
  return out;
}

bool AcceptsGzip(std::string_view accept_encoding) {
  while (!accept_encoding.empty()) {
    const size_t end = std::min(accept_encoding.find(','), accept_encoding.size());
    std::string_view item = accept_encoding.substr(0, end);
    accept_encoding.remove_prefix(std::min(end + 1, accept_encoding.size()));
    while (item.starts_with(' ')) item.remove_prefix(1);
    std::string_view name = item.substr(0, item.find_first_of("; "));
    if (net::EqualsIgnoreCase(name, "gzip")) {
      // "q=0", "q=0.000": not that one.
      const size_t weight = item.find("q=0");
      return weight == item.npos || item.find_first_of("123456789", weight) != item.npos;
    }
  }
  return false;
}

std::string Gzip(std::string_view body) {
  z_stream stream{};
  std::string out;
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    return out;
  }
  out.resize(deflateBound(&stream, body.size()));
  stream.next_in = Input(body);
  stream.avail_in = static_cast<uInt>(body.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace cruddur::dynamo
