#include "dynamo/content_coding.h"

#include <zlib.h>

#include <algorithm>

#include "net/http.h"

namespace cruddur::dynamo {
namespace {

using model::DbErrorCode;

constexpr int kGzipWindow = 15 + 16;  // zlib: gzip's frame
constexpr int kZlibWindow = 15;       // what HTTP calls "deflate"
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
  while (status == Z_OK && out.size() - stream.avail_out <= limit) {
    // Only where it is full: a body may be of a million members that are empty.
    if (stream.avail_out == 0) {
      const size_t before = out.size();
      out.resize(before + kPieceBytes);
      stream.next_out = reinterpret_cast<Bytef*>(out.data() + before);
      stream.avail_out = kPieceBytes;
    }
    status = inflate(&stream, Z_NO_FLUSH);
    // A gzip file may have several members. What else follows is passed over, as AWS does.
    const bool another = status == Z_STREAM_END && stream.avail_in > 1 &&
                         stream.next_in[0] == 0x1F && stream.next_in[1] == 0x8B;
    if (another) status = inflateReset(&stream);
  }
  out.resize(out.size() - stream.avail_out);
  inflateEnd(&stream);
  if (out.size() > limit) return Outcome::kTooLarge;
  return status == Z_STREAM_END ? Outcome::kWhole : Outcome::kBroken;
}

}  // namespace

model::DbResult<std::string> Unpack(std::string_view coding, std::string_view body, size_t limit) {
  const bool known =
      net::EqualsIgnoreCase(coding, "gzip") || net::EqualsIgnoreCase(coding, "deflate");
  if (!known) return model::DbFail(DbErrorCode::kInternalServerError, "");
  std::string out;
  Outcome outcome = Inflate(body, kAnyWindow, limit, out);
  if (outcome == Outcome::kBroken && net::EqualsIgnoreCase(coding, "deflate")) {
    out.clear();
    outcome = Inflate(body, kRawWindow, limit, out);
  }
  // AWS tells neither what is broken nor what is too large.
  if (outcome != Outcome::kWhole) return model::DbFail(DbErrorCode::kInternalServerError, "");
  return out;
}

std::string Pack(AnswerCoding coding, std::string_view body) {
  z_stream stream{};
  std::string out;
  const int window = coding == AnswerCoding::kGzip ? kGzipWindow : kZlibWindow;
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
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
