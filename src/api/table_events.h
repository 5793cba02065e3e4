// What the commits of the message table set off in this process, beside the projection: cached
// pages and remembered members go, and a table without a stream is served without either.
#pragma once

#include <atomic>
#include <functional>
#include <span>

#include "api/page_cache.h"
#include "base/result.h"
#include "messaging/service.h"

namespace cruddur::api {

// Thread-safe. Without a stream nobody is told of what other writers do: no page is kept then, and
// each sender moves the rows of its own message. When the stream is back, the follower goes over
// what others wrote meanwhile.
class TableEvents {
 public:
  // `has_stream`: whether the table is there and its stream enabled. The others outlive this.
  TableEvents(messaging::Service& service, PageCache& pages, std::function<bool()> has_stream);

  // Each commit of the table, in order and before its writer is answered. No records: the table or
  // its stream was replaced.
  void See(std::span<const model::StreamRecord> records);

  // An error while there is no stream.
  base::Status CheckStream() const;

 private:
  void Look();

  messaging::Service& service_;
  PageCache& pages_;
  const std::function<bool()> has_stream_;
  std::atomic<bool> streamed_{false};
};

}  // namespace cruddur::api
