// Of the tests: the stores that the messaging suite runs on, each with an empty message table.
//
//   Engine    in process, in memory
//   Wire      the same engine behind its HTTP endpoint on loopback
//   Dynalite  somebody else's DynamoDB, where it is installed (npm ci --prefix tests/node)
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <memory>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/random.h"
#include "dynamo/dynalite_fixture.h"
#include "dynamo/endpoint_client.h"
#include "dynamo/in_process_client.h"
#include "dynamo/wire_server.h"
#include "engine/engine.h"
#include "messaging/service.h"
#include "net/loop_pool.h"
#include "net/server.h"

namespace cruddur::messaging {

// The tests make stores fail on purpose, and say themselves what is wrong.
inline const bool kQuiet = (base::ConfigureLog(base::LogLevel::kOff, base::LogFormat::kText), true);

enum class StoreKind { kEngine, kWire, kDynalite };

inline std::string NameOf(StoreKind kind) {
  switch (kind) {
    case StoreKind::kEngine:
      return "Engine";
    case StoreKind::kWire:
      return "Wire";
    case StoreKind::kDynalite:
      return "Dynalite";
  }
  return "";
}

inline std::vector<StoreKind> TestedStores() {
  std::vector<StoreKind> kinds{StoreKind::kEngine, StoreKind::kWire};
  if (!dynamo::DynalitePath().empty()) kinds.push_back(StoreKind::kDynalite);
  return kinds;
}

// One dynalite serves all tests of a program; each has a table of its own.
inline const dynamo::Dynalite& SharedDynalite() {
  static const std::unique_ptr<dynamo::Dynalite> dynalite = dynamo::Dynalite::Start();
  return *dynalite;
}

class TestStore {
 public:
  explicit TestStore(StoreKind kind) : table_(kind == StoreKind::kDynalite ? Unique() : Usual()) {
    if (kind == StoreKind::kDynalite) {
      Connect(SharedDynalite().url());
    } else {
      engine_ = engine::Engine::Open({.in_memory = true}).value();
      client_ = std::make_unique<dynamo::InProcessClient>(*engine_);
    }
    if (kind == StoreKind::kWire) {
      wire_ = std::make_unique<dynamo::WireServer>(*engine_);
      server_ =
          net::Server::Start(loops_, {.limits = dynamo::WireServer::Limits()}, wire_->handler())
              .value();
      Connect("http://127.0.0.1:" + std::to_string(server_->port()));
    }
    model::CreateTableRequest request = MessageTable(model::BillingMode::kPayPerRequest);
    request.table = table_;
    const auto created = Run(client_->CreateTable(std::move(request)));
    if (!created) ADD_FAILURE() << created.error().message;
    AwaitActive();
  }

  ~TestStore() {
    if (!engine_) Run(client_->DeleteTable(table_));
    // In this order: nobody asks the engine any more, the engine answers whom it owes one, the
    // loops go last.
    if (server_) server_->Stop(std::chrono::milliseconds(100));
    engine_.reset();
    loops_.Stop();
  }

  dynamo::Client& client() { return *client_; }
  engine::Engine& engine() { return *engine_; }  // REQUIRES: not dynalite
  net::LoopPool& loops() { return loops_; }
  const std::string& table() const { return table_; }

  template <class T>
  T Run(Task<T> task, size_t loop = 0) {
    return base::asio::co_spawn(loops_.loop(loop), std::move(task), base::asio::use_future).get();
  }

 private:
  static std::string Usual() { return std::string(kTableName); }
  static std::string Unique() { return Usual() + "-" + base::NewUuid(); }

  void Connect(std::string url) {
    client_ = dynamo::EndpointClient::Create({.endpoint_url = std::move(url)}).value();
  }

  void AwaitActive() {
    for (int tries = 0; tries < 500; ++tries) {
      const auto table = Run(client_->DescribeTable(table_));
      if (table && table->status == model::TableStatus::kActive) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    ADD_FAILURE() << table_ << " doesn't become active";
  }

  const std::string table_;
  net::LoopPool loops_{2};
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<dynamo::WireServer> wire_;
  std::unique_ptr<net::Server> server_;
  std::unique_ptr<dynamo::Client> client_;
};

// People as the users database would know them; a test may rename them.
class TestPeople final : public People {
 public:
  void Set(Person person) {
    for (Person& known : people_) {
      if (known.uuid == person.uuid) {
        known = std::move(person);
        return;
      }
    }
    people_.push_back(std::move(person));
  }
  Task<std::vector<Person>> Find(std::vector<std::string> user_uuids) override {
    std::vector<Person> found;
    for (const Person& person : people_) {
      if (std::ranges::find(user_uuids, person.uuid) != user_uuids.end()) found.push_back(person);
    }
    co_return found;
  }

 private:
  std::vector<Person> people_;
};

// Names to tell them by; uuids in the order of the alphabet.
inline const Person kAndrew{"00000000-0000-4000-8000-00000000000a", "andrewbrown", "Andrew Brown"};
inline const Person kBayko{"00000000-0000-4000-8000-00000000000b", "bayko", "Andrew Bayko"};
inline const Person kLondo{"00000000-0000-4000-8000-00000000000c", "londo", "Londo Mollari"};

// A service on a store, with a clock of its own, as one process would have it.
struct TestService {
  explicit TestService(TestStore& store, dynamo::Client* client = nullptr,
                       ServiceOptions options = Inline())
      : store(store),
        service(client ? *client : store.client(), people, clock, OnTable(options, store)) {}

  static ServiceOptions Inline() {
    ServiceOptions options;
    options.writer.project_inline = true;
    return options;
  }
  static ServiceOptions OnTable(ServiceOptions options, const TestStore& store) {
    options.table = store.table();
    return options;
  }

  base::Result<Message> Send(const Person& from, const std::string& conversation,
                             std::string text) {
    return store.Run(service.Send(from, conversation, std::move(text)));
  }
  base::Result<Message> Start(const Person& from, const Person& to, std::string text) {
    return store.Run(service.Start(from, to, std::move(text)));
  }
  base::Result<Page<Message>> Messages(const Person& who, const std::string& conversation,
                                       PageRequest request = {}) {
    return store.Run(service.ListMessages(who.uuid, conversation, std::move(request)));
  }
  base::Result<Page<ConversationRow>> Conversations(const Person& who, PageRequest request = {}) {
    return store.Run(service.ListConversations(who.uuid, std::move(request)));
  }

  TestStore& store;
  TestPeople people;
  base::ManualClock clock{
      std::chrono::sys_days(std::chrono::year(2023) / 3 / 24).time_since_epoch()};
  Service service;
};

}  // namespace cruddur::messaging
