#include "cache/redis_store.h"

#include <hiredis/hiredis.h>

#include <boost/asio/post.hpp>
#include <stdexcept>

namespace cruddur::cache {

using base::Result;
using base::Task;

// What connections look at; they may outlive the store on their loops.
struct RedisStore::Shared {
  RedisAddress address;
  std::unique_ptr<net::TlsContext> tls;
  net::NameLookUp names;
};

RedisStore::RedisStore(RedisAddress address, const std::string& ca_file)
    : shared_(std::make_shared<Shared>()) {
  if (address.origin.tls) {
    auto tls = net::MakeClientTls(ca_file);
    if (!tls) throw std::runtime_error(tls.error().message);
    shared_->tls = *std::move(tls);
  }
  shared_->address = std::move(address);
}

RedisStore::~RedisStore() {
  // A socket is closed on its own loop, which may be reading it.
  for (auto& [loop, connection] : connections_) {
    base::asio::post(*loop, [connection = std::move(connection)] { connection->Close(); });
  }
}

std::shared_ptr<RedisConnection> RedisStore::ConnectionOf(base::Loop& loop) {
  const std::lock_guard lock(mutex_);
  for (const auto& [known, connection] : connections_) {
    if (known == &loop) return connection;
  }
  return connections_
      .emplace_back(&loop, std::make_shared<RedisConnection>(loop, shared_->address, shared_->names,
                                                             shared_->tls.get(), shared_))
      .second;
}

Task<Result<RemoteStore::Values>> RedisStore::Get(std::vector<std::string> keys,
                                                  std::chrono::milliseconds patience) {
  const net::SteadyTime deadline = std::chrono::steady_clock::now() + patience;
  const base::Executor executor = co_await base::asio::this_coro::executor;
  std::vector<std::string_view> words{"MGET"};
  words.insert(words.end(), keys.begin(), keys.end());
  CO_TRY_ASSIGN(const RedisReply reply,
                co_await ConnectionOf(executor.context())->Call(RedisCommand(words), deadline));
  if (reply->type != REDIS_REPLY_ARRAY || reply->elements != keys.size()) {
    co_return base::Fail(base::ErrorCode::kUnavailable, "Redis: not an answer to MGET");
  }
  Values values(keys.size());
  values.source = reply.source;
  for (size_t i = 0; i < keys.size(); ++i) {
    const redisReply& element = *reply->element[i];
    if (element.type == REDIS_REPLY_STRING) values[i].emplace(element.str, element.len);
  }
  co_return values;
}

Task<base::Status> RedisStore::Put(std::string key, std::string value,
                                   std::chrono::seconds time_to_live,
                                   std::chrono::milliseconds patience) {
  const net::SteadyTime deadline = std::chrono::steady_clock::now() + patience;
  const base::Executor executor = co_await base::asio::this_coro::executor;
  CO_TRY(co_await ConnectionOf(executor.context())
             ->Call(RedisCommand({"SET", key, value, "EX", std::to_string(time_to_live.count())}),
                    deadline));
  co_return base::Status();
}

}  // namespace cruddur::cache
