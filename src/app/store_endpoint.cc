#include "app/store_endpoint.h"

#include "auth/credentials.h"
#include "dynamo/endpoint_client.h"

namespace cruddur::app {

base::Result<std::unique_ptr<dynamo::Client>> MakeEndpointClient(const Settings& settings,
                                                                 std::string url) {
  dynamo::EndpointSettings endpoint;
  endpoint.endpoint_url = std::move(url);
  endpoint.region = settings.Text("region");
  endpoint.deadline = std::chrono::milliseconds(settings.Integer("store-deadline-ms"));
  auto credentials = auth::LoadCredentials();
  if (credentials) {
    endpoint.credentials = *std::move(credentials);
  } else if (credentials.error().code != base::ErrorCode::kNotFound) {
    return std::unexpected(credentials.error());
  }
  return dynamo::EndpointClient::Create(std::move(endpoint));
}

}  // namespace cruddur::app
