#include "json/reader.h"

#include <algorithm>

namespace cruddur::json {
namespace {

// A buffer that one large body made this big isn't kept for the small ones that follow.
constexpr size_t kKeptCapacity = 1 << 20;
constexpr size_t kFirstCapacity = 4096;

base::ErrorCode CodeOf(simdjson::error_code error) {
  switch (error) {
    case simdjson::MEMALLOC:
    case simdjson::CAPACITY:
      return base::ErrorCode::kResourceExhausted;
    default:
      return base::ErrorCode::kInvalidArgument;
  }
}

}  // namespace

base::Result<Element> Document::Parse(std::string_view text) {
  if (parser_.capacity() > kKeptCapacity && text.size() <= kKeptCapacity) {
    parser_ = simdjson::dom::parser();
  }
  if (parser_.capacity() < text.size() || parser_.capacity() == 0) {
    // simdjson refuses the level that equals the bound.
    auto error = parser_.allocate(std::max(text.size(), kFirstCapacity), kMaxDepth + 1);
    if (error) return base::Fail(CodeOf(error), simdjson::error_message(error));
  }
  Element root;
  // simdjson copies the text into a buffer with the padding that its kernels read beyond the end.
  if (auto error = parser_.parse(text.data(), text.size()).get(root)) {
    return base::Fail(CodeOf(error), simdjson::error_message(error));
  }
  return root;
}

}  // namespace cruddur::json
