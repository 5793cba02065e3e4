#include "api/page_cache.h"

#include <cstring>
#include <memory>

namespace cruddur::api {
namespace {

// A cached page: the length of its header lines in four bytes, the lines, the body.
using HeaderLength = uint32_t;

}  // namespace

base::Task<PageCache::Found> PageCache::Fill(std::string_view partition, net::Response& response) {
  if (!cache_ || !exact_.load(std::memory_order_relaxed)) co_return Found();
  const cache::Lookup lookup = co_await cache_->Get(partition);
  if (!lookup.bytes) co_return Found{false, lookup.version};
  const std::string_view bytes = *lookup.bytes;
  HeaderLength length = 0;
  if (bytes.size() < sizeof length) co_return Found{false, lookup.version};
  std::memcpy(&length, bytes.data(), sizeof length);
  if (length > bytes.size() - sizeof length) co_return Found{false, lookup.version};
  response.headers.append(bytes.substr(sizeof length, length));
  response.body.assign(bytes.substr(sizeof length + length));
  co_return Found{true, lookup.version};
}

base::Task<void> PageCache::Keep(std::string_view partition, uint64_t version,
                                 std::string_view headers, std::string_view body) {
  if (!cache_ || !exact_.load(std::memory_order_relaxed)) co_return;
  const auto length = static_cast<HeaderLength>(headers.size());
  auto bytes = std::make_shared<std::string>();
  bytes->reserve(sizeof length + headers.size() + body.size());
  bytes->append(reinterpret_cast<const char*>(&length), sizeof length);
  bytes->append(headers).append(body);
  co_await cache_->SetIfNewer(partition, version, std::move(bytes));
}

void PageCache::Drop(std::string_view partition) {
  if (cache_) cache_->Drop(partition);
}

// Off before the pages go: what is being loaded then has a version that is refused.
void PageCache::SetExact(bool exact) {
  exact_.store(exact);
  if (cache_) cache_->DropAll();
}

}  // namespace cruddur::api
