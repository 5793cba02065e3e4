// Of the tests: the API as `cruddur serve` has it, on an engine in memory, behind a real socket.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "accounts/built_in_keys.h"
#include "accounts/built_in_token.h"
#include "api/access_log.h"
#include "api/directory.h"
#include "api/front_door.h"
#include "api/message_routes.h"
#include "api/page_cache.h"
#include "api/people_routes.h"
#include "api/problem.h"
#include "api/system_routes.h"
#include "api/table_events.h"
#include "base/log.h"
#include "cache/memory_cache.h"
#include "dynamo/in_process_client.h"
#include "engine/engine.h"
#include "messaging/interruption_fixture.h"
#include "messaging/service.h"
#include "net/client.h"
#include "net/server.h"
#include "net/test_run.h"
#include "stream/follower.h"

namespace cruddur::api {

// The users database of the tests.
class KnownUsers final : public accounts::Users {
 public:
  explicit KnownUsers(std::vector<accounts::User> users) : users_(std::move(users)) {}

  Found FindByCognitoUserId(std::string id) override {
    return Find(&accounts::User::cognito_user_id, id);
  }
  Found FindByHandle(std::string handle) override { return Find(&accounts::User::handle, handle); }
  Found FindByUuid(std::string uuid) override { return Find(&accounts::User::uuid, uuid); }
  base::Task<base::Result<std::vector<accounts::User>>> FindByUuids(
      std::vector<std::string> uuids) override {
    std::vector<accounts::User> found;
    if (away_) co_return base::Fail(base::ErrorCode::kUnavailable, "the database is away");
    const std::lock_guard lock(mutex_);
    for (const accounts::User& user : users_) {
      if (std::ranges::find(uuids, user.uuid) != uuids.end()) found.push_back(user);
    }
    co_return found;
  }
  base::Task<base::Result<std::vector<accounts::User>>> Search(std::string beginning) override {
    if (away_) co_return base::Fail(base::ErrorCode::kUnavailable, "the database is away");
    std::vector<accounts::User> found;
    const std::lock_guard lock(mutex_);
    for (const accounts::User& user : users_) {
      if (user.handle.starts_with(beginning)) found.push_back(user);
    }
    co_return found;
  }
  // As accounts::ChangeProfile.
  base::Result<accounts::ChangedProfile> Change(const std::string& uuid,
                                                const accounts::ProfileChange& change) {
    if (away_) return base::Fail(base::ErrorCode::kUnavailable, "the database is away");
    const std::lock_guard lock(mutex_);
    for (accounts::User& user : users_) {
      if (change.handle && user.handle == *change.handle && user.uuid != uuid) {
        return base::Fail(base::ErrorCode::kAlreadyExists, "taken");
      }
    }
    const auto user = std::ranges::find(users_, uuid, &accounts::User::uuid);
    accounts::ChangedProfile changed{*user, *user};
    changed.after.display_name = change.display_name.value_or(user->display_name);
    changed.after.handle = change.handle.value_or(user->handle);
    *user = changed.after;
    return changed;
  }
  void SetAway(bool away) { away_ = away; }

 private:
  Found Find(std::string accounts::User::* field, std::string value) {
    if (away_) co_return base::Fail(base::ErrorCode::kUnavailable, "the database is away");
    const std::lock_guard lock(mutex_);
    for (const accounts::User& user : users_) {
      if (user.*field == value) co_return user;
    }
    co_return std::nullopt;
  }

