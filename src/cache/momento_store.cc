#include "cache/momento_store.h"

#include <openssl/evp.h>

#include <vector>

#include "base/when_all.h"
#include "json/reader.h"
#include "net/http.h"

namespace cruddur::cache {
namespace {

using base::ErrorCode;
using base::Fail;
using base::Result;
using base::Task;

constexpr int kOk = 200, kNoContent = 204, kNotFound = 404;

std::string DecodeBase64(std::string_view text) {
  std::string bytes(text.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  if (size < 0) return {};
  bytes.resize(static_cast<size_t>(size));
  // The padding's zero bytes.
  while (bytes.ends_with('\0')) bytes.pop_back();
  return bytes;
}

}  // namespace

Result<net::Origin> MomentoOrigin(std::string_view auth_token) {
  std::string endpoint;
  if (const std::string text = DecodeBase64(auth_token); !text.empty()) {
    json::Document document;
    std::string_view found;
    const auto parsed = document.Parse(text);
    if (parsed && (*parsed)["endpoint"].get_string().get(found) == simdjson::SUCCESS) {
      endpoint = found;
    }
  }
  if (endpoint.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "the Momento token doesn't name its endpoint: set momento-endpoint to the address "
                "of the HTTP API in the cache's region");
  }
  return net::Origin::Parse("https://api.cache." + endpoint);
}

MomentoStore::MomentoStore(MomentoOptions options)
    : options_(std::move(options)),
      client_(options_.origin, {.max_connections = 32,
                                .idle_time = std::chrono::seconds(50),
                                .ca_file = options_.ca_file}) {}

std::string MomentoStore::TargetOf(std::string_view key) const {
  return "/cache/" + net::PercentEncode(options_.cache_name) + "?key=" + net::PercentEncode(key);
}

base::Error MomentoStore::ErrorOf(const net::ClientResponse& answer) const {
  const std::string what = answer.status == kNotFound ? "no cache named " + options_.cache_name
                           : answer.status == 401 || answer.status == 403
                               ? "the token isn't accepted"
                           : answer.status == 429 ? "a limit of the account's was met"
                                                  : "not an answer of a cache";
  return {ErrorCode::kUnavailable, "Momento: " + what + " (" + std::to_string(answer.status) + ")"};
}

Task<MomentoStore::Got> MomentoStore::GetOne(std::string key, std::chrono::milliseconds patience) {
  net::ClientRequest request;
  request.target = TargetOf(key);
  request.headers.emplace_back("Authorization", options_.auth_token);
  auto answer = co_await client_.Send(request, patience);
  if (!answer) co_return Got{std::unexpected(std::move(answer).error()), std::nullopt};
  if (answer->status == kOk) co_return Got{{}, std::move(answer->body)};
  if (answer->status == kNotFound && answer->body.contains("Key Not Found")) co_return Got();
  co_return Got{std::unexpected(ErrorOf(*answer)), std::nullopt};
}

Task<Result<RemoteStore::Values>> MomentoStore::Get(std::vector<std::string> keys,
                                                    std::chrono::milliseconds patience) {
  std::vector<Task<Got>> requests;
  requests.reserve(keys.size());
  for (std::string& key : keys) requests.push_back(GetOne(std::move(key), patience));
  Values values;
  for (Got& got : co_await base::WhenAll(std::move(requests))) {
    CO_TRY(std::move(got.status));
    values.push_back(std::move(got.value));
  }
  co_return values;
}

Task<base::Status> MomentoStore::Put(std::string key, std::string value,
                                     std::chrono::seconds time_to_live,
                                     std::chrono::milliseconds patience) {
  net::ClientRequest request;
  request.method = "PUT";
  // A version that arrives a second time would bring back what was dropped in between.
  request.repeat = net::ClientRequest::Repeat::kNever;
  request.target = TargetOf(key) + "&ttl_seconds=" + std::to_string(time_to_live.count());
  request.headers.emplace_back("Authorization", options_.auth_token);
  request.headers.emplace_back("Content-Type", "application/octet-stream");
  request.body = std::move(value);
  CO_TRY_ASSIGN(const net::ClientResponse answer, co_await client_.Send(request, patience));
  if (answer.status != kNoContent && answer.status != kOk) {
    co_return std::unexpected(ErrorOf(answer));
  }
  co_return base::Status();
}

}  // namespace cruddur::cache
