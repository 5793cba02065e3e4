// For tests: an HttpClient's caller that waits for the answer.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "net/client.h"
#include "net/loop_pool.h"
#include "net/test_run.h"

namespace cruddur::net {

inline constexpr std::chrono::milliseconds kPatient{20'000};

inline Origin Local(uint16_t port) { return {.host = "127.0.0.1", .port = port}; }

class HttpClientFixture : public ::testing::Test {
 protected:
  base::Result<ClientResponse> Send(HttpClient& client, const ClientRequest& request,
                                    std::chrono::milliseconds deadline = kPatient) {
    return RunOn(loops_.loop(0), client.Send(request, deadline));
  }
  base::Result<ClientResponse> Get(HttpClient& client, std::string target,
                                   std::chrono::milliseconds deadline = kPatient) {
    return Send(client, {.target = std::move(target)}, deadline);
  }

  LoopPool loops_{1};
};

}  // namespace cruddur::net
