// Any bytes, in any pieces: the reader must make the same of them however they arrive.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string>

#include "net/request_reader.h"

namespace {

using cruddur::net::RequestReader;

// A header that is both malformed and too long may be refused for either, whichever shows first.
std::string Refusal(int status) {
  return status == 400 || status == 431 ? "400 or 431" : std::to_string(status);
}

std::string Transcript(std::string_view bytes, size_t piece) {
  RequestReader reader(256, 64, "");
  std::string out;
  for (;;) {
    const RequestReader::Step step = reader.Advance();
    if (step == RequestReader::Step::kRefused) return out + Refusal(reader.refusal());
    if (step == RequestReader::Step::kRequest) {
      const auto& request = reader.request();
      out.append(request.method).append(request.path).append(request.query).append(request.body);
      for (const auto& header : request.headers) out.append(header.name).append(header.value);
      out += reader.keep_alive() ? "k\n" : "c\n";
      reader.Consume();
      continue;
    }
    if (bytes.empty()) return out;
    const std::span<char> space = reader.Space();
    const size_t n = std::min({piece, bytes.size(), space.size()});
    std::memcpy(space.data(), bytes.data(), n);
    reader.Filled(n);
    bytes.remove_prefix(n);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (Transcript(bytes, 1 + data[0] % 64) != Transcript(bytes, bytes.size())) std::abort();
  return 0;
}
