// Of the tests: the stores that the Client suite runs on.
//
//   Engine    in process, in memory
//   Wire      the same engine behind its HTTP endpoint on loopback
//   Dynalite  somebody else's DynamoDB; skipped where it isn't installed
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "dynamo/dynalite_fixture.h"
#include "dynamo/endpoint_client.h"
#include "dynamo/in_process_client.h"
#include "dynamo/wire_server.h"
#include "engine/engine.h"
#include "net/loop_pool.h"
#include "net/server.h"
#include "net/test_run.h"

namespace cruddur::dynamo {

enum class StoreKind { kEngine, kWire, kDynalite };

class StoreFixture : public testing::TestWithParam<StoreKind> {
 public:
  static std::string NameOf(const testing::TestParamInfo<StoreKind>& info) {
    static constexpr const char* kNames[] = {"Engine", "Wire", "Dynalite"};
    return kNames[static_cast<int>(info.param)];
  }

 protected:
  void SetUp() override {
    if (GetParam() == StoreKind::kDynalite) {
      dynalite_ = Dynalite::Start();
      if (!dynalite_) GTEST_SKIP() << "dynalite isn't there: npm ci --prefix tests/node";
      client_ = EndpointClient::Create({.endpoint_url = dynalite_->url()}).value();
      return;
    }
    engine_ = engine::Engine::Open({.in_memory = true}).value();
    if (GetParam() == StoreKind::kEngine) {
      client_ = std::make_unique<InProcessClient>(*engine_);
      return;
    }
    wire_ = std::make_unique<WireServer>(*engine_);
    server_ = net::Server::Start(loops_, {.limits = WireServer::Limits()}, wire_->handler(),
                                 WireServer::OnProtocolError)
                  .value();
    client_ = EndpointClient::Create(
                  {.endpoint_url = "http://127.0.0.1:" + std::to_string(server_->port())})
                  .value();
  }

  void TearDown() override {
    // Nobody asks the engine any more, it answers whom it owes one, the loops go last.
    if (server_) server_->Stop(std::chrono::milliseconds(100));
    client_.reset();
    engine_.reset();
    loops_.Stop();
  }

  template <class T>
  T Run(Task<T> task) {
    return net::RunOn(loops_.loop(0), std::move(task));
  }
  Client& client() { return *client_; }
  net::LoopPool& loops() { return loops_; }
  bool is_ours() const { return GetParam() != StoreKind::kDynalite; }

 private:
  net::LoopPool loops_{2};
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<WireServer> wire_;
  std::unique_ptr<net::Server> server_;
  std::unique_ptr<Dynalite> dynalite_;
  std::unique_ptr<Client> client_;
};

}  // namespace cruddur::dynamo
