#include "accounts/pool_endpoint.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>

#include "accounts/built_in_user_pool.h"
#include "accounts/pool_administrator.h"
#include "accounts/pool_sessions.h"
#include "base/log.h"
#include "base/random.h"
#include "json/writer.h"

namespace cruddur::accounts {
namespace {

constexpr std::string_view kTargetPrefix = "AWSCognitoIdentityProviderService.";
constexpr size_t kMaxBodyBytes = 64 * 1024;

// Threads and deadlines for operations that hash passwords.
DatabaseOptions ForOperations(DatabaseOptions options) {
  options.connections = 2;
  options.max_queue = 64;
  options.call_time = std::chrono::seconds(5);
  return options;
}

PoolAnswer Run(const PoolContext& context, const PoolOperation& operation, Connection& connection,
               const std::string& body, std::string_view client) {
  json::Document document;
  const auto root = document.Parse(body);
  json::Object object;
  if (!root || root->get(object)) {
    return RefusePool("SerializationException", "The body is not a JSON object");
  }
  PoolRequest request(object, client);
  return operation.run(context, connection, request);
}

void Write(net::Response& response, const PoolError& error) {
  response.status = error.status;
  json::Writer(response.body)
      .BeginObject()
      .Key("__type")
      .String(error.type)
      .Key("message")
      .String(error.message)
      .EndObject();
  response.AddHeader("x-amzn-ErrorType", error.type + ":");
  response.AddHeader("x-amzn-ErrorMessage", error.message);
  if (error.retry_after > 0) response.AddHeader("Retry-After", std::to_string(error.retry_after));
}

base::Task<void> WaitUntil(std::chrono::steady_clock::time_point time) {
  using Clock = std::chrono::steady_clock;
  base::asio::basic_waitable_timer<Clock, base::asio::wait_traits<Clock>, base::Executor> timer(
      co_await base::asio::this_coro::executor, time);
  co_await timer.async_wait(base::asio::as_tuple(base::kUseTask));
}

}  // namespace

base::Result<std::unique_ptr<PoolEndpoint>> PoolEndpoint::Open(
    const DatabaseOptions& database, BuiltInKeys& access_keys, TokenVerifier& verifier,
    Revocations& revocations, Outbox& outbox, const base::Clock& clock,
    PoolEndpointOptions options) {
  TRY_ASSIGN(auto id_keys, BuiltInKeys::Open(options.keys_folder, clock, kIdKeys));
  TRY_ASSIGN(auto administrator, PoolAdministrator(options.keys_folder));
  TRY_ASSIGN(auto secret, PoolSecret(options.keys_folder));
  PoolContext context{.access_keys = access_keys,
                      .id_keys = *id_keys,
                      .verifier = verifier,
                      .revocations = revocations,
                      .outbox = outbox,
                      .clock = clock,
                      .secret = std::move(secret)};
  return std::unique_ptr<PoolEndpoint>(
      new PoolEndpoint(ForOperations(database), std::move(context), std::move(id_keys),
                       std::move(administrator), access_keys, revocations, std::move(options)));
}

PoolEndpoint::PoolEndpoint(DatabaseOptions database, PoolContext context,
                           std::unique_ptr<BuiltInKeys> id_keys, auth::Credentials administrator,
                           BuiltInKeys& access_keys, Revocations& revocations,
                           PoolEndpointOptions options)
    : id_keys_(std::move(id_keys)),
      context_(std::move(context)),
      administrator_(std::move(administrator)),
      options_(std::move(options)),
      limiter_(options_.requests_per_second, options_.burst, context_.clock),
      watch_(database, {&access_keys, id_keys_.get()}, revocations, context_.clock),
      connections_(std::move(database)) {}

PoolStatus PoolEndpoint::Admit(const PoolOperation& operation, const net::Request& request) {
  if (request.body.size() > kMaxBodyBytes) {
    return RefusePool("SerializationException", "The body is too large");
  }
  if (operation.for_administrators) {
    return CheckAdministrator(request, administrator_, context_.clock.Now());
  }
  if (const int wait = limiter_.Take(request.remote_address); wait > 0) {
    return RefusePool("TooManyRequestsException", "Rate exceeded", wait);
  }
  return {};
}

base::Task<PoolAnswer> PoolEndpoint::Answer(const PoolOperation& operation,
                                            const net::Request& request) {
  if (auto admitted = Admit(operation, request); !admitted) {
    co_return std::unexpected(std::move(admitted).error());
  }
  std::move_only_function<base::Result<PoolAnswer>(Connection&)> work =
      [this, &operation, body = std::string(request.body),
       client = std::string(request.remote_address)](
          Connection& connection) -> base::Result<PoolAnswer> {
    return Run(context_, operation, connection, body, client);
  };
  auto ran = co_await connections_.Run<PoolAnswer>(Access::kWrite, std::move(work));
  if (!ran) co_return std::unexpected(PoolError(std::move(ran).error()));
  co_return *std::move(ran);
}

base::Task<void> PoolEndpoint::Handle(const net::Request& request, net::Response& response) {
  const auto start = std::chrono::steady_clock::now();
  response.content_type = "application/x-amz-json-1.1";
  response.AddHeader("x-amzn-RequestId", base::NewUuid());
  response.AddHeader("Cache-Control", "no-store");
  const std::string_view target = request.Header("x-amz-target").value_or(std::string_view());
  const PoolOperation* operation = target.starts_with(kTargetPrefix)
                                       ? FindPoolOperation(target.substr(kTargetPrefix.size()))
                                       : nullptr;
  if (!operation) {
    Write(response, PoolError("UnknownOperationException", "Unknown operation"));
    co_return;
  }
  auto answer = co_await Answer(*operation, request);
  const bool refused = !answer && answer.error().cause.message.empty();
  if (operation->slow_answers || (operation->slow_refusals && refused)) {
    co_await WaitUntil(start + options_.slow_answer);
  }
  if (answer) {
    response.body = *std::move(answer);
    co_return;
  }
  if (!answer.error().cause.message.empty()) {
    base::Log(base::LogLevel::kWarn, "a request to the user pool failed",
              {{"operation", operation->name}, {"reason", answer.error().cause.message}});
  }
  Write(response, answer.error());
}

std::string PoolEndpoint::Jwks() const {
  auth::Jwks all = *context_.access_keys.Keys();
  all.AddAll(*id_keys_->Keys());
  return all.ToJson();
}

std::string PoolEndpoint::OpenIdConfiguration() {
  const std::string issuer(kBuiltInIssuer);
  std::string body;
  json::Writer writer(body);
  writer.BeginObject().Key("issuer").String(issuer);
  writer.Key("jwks_uri").String(issuer + "/.well-known/jwks.json");
  const auto list = [&](std::string_view name, std::initializer_list<std::string_view> values) {
    writer.Key(name).BeginArray();
    for (const std::string_view value : values) writer.String(value);
    writer.EndArray();
  };
  list("response_types_supported", {"code", "token"});
  list("subject_types_supported", {"public"});
  list("id_token_signing_alg_values_supported", {"RS256"});
  list("scopes_supported", {"openid", "email", "profile"});
  writer.EndObject();
  return body;
}

void PoolEndpoint::Stop() {
  watch_.Stop();
  connections_.Stop();
}

}  // namespace cruddur::accounts
