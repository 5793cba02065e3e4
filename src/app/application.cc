#include "app/application.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>

#include "accounts/built_in_keys.h"
#include "accounts/connection_pool.h"
#include "accounts/database_users.h"
#include "accounts/first_sign_in.h"
#include "accounts/mail_queue.h"
#include "accounts/outbox.h"
#include "accounts/pool_endpoint.h"
#include "accounts/remote_keys.h"
#include "accounts/revocations.h"
#include "accounts/smtp_sender.h"
#include "accounts/token_verifier.h"
#include "accounts/user_directory.h"
#include "api/access_log.h"
#include "api/directory.h"
#include "api/front_door.h"
#include "api/message_routes.h"
#include "api/name_spreader.h"
#include "api/operator_routes.h"
#include "api/page_cache.h"
#include "api/people_routes.h"
#include "api/pool_routes.h"
#include "api/shared_users.h"
#include "api/system_routes.h"
#include "api/table_events.h"
#include "app/cache.h"
#include "app/endpoints.h"
#include "app/operator_access.h"
#include "app/store.h"
#include "app/triggers.h"
#include "app/users_database.h"
#include "base/log.h"
#include "base/metrics.h"
#include "dynamo/wire_server.h"
#include "messaging/service.h"
#include "stream/follower.h"

namespace cruddur::app {
namespace {

using base::LogLevel;
using model::StreamRecord;

// A users database that is away must not keep the server from starting: it answers 503 and goes on
// when the database is back. One that is there and refuses us is the operator's to mend.
base::Status PrepareUsers(const accounts::DatabaseOptions& options, const base::Clock& clock) {
  auto report = accounts::EnsureDatabase(options, clock.Now());
  if (report) return {};
  if (!options.is_postgres() || report.error().code != base::ErrorCode::kUnavailable) {
    return std::unexpected(report.error());
  }
  base::Log(LogLevel::kWarn, "the users database is away",
            {{"database", accounts::DescribeDatabase(options)}});
  return {};
}

base::Result<std::unique_ptr<accounts::Outbox>> OutboxOf(const Settings& settings,
                                                         const base::Clock& clock) {
  if (settings.Text("outbox") == "log") return std::make_unique<accounts::LogOutbox>();
  if (settings.Text("outbox") == "smtp") {
    TRY_ASSIGN(auto sender,
               accounts::SmtpSender({.url = settings.Text("smtp-url"),
                                     .start_tls = settings.Text("smtp-starttls") == "required",
                                     .user = settings.Text("smtp-user"),
                                     .password = settings.Text("smtp-password"),
                                     .from = settings.Text("smtp-from"),
                                     .ca_file = settings.Text("smtp-ca")},
                                    clock));
    return std::make_unique<accounts::MailQueue>(std::move(sender));
  }
  return std::make_unique<accounts::FileOutbox>(settings.Text("data") + "/outbox.jsonl", clock);
}

messaging::ServiceOptions ServiceOptionsOf(const Settings& settings, const MessageStore& store) {
  messaging::ServiceOptions options;
  // In process the stream's follower moves the rows, in one commit. A store elsewhere has no
  // follower yet, so the writer moves them itself.
  options.writer.project_inline = !store.embedded();
  options.writer.commits_in_order = store.embedded();
  options.writer.deadline = std::chrono::milliseconds(settings.Integer("store-deadline-ms"));
  options.projection.transactions = store.embedded();
  return options;
}

base::Result<api::Cors> OriginsOf(const Settings& settings) {
  auto origins = api::Cors::Parse(settings.Text("allowed-origins"));
  if (!origins) origins.error().message.insert(0, "allowed-origins: ");
  return origins;
}

constexpr size_t kRememberedTokens = 10'000;

}  // namespace

// In the order in which they are made; destroyed in reverse.
struct Application::Parts {
  explicit Parts(const Settings& settings)
      : settings(settings),
        loops(static_cast<size_t>(settings.Integer("threads"))),
        database(DatabaseOf(settings)),
        users(database),
        shared_users(users),
        directory(shared_users, clock) {}

  base::Status Build(std::vector<TriggerSettings> wanted_triggers);
  base::Status BuildAccounts();
  base::Status UseCognito();
  base::Status UseBuiltInPool();
  void AdmitNewcomers();
  void Follow();
  std::vector<api::ReadyCheck> ReadyChecks();
  void SpreadNames();
  void CountParts();
  base::Status Listen();
  ~Parts();

  const Settings settings;
  base::SystemClock clock;
  base::Registry registry;
  net::LoopPool loops;