  std::mutex mutex_;
  std::vector<accounts::User> users_;  // protected by mutex_
  std::atomic<bool> away_{false};
};

class ApiFixture : public ::testing::Test {
 protected:
  ApiFixture() {
    base::ConfigureLog(base::LogLevel::kOff, base::LogFormat::kText);
    messaging::ServiceOptions options;
    options.writer.deadline = std::chrono::milliseconds(20);
    options.writer.projection_patience = std::chrono::seconds(20);
    options.projection.transactions = true;
    service = std::make_unique<messaging::Service>(client, directory, clock, options);
    EXPECT_TRUE(
        Run(store.CreateTable(messaging::MessageTable(model::BillingMode::kPayPerRequest))));
    Follow();
    routes = std::make_unique<MessageRoutes>(*service, directory, pages);
    routes->AddTo(door);
    people_routes->AddTo(door);
    AddSystemRoutes(
        door, registry,
        {{"store",
          [this]() -> base::Task<base::Status> {
            if (cut_off) co_return base::Fail(base::ErrorCode::kUnavailable, "cut off");
            co_return base::Status();
          }},
         {"stream", [this]() -> base::Task<base::Status> { co_return events->CheckStream(); },
          false}},
        [this] { return keys->Keys()->ToJson(); });
    server = net::Server::Start(
                 loops, {},
                 [this](const net::Request& request, net::Response& response) {
                   return door.Handle(request, response);
                 },
                 [this](net::Response& response) { door.HandleProtocolError(response); })
                 .value();
    http = std::make_unique<net::HttpClient>(net::Origin{false, "127.0.0.1", server->port()});
  }

  ~ApiFixture() override {
    server->Stop(std::chrono::milliseconds(100));
    follower->Stop();
    seen_commits.reset();
    http.reset();
    engine.reset();
    loops.Stop();
    std::filesystem::remove_all(folder);
  }

  template <class T>
  T Run(base::Task<T> task) {
    return net::RunOn(loops.loop(1), std::move(task));
  }

  std::string Token(const std::string& handle, std::chrono::seconds life = std::chrono::hours(1)) {
    return *accounts::SignAccessToken(*keys, {.sub = "sub-" + handle, .username = handle}, life,
                                      clock.Now());
  }

  net::ClientResponse Send(net::ClientRequest request) {
    auto response = Run(http->Send(request, std::chrono::seconds(20)));
    EXPECT_TRUE(response) << response.error().message;
    return response.value_or(net::ClientResponse());
  }
  // As the person of that handle; "" for nobody.
  net::ClientResponse Get(const std::string& handle, std::string target) {
    net::ClientRequest request{.target = std::move(target)};
    if (!handle.empty()) request.headers.emplace_back("Authorization", "Bearer " + Token(handle));
    return Send(std::move(request));
  }
  net::ClientResponse Post(const std::string& handle, std::string body,
                           const std::string& type = "application/json") {
    net::ClientRequest request{
        .method = "POST", .target = "/api/messages", .body = std::move(body)};
    if (!handle.empty()) request.headers.emplace_back("Authorization", "Bearer " + Token(handle));
    if (!type.empty()) request.headers.emplace_back("Content-Type", type);
    return Send(std::move(request));
  }
  net::ClientResponse Patch(const std::string& handle, std::string body) {
    net::ClientRequest request{.method = "PATCH", .target = "/api/me", .body = std::move(body)};
    if (!handle.empty()) request.headers.emplace_back("Authorization", "Bearer " + Token(handle));
    request.headers.emplace_back("Content-Type", "application/json");
    return Send(std::move(request));
  }
  // The string under `"name":"` in a JSON text, without escapes.
  static std::string Member(const std::string& json, const std::string& name) {
    const std::string before = "\"" + name + "\":\"";
    const size_t begin = json.find(before);
    if (begin == std::string::npos) return "";
    const size_t from = begin + before.size();
    return json.substr(from, json.find('"', from) - from);
  }
  std::string StartedBy(const std::string& handle, const std::string& with) {
    const auto response = Post(handle, R"({"message":"hello","handle":")" + with + "\"}");
    EXPECT_EQ(response.status, 200) << response.body;
    return Member(response.body, "message_group_uuid");
  }
  std::string AccessLines() {
    const std::lock_guard lock(log_mutex);
    return logged;
  }

