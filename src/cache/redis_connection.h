// A connection to a Redis server, shared by all who ask on its loop: commands go out together, and
// answers come in their order. Used on the loop's thread only.
#pragma once

#include <cstdint>
#include <deque>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/task.h"
#include "cache/redis_address.h"
#include "net/client_stream.h"

struct redisReply;
struct redisReader;

namespace cruddur::cache {

struct FreeRedisReply {
  void operator()(redisReply* reply) const;
};
struct RedisReply : std::unique_ptr<redisReply, FreeRedisReply> {
  using unique_ptr::unique_ptr;
  uint64_t source = 0;  // RemoteStore::Values::source
};

// A command as Redis reads it.
std::string RedisCommand(const std::vector<std::string_view>& words);

class RedisConnection : public std::enable_shared_from_this<RedisConnection> {
 public:
  // `tls` is null for plain TCP. `owner` is what has the three before it, which must outlive the
  // connection; null: the caller sees to it.
  RedisConnection(base::Loop& loop, const RedisAddress& address, net::NameLookUp& names,
                  net::TlsContext* tls, std::shared_ptr<const void> owner = nullptr);
  ~RedisConnection();

  // Connects where it isn't. Errors: kUnavailable (also what the server answers as an error),
  // kDeadlineExceeded: then the connection is given up, since what follows would wait as well.
  base::Task<base::Result<RedisReply>> Call(std::string command, net::SteadyTime deadline);

  void Close();

 private:
  struct Waiter;
  struct FreeReader {
    void operator()(redisReader* reader) const;
  };
  enum class State { kClosed, kConnecting, kOpen };

  base::Task<void> Run(std::shared_ptr<net::ClientStream> stream);
  base::Task<base::Status> Open(net::ClientStream& stream);
  // Asks who the server is. 0: it doesn't say.
  base::Task<base::Result<uint64_t>> SourceOf(net::ClientStream& stream);
  // The next answer; reads on where it hasn't come whole.
  base::Task<base::Result<RedisReply>> Next(net::ClientStream& stream);
  base::Task<void> Flush(std::shared_ptr<net::ClientStream> stream);
  void GiveUp(const base::Error& why);

  const std::shared_ptr<const void> owner_;
  base::Loop& loop_;
  const RedisAddress& address_;
  net::NameLookUp& names_;
  net::TlsContext* const tls_;
  State state_ = State::kClosed;
  std::shared_ptr<net::ClientStream> stream_;
  std::unique_ptr<redisReader, FreeReader> reader_;
  std::string in_, out_;
  bool writing_ = false;
  bool has_complained_ = false;
  uint64_t source_ = 0;                          // of the open stream
  std::deque<std::shared_ptr<Waiter>> waiting_;  // in the order of their commands
};

}  // namespace cruddur::cache
