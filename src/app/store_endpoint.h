// A store elsewhere, and the client for it. Apart from store.h, for who has no engine.
#pragma once

#include <memory>
#include <string>

#include "app/settings.h"
#include "base/result.h"
#include "dynamo/client.h"

namespace cruddur::app {

// A client for an endpoint; an empty URL is AWS' endpoint of the region. Credentials come from the
// environment and the profile files, as the AWS tools have them.
base::Result<std::unique_ptr<dynamo::Client>> MakeEndpointClient(const Settings& settings,
                                                                 std::string url);

}  // namespace cruddur::app