  static std::string NewFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "cruddur-api-XXXXXX").string();
    return mkdtemp(name.data());
  }
  static accounts::User UserNamed(std::string handle, std::string name, char last) {
    return {.uuid = std::string("00000000-0000-4000-8000-00000000000") + last,
            .display_name = std::move(name),
            .handle = handle,
            .email = handle + "@example.com",
            .cognito_user_id = "sub-" + handle,
            .created_at = ""};
  }

  base::SystemClock clock;
  base::Registry registry;
  net::LoopPool loops{2};
  const std::string folder = NewFolder();
  std::unique_ptr<accounts::BuiltInKeys> keys =
      accounts::BuiltInKeys::Open(folder + "/keys", clock).value();
  accounts::TokenVerifier verifier{*keys, accounts::BuiltInExpectation(), clock};
  KnownUsers users{{UserNamed("andrewbrown", "Andrew Brown", 'a'),
                    UserNamed("bayko", "Andrew Bayko", 'b'),
                    UserNamed("londo", "Londo \"M\"", 'c')}};
  accounts::UserDirectory user_directory{users, clock};
  Directory directory{verifier, user_directory};

  std::unique_ptr<engine::Engine> engine = engine::Engine::Open({.in_memory = true}).value();
  dynamo::InProcessClient store{*engine};
  std::atomic<bool> cut_off{false};
  messaging::InterruptedClient client{store, [this](int, std::string_view) {
                                        return cut_off ? messaging::Fate::kFails
                                                       : messaging::Fate::kPasses;
                                      }};
  cache::MemoryCache cache{{}, clock};
  PageCache pages{&cache};
  std::unique_ptr<messaging::Service> service;
  std::unique_ptr<TableEvents> events;
  std::shared_ptr<void> seen_commits;
  std::unique_ptr<stream::Follower> follower;

  std::mutex log_mutex;
  std::string logged;
  AccessLog log{[this](std::string_view lines) {
    const std::lock_guard lock(log_mutex);
    logged += lines;
  }};
  FrontDoor door{registry, &log};
  std::unique_ptr<MessageRoutes> routes;
  int told_of_changes = 0;
  std::unique_ptr<PeopleRoutes> people_routes = std::make_unique<PeopleRoutes>(
      directory, clock,
      PeopleOptions{.change = [this](std::string uuid, accounts::ProfileChange change)
                        -> base::Task<base::Result<accounts::ChangedProfile>> {
                      co_return users.Change(uuid, change);
                    },
                    .changed = [this](const accounts::ChangedProfile&) { ++told_of_changes; }});
  std::unique_ptr<net::Server> server;
  std::unique_ptr<net::HttpClient> http;

 private:
  void Follow() {
    events = std::make_unique<TableEvents>(*service, pages, [this] {
      const auto table = engine->DescribeTable(messaging::kTableName);
      return table && table->stream_view.has_value();
    });
    seen_commits = engine->Subscribe(
        std::string(messaging::kTableName),
        [this](const engine::CommittedRecords& commit) { events->See(commit.records); });
    stream::FollowerOptions options;
    options.table = messaging::kTableName;
    options.concerns = messaging::Projection::Concerns;
    options.records_lost = [this](model::Item after) {
      return service->projection().ProjectPage(std::move(after));
    };
    follower = std::make_unique<stream::Follower>(
        loops.loop(0), store,
        [this](const std::string& table, stream::CommitListener listener) {
          return engine->Subscribe(table, [listener](const engine::CommittedRecords& commit) {
            listener(commit.records);
          });
        },
        [this](std::span<const model::StreamRecord> records, bool perhaps_repeated) {
          return service->projection().Handle(records, perhaps_repeated
                                                           ? messaging::Delivery::kPerhapsRepeated
                                                           : messaging::Delivery::kFirst);
        },
        std::move(options));
    follower->Start();
  }
};

}  // namespace cruddur::api
