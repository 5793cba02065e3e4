// The parts that `serve`, `dynamodb` and `demo` are composed of, made from the settings.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "app/settings.h"
#include "base/result.h"
#include "dynamo/access_control.h"
#include "dynamo/wire_server.h"
#include "engine/engine.h"
#include "net/server.h"

namespace cruddur::app {

// The flags that these commands share.
std::vector<std::string_view> EngineSettings();
std::vector<std::string_view> ServerSettings();

// Opens the engine in DATA/engine.
base::Result<std::unique_ptr<engine::Engine>> OpenEngine(const Settings& settings);

// What `settings` say about any server, with the limits that `limits` has of its own.
net::ServerOptions ServerOptionsOf(const Settings& settings, int64_t port,
                                   net::ServerLimits limits = {});

// The DynamoDB endpoint on the setting dynamodb-port: `handler` is a WireServer's.
base::Result<std::unique_ptr<net::Server>> StartDynamodb(net::LoopPool& loops, net::Handler handler,
                                                         const Settings& settings);

// Who may call the DynamoDB endpoint: by the file of the setting `credentials`, read at once and at
// each Reload; everybody, if it is empty.
class Access {
 public:
  static base::Result<Access> Load(const Settings& settings);

  // The check to put in front of `engine`; null for everybody.
  dynamo::Authenticator* Guard(engine::Engine& engine, const base::Clock& clock);
  bool guarded() const { return !path_.empty(); }
  // A file that can't be read is logged, and the last one stays in force.
  void Reload();

 private:
  std::string path_, region_;
  std::optional<auth::AccessList> list_;  // until Guard
  std::unique_ptr<dynamo::AccessControl> control_;
};

// Whether an address, or a name, is of this machine only: "127.0.0.1", "::1", "localhost".
bool IsLoopback(std::string_view host);

// "api http://127.0.0.1:4567", on stdout at once: for people, and for scripts that wait for it.
void Announce(std::string_view name, bool tls, const Settings& settings, uint16_t port);

}  // namespace cruddur::app
