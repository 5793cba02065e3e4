// The projection (pattern E) as a function of stream records, for processes that do nothing else.
#pragma once

#include "base/clock.h"
#include "cache/cache.h"
#include "messaging/service.h"
#include "stream/follower_options.h"
#include "stream/target.h"

namespace cruddur::app {

class ProjectionFunction {
 public:
  // The client and the cache must outlive it, and it the handlers. Pages that the records make old
  // are dropped from `cache`; null: there is none.
  ProjectionFunction(dynamo::Client& client, cache::Cache* cache)
      : cache_(cache), service_(client, nobody_, clock_, OptionsWith(cache)) {}

  // On whatever records come: nobody says whether they were handed over before.
  stream::RecordsHandler handler() {
    return [this](std::span<const model::StreamRecord> records)
               -> base::Task<base::Result<std::vector<std::string>>> {
      co_return co_await service_.Project(records, messaging::Delivery::kPerhapsRepeated);
    };
  }
  // For what the stream doesn't tell.
  stream::PageHandler page_handler() {
    return [this](model::Item after) {
      if (cache_ != nullptr) cache_->DropAll();
      return service_.projection().ProjectPage(std::move(after));
    };
  }

 private:
  static messaging::ServiceOptions OptionsWith(cache::Cache* cache) {
    messaging::ServiceOptions options;
    if (cache != nullptr) {
      options.changed = [cache](std::vector<std::string> partitions) {
        return cache->DropEverywhere(std::move(partitions));
      };
    }
    return options;
  }

  cache::Cache* const cache_;
  const base::SystemClock clock_;
  messaging::NobodyKnown nobody_;
  messaging::Service service_;
};

}  // namespace cruddur::app
