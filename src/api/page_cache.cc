#include "api/page_cache.h"

#include <cstring>
#include <memory>

namespace cruddur::api {
namespace {

// A kept page: the length of its header lines in four bytes, the lines, the body.
using HeaderLength = uint32_t;

}  // namespace

cache::Bytes PageCache::Pack(const net::Response& page) {
  const auto length = static_cast<HeaderLength>(page.headers.size());
  auto bytes = std::make_shared<std::string>();
  bytes->reserve(sizeof length + page.headers.size() + page.body.size());
  bytes->append(reinterpret_cast<const char*>(&length), sizeof length);
  bytes->append(page.headers).append(page.body);
  return bytes;
}

bool PageCache::Unpack(std::string_view bytes, net::Response& response) {
  HeaderLength length = 0;
  if (bytes.size() < sizeof length) return false;
  std::memcpy(&length, bytes.data(), sizeof length);
  if (length > bytes.size() - sizeof length) return false;
  response.headers.append(bytes.substr(sizeof length, length));
  response.body.assign(bytes.substr(sizeof length + length));
  return true;
}

void PageCache::Drop(std::string_view partition) {
  if (cache_) cache_->Drop(partition);
}

base::Task<void> PageCache::DropEverywhere(std::vector<std::string> partitions) {
  if (cache_) co_await cache_->DropEverywhere(std::move(partitions));
}

// Off before the pages go: what is being loaded then has a version that is refused.
void PageCache::SetExact(bool exact) {
  exact_.store(exact);
  DropAll();
}

void PageCache::DropAll() {
  if (cache_) cache_->DropAll();
}

}  // namespace cruddur::api
