// Where messages are: the engine in this process, or a DynamoDB endpoint. Composition of `serve`
// and of `demo`.
#pragma once

#include <memory>

#include "app/settings.h"
#include "base/result.h"
#include "dynamo/client.h"
#include "engine/engine.h"

namespace cruddur::app {

// The settings that choose and reach a store.
std::vector<std::string_view> StoreSettings();

struct MessageStore {
  std::unique_ptr<engine::Engine> engine;  // null: an endpoint
  std::unique_ptr<dynamo::Client> client;  // ends before the engine

  bool embedded() const { return engine != nullptr; }
};

// Opens the engine or makes the client. An embedded store gets the message table if it has none; an
// endpoint is not called yet, for it may be away.
base::Result<MessageStore> OpenStore(const Settings& settings);

}  // namespace cruddur::app