  accounts::ConnectionPool database;
  accounts::DatabaseUsers users;
  api::SharedUsers shared_users;
  accounts::UserDirectory directory;
  std::unique_ptr<accounts::BuiltInKeys> keys;
  accounts::Revocations revocations{clock};
  std::unique_ptr<accounts::TokenVerifier> verifier;
  std::unique_ptr<accounts::CognitoUserPool> cognito;  // null: the built-in pool
  std::unique_ptr<accounts::RemoteKeys> cognito_keys;
  std::unique_ptr<accounts::Profiles> profiles;
  std::unique_ptr<accounts::FirstSignIn> first_sign_in;
  std::unique_ptr<accounts::Outbox> outbox;
  std::unique_ptr<accounts::PoolEndpoint> pool;
  std::unique_ptr<api::Directory> people;

  MessageStore store;
  PageStore cache;
  std::unique_ptr<api::PageCache> pages;
  std::unique_ptr<messaging::Service> service;
  std::unique_ptr<api::TableEvents> events;  // null: the store is elsewhere
  std::shared_ptr<void> seen_commits;
  std::unique_ptr<stream::Follower> follower;
  std::unique_ptr<Triggers> triggers;  // null: none

  std::unique_ptr<accounts::NameChanges> name_changes;
  std::unique_ptr<api::NameSpreader> names;

