#include "app/endpoints.h"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>

#include "base/log.h"

namespace cruddur::app {

std::vector<std::string_view> EngineSettings() {
  return {"config",         "data",         "in-memory", "durability",         "region",
          "block-cache-mb", "ttl-interval", "throttle",  "control-plane-delay"};
}

std::vector<std::string_view> ServerSettings() {
  return {"host",         "threads",       "max-connections", "header-time-ms", "body-time-ms",
          "idle-time-ms", "stop-grace-ms", "log-level",       "log-format"};
}

base::Result<std::unique_ptr<engine::Engine>> OpenEngine(const Settings& settings) {
  engine::EngineOptions options;
  options.directory = settings.Text("data") + "/engine";
  options.in_memory = settings.Boolean("in-memory");
  options.sync = settings.Text("durability") == "sync";
  options.region = settings.Text("region");
  options.throttle = settings.Boolean("throttle");
  options.control_plane_delay = std::chrono::milliseconds(settings.Integer("control-plane-delay"));
  options.ttl_interval = std::chrono::seconds(settings.Integer("ttl-interval"));
  options.block_cache_bytes = static_cast<size_t>(settings.Integer("block-cache-mb")) << 20;
  if (!options.in_memory) {
    std::error_code error;
    std::filesystem::create_directories(settings.Text("data"), error);
    if (error) {
      return base::Fail(base::ErrorCode::kIo, fmt::format("can't make the data directory '{}': {}",
                                                          settings.Text("data"), error.message()));
    }
  }
  return engine::Engine::Open(std::move(options));
}

net::ServerOptions ServerOptionsOf(const Settings& settings, int64_t port,
                                   net::ServerLimits limits) {
  const auto milliseconds = [&](std::string_view name) {
    return std::chrono::milliseconds(settings.Integer(name));
  };
  limits.header_time = milliseconds("header-time-ms");
  limits.body_time = milliseconds("body-time-ms");
  limits.idle_time = milliseconds("idle-time-ms");
  limits.max_connections = static_cast<size_t>(settings.Integer("max-connections"));
  return {.host = settings.Text("host"), .port = static_cast<uint16_t>(port), .limits = limits};
}

base::Result<std::unique_ptr<net::Server>> StartDynamodb(net::LoopPool& loops, net::Handler handler,
                                                         const Settings& settings) {
  return net::Server::Start(
      loops,
      ServerOptionsOf(settings, settings.Integer("dynamodb-port"), dynamo::WireServer::Limits()),
      std::move(handler), dynamo::WireServer::OnProtocolError);
}

base::Result<Access> Access::Load(const Settings& settings) {
  Access access;
  access.path_ = settings.Text("credentials");
  access.region_ = settings.Text("region");
  if (access.guarded()) {
    TRY_ASSIGN(access.list_, auth::AccessList::Load(access.path_, dynamo::ConditionKeys()));
  }
  return access;
}

dynamo::Authenticator* Access::Guard(engine::Engine& engine, const base::Clock& clock) {
  if (!list_) return nullptr;
  control_ = std::make_unique<dynamo::AccessControl>(
      *std::move(list_), engine, clock, dynamo::AccessControlOptions{.region = region_});
  list_.reset();
  return control_.get();
}

void Access::Reload() {
  auto list = auth::AccessList::Load(path_, dynamo::ConditionKeys());
  if (!list) {
    base::Log(base::LogLevel::kError, "the credentials stay as they were",
              {{"why", list.error().message}});
    return;
  }
  if (control_) control_->Replace(*std::move(list));
  base::Log(base::LogLevel::kInfo, "credentials read again", {{"file", path_}});
}

bool IsLoopback(std::string_view host) {
  if (host.starts_with("::ffff:")) host.remove_prefix(7);
  return host.starts_with("127.") || host == "::1" || host == "localhost";
}

void Announce(std::string_view name, bool tls, const Settings& settings, uint16_t port) {
  const std::string& host = settings.Text("host");
  const bool v6 = host.find(':') != std::string::npos;
  fmt::print("{} {}://{}{}{}:{}\n", name, tls ? "https" : "http", v6 ? "[" : "", host,
             v6 ? "]" : "", port);
  std::fflush(stdout);
}

}  // namespace cruddur::app
