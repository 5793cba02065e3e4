// The projection (pattern E) as a function of stream records, for processes that do nothing else.
#pragma once

#include "base/clock.h"
#include "messaging/service.h"
#include "stream/follower_options.h"
#include "stream/target.h"

namespace cruddur::app {

class ProjectionFunction {
 public:
  // The client must outlive it, and it the handlers.
  explicit ProjectionFunction(dynamo::Client& client) : service_(client, nobody_, clock_) {}

  // On whatever records come: nobody says whether they were handed over before.
  stream::RecordsHandler handler() {
    return [this](std::span<const model::StreamRecord> records)
               -> base::Task<base::Result<std::vector<std::string>>> {
      co_return co_await service_.projection().Handle(records,
                                                      messaging::Delivery::kPerhapsRepeated);
    };
  }
  // For what the stream doesn't tell.
  stream::PageHandler page_handler() {
    return
        [this](model::Item after) { return service_.projection().ProjectPage(std::move(after)); };
  }

 private:
  const base::SystemClock clock_;
  messaging::NobodyKnown nobody_;
  messaging::Service service_;
};

}  // namespace cruddur::app