  std::unique_ptr<api::AccessLog> access_log;
  api::Cors cors;
  std::unique_ptr<api::FrontDoor> door;
  std::unique_ptr<api::MessageRoutes> routes;
  OperatorAccess operators;
  std::unique_ptr<api::PeopleRoutes> people_routes;
  Access access;
  std::unique_ptr<dynamo::WireServer> wire;
  std::unique_ptr<net::Server> dynamodb, api;
  // `api`, for the requests that it takes before Start has returned it to us.
  std::atomic<const net::Server*> listening{nullptr};
};

base::Status Application::Parts::Build(std::vector<TriggerSettings> wanted_triggers) {
  TRY_ASSIGN(access, Access::Load(settings));
  TRY_ASSIGN(cors, OriginsOf(settings));
  TRY(BuildAccounts());
  TRY_ASSIGN(store, OpenStore(settings));
  TRY_ASSIGN(cache, PageStore::Open(settings, loops.loop(0), clock));
  // A page may be kept only where every change drops it before its writer is answered. In this
  // process the commits tell; a table elsewhere has other writers, who can't reach our memory.
  const bool keep_pages = store.embedded() || cache.remote() != nullptr;
  pages = std::make_unique<api::PageCache>(keep_pages ? cache.get() : nullptr);
  messaging::ServiceOptions options = ServiceOptionsOf(settings, store);
  if (cache.remote() != nullptr) {
    shared_users.UseCache(cache.get());
    options.cache = cache.get();
    options.changed = [this](std::vector<std::string> partitions) {
      return pages->DropEverywhere(std::move(partitions));
    };
  }
  service = std::make_unique<messaging::Service>(*store.client, *people, clock, std::move(options));
  if (store.embedded()) {
    Follow();
  } else if (cache.remote() != nullptr) {
    // A process that was killed may have left drops undone.
    pages->DropAll();
  }
  if (!wanted_triggers.empty()) {
    if (!store.embedded()) {
      return base::Fail(base::ErrorCode::kInvalidArgument, "triggers need the embedded store");
    }
    TRY_ASSIGN(triggers, Triggers::Start(settings, std::move(wanted_triggers), *store.engine, loops,
                                         registry));
  }

  if (base::LogEnabled(LogLevel::kInfo)) access_log = std::make_unique<api::AccessLog>();
  door =
      std::make_unique<api::FrontDoor>(registry, access_log.get(), cors.empty() ? nullptr : &cors);
  routes = std::make_unique<api::MessageRoutes>(*service, *people, *pages);
  routes->AddTo(*door);
  SpreadNames();
  people_routes->AddTo(*door);
  api::AddSystemRoutes(*door, registry, ReadyChecks(),
                       [this] { return pool ? pool->Jwks() : cognito_keys->Keys()->ToJson(); });
  if (pool) api::AddPoolRoutes(*door, *pool);
  api::AddOperatorRoutes(*door, operators.secret(),
                         {.drop = [this](std::string_view key) { pages->Drop(key); },
                          .drop_all =
                              [this] {
                                pages->DropAll();
                                service->memberships().Clear();
                              }});
  CountParts();
  return Listen();
}

base::Status Application::Parts::BuildAccounts() {
  TRY(PrepareUsers(database.options(), clock));
  TRY_ASSIGN(cognito, CognitoPoolOf(settings, clock));
  return cognito ? UseCognito() : UseBuiltInPool();
}

void Application::Parts::AdmitNewcomers() {
  first_sign_in = std::make_unique<accounts::FirstSignIn>(database, *profiles, directory, clock);
  people = std::make_unique<api::Directory>(*verifier, directory, first_sign_in.get());
}

// Who signs in there is known here by the keys that it publishes. They are fetched when the first
// token comes: the pool need not answer while we start.
base::Status Application::Parts::UseCognito() {
  const std::string& client = settings.Text("cognito-client-id");
  if (client.empty()) {
    return base::Fail(base::ErrorCode::kInvalidArgument,
                      "cognito-pool-id needs cognito-client-id too");
  }
  cognito_keys =
      std::make_unique<accounts::RemoteKeys>(cognito->origin(), cognito->keys_path(), clock);
  verifier = std::make_unique<accounts::TokenVerifier>(
      *cognito_keys, auth::JwtExpectation{cognito->issuer(), client}, clock, kRememberedTokens);
  profiles = std::make_unique<accounts::CognitoProfiles>(*cognito);
  AdmitNewcomers();
  return {};
}

base::Status Application::Parts::UseBuiltInPool() {
  TRY_ASSIGN(keys, accounts::BuiltInKeys::Open(KeysFolder(settings), clock));
  verifier = std::make_unique<accounts::TokenVerifier>(*keys, accounts::BuiltInExpectation(), clock,
                                                       kRememberedTokens, &revocations);
  profiles = std::make_unique<accounts::BuiltInProfiles>(database);
  AdmitNewcomers();
  TRY_ASSIGN(outbox, OutboxOf(settings, clock));
  const accounts::PoolEndpointOptions options{
      .keys_folder = KeysFolder(settings),
      .requests_per_second = static_cast<double>(settings.Integer("sign-in-rate")) / 60,
      .burst = static_cast<double>(std::max<int64_t>(settings.Integer("sign-in-rate") / 4, 10))};
  TRY_ASSIGN(pool, accounts::PoolEndpoint::Open(database.options(), *keys, *verifier, revocations,
                                                *outbox, clock, options));
  return {};
}

std::vector<api::ReadyCheck> Application::Parts::ReadyChecks() {
  std::vector<api::ReadyCheck> checks = {
      {"store",
       [this]() -> base::Task<base::Status> {
         auto table = co_await store.client->DescribeTable(std::string(messaging::kTableName));
         if (!table) co_return std::unexpected(messaging::ErrorOf(table.error()));
         co_return base::Status();
       }},
      {"users", [this]() -> base::Task<base::Status> {
         // Nobody has this one, but the database has to look.
         auto found = co_await users.FindByUuid("00000000-0000-0000-0000-000000000000");
         if (!found) co_return std::unexpected(found.error());
         co_return base::Status();
       }}};
  if (!store.embedded()) return checks;
  checks.push_back({"writes", [this]() -> base::Task<base::Status> {
                      if (store.engine->Writable()) co_return base::Status();
                      co_return base::Fail(base::ErrorCode::kUnavailable,
                                           "the store takes no writes: is the disk full?");
                    }});
  checks.push_back(
      {"stream", [this]() -> base::Task<base::Status> { co_return events->CheckStream(); }, false});
  return checks;
}

// What the engine's commits set off: pages are dropped before the writer is answered, and the
// projection moves the conversation rows.
void Application::Parts::Follow() {
  events = std::make_unique<api::TableEvents>(*service, *pages, [this] {
    const auto table = store.engine->DescribeTable(messaging::kTableName);
    return table && table->stream_view.has_value();
  });
  seen_commits = store.engine->Subscribe(
      std::string(messaging::kTableName),
      [this](const engine::CommittedRecords& commit) { events->See(commit.records); });
  stream::FollowerOptions options;
  options.table = messaging::kTableName;
  if (!settings.Boolean("in-memory")) {
    options.checkpoint_path = settings.Text("data") + "/projection.checkpoint";
  }
  options.concerns = messaging::Projection::Concerns;
  options.records_lost = [this](model::Item after) {
    return service->projection().ProjectPage(std::move(after));
  };
  follower = std::make_unique<stream::Follower>(
      loops.loop(0), *store.client,
      [this](const std::string& table, stream::CommitListener listener) {
        return store.engine->Subscribe(
            table, [listener = std::move(listener)](const engine::CommittedRecords& commit) {
              listener(commit.records);
            });
      },
      [this](std::span<const StreamRecord> records, bool perhaps_repeated) {
        return service->projection().Handle(records, perhaps_repeated
                                                         ? messaging::Delivery::kPerhapsRepeated
                                                         : messaging::Delivery::kFirst);
      },
      std::move(options));
  follower->Start();
}

// A changed name is told at once in this process, and brought into its copies in the background.
void Application::Parts::SpreadNames() {
  name_changes = std::make_unique<accounts::NameChanges>(database, clock);
  names = std::make_unique<api::NameSpreader>(loops.loop(0), *name_changes, directory,
                                              service->renaming(), *pages);
  names->Start();
  api::PeopleOptions options;
  options.change = [this](std::string uuid, accounts::ProfileChange change) {
    return accounts::ChangeProfile(database, std::move(uuid), std::move(change), clock.Now());
  };
  options.changed = [this](const accounts::ChangedProfile&) { names->Wake(); };
  options.handles_change = cognito == nullptr;
  people_routes = std::make_unique<api::PeopleRoutes>(*people, clock, std::move(options));
}

void Application::Parts::CountParts() {
  const auto gauge = [this](std::string name, std::string help, auto read) {
    registry.AddGauge(std::move(name), std::move(help),
                      [read] { return static_cast<double>(read()); });
  };
  gauge("cruddur_connections", "Open connections of the API.", [this] {
    const net::Server* server = listening.load(std::memory_order_acquire);
    return server ? server->connections() : 0;
  });
  cache.CountIn(registry);
  gauge("cruddur_page_loads_shared", "Pages that several readers waited for together.",
        [this] { return pages->shared_loads(); });
  if (follower) {
    gauge("cruddur_projection_handled", "Messages that the projection has handled.",
          [this] { return follower->handled(); });
    gauge("cruddur_projection_failed_attempts", "Attempts of the projection that failed.",
          [this] { return follower->failed_attempts(); });
    gauge("cruddur_projection_given_up", "Messages whose conversation rows can never be moved.",
          [this] { return service->projection().given_up(); });
    gauge("cruddur_projection_passes", "How often all conversations were gone over.",
          [this] { return follower->passes(); });
    gauge("cruddur_projection_restarts", "How often the projection started over after a failure.",
          [this] { return follower->restarts(); });
    gauge("cruddur_projection_age_microseconds", "Age of the last message when it was handled.",
          [this] { return follower->age().count(); });
  }
}

base::Status Application::Parts::Listen() {
  if (store.embedded()) {
    wire = std::make_unique<dynamo::WireServer>(
        *store.engine,
        dynamo::WireServerOptions{.region = settings.Text("region"),
                                  .authenticator = access.Guard(*store.engine, clock)});
    TRY_ASSIGN(dynamodb, StartDynamodb(loops, wire->handler(), settings));
  }
  net::ServerOptions options = ServerOptionsOf(settings, settings.Integer("port"));
  const std::string& certificate = settings.Text("tls-cert");
  const std::string& key = settings.Text("tls-key");
  if (certificate.empty() != key.empty()) {
    return base::Fail(base::ErrorCode::kInvalidArgument, "tls-cert and tls-key go together");
  }
  if (!certificate.empty()) options.tls = net::TlsFiles{certificate, key};
  const bool tls = options.tls.has_value();
  TRY_ASSIGN(api, net::Server::Start(
                      loops, std::move(options),
                      [this](const net::Request& request, net::Response& response) {
                        return door->Handle(request, response);
                      },
                      [this](net::Response& response) { door->HandleProtocolError(response); }));
  listening.store(api.get(), std::memory_order_release);
  if (auto told = operators.Publish(settings.Text("data"), api->port()); !told) {
    base::Log(LogLevel::kWarn, "`cruddur cache` can't reach this server",
              {{"reason", told.error().message}});
  }
  // Only now: whoever waits for these lines finds all of it answering.
  if (dynamodb) Announce("dynamodb", false, settings, dynamodb->port());
  Announce("api", tls, settings, api->port());
  return {};
}

Application::Parts::~Parts() {
  const std::chrono::milliseconds grace(settings.Integer("stop-grace-ms"));
  // First, for functions may write into both endpoints.
  if (triggers) triggers->Stop();
  if (api) api->Stop(grace);
  if (dynamodb) dynamodb->Stop(grace);
  if (names) names->Stop();
  triggers.reset();
  if (follower) follower->Stop();
  seen_commits.reset();
  // The engine answers what is queued on the loops, so it ends before they do.
  store = {};
  cache.Stop(grace);
  if (pool) pool->Stop();
  cognito_keys.reset();
  cognito.reset();
  database.Stop();
  loops.Stop();
}

base::Result<std::unique_ptr<Application>> Application::Start(
    const Settings& settings, std::vector<TriggerSettings> triggers) {
  auto parts = std::make_unique<Parts>(settings);
  TRY(parts->Build(std::move(triggers)));
  return std::unique_ptr<Application>(new Application(std::move(parts)));
}

Application::Application(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Application::~Application() = default;

bool Application::guarded() const { return parts_->access.guarded(); }
void Application::ReloadCredentials() { parts_->access.Reload(); }

}  // namespace cruddur::app
