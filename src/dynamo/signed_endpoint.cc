#include "dynamo/signed_endpoint.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>

#include "auth/digest.h"
#include "dynamo/error_codec.h"

namespace cruddur::dynamo {
namespace {

using model::DbErrorCode;

constexpr size_t kOwnHeaders = 4;  // those before the signature's

// Damage on the way, or a proxy that answered in the store's name, is no answer.
bool SumIsRight(const net::ClientResponse& response) {
  std::string_view expected = response.Header("x-amz-crc32");
  if (expected.empty()) return true;
  auto sum = crc32_z(0, reinterpret_cast<const Bytef*>(response.body.data()), response.body.size());
  return expected == fmt::to_string(sum);
}

}  // namespace

struct SignedEndpoint::Attempt {
  model::DbResult<std::string> body;
  bool transient = false;     // the same request may succeed later
  bool may_have_run = false;  // the store may have done it, though it failed here
};

SignedEndpoint::SignedEndpoint(net::Origin origin, net::ClientOptions options,
                               auth::Credentials credentials, std::string region,
                               std::string target_prefix, RetryPolicy policy,
                               const base::Clock& clock)
    : http_(origin, std::move(options)),
      signer_(std::move(credentials), std::move(region), "dynamodb"),
      host_(origin.HostHeader()),
      target_prefix_(std::move(target_prefix)),
      policy_(policy),
      clock_(clock) {}

void SignedEndpoint::Sign(net::ClientRequest& request, std::string_view payload_hash) const {
  request.headers.resize(kOwnHeaders);
  std::vector<auth::HeaderField> fields;
  for (const auto& [name, value] : request.headers) fields.push_back({name, value});
  auto added = signer_.Sign(
      {.method = request.method, .headers = fields, .payload_hash = payload_hash}, clock_.Now());
  std::ranges::move(added, std::back_inserter(request.headers));
}

base::Task<SignedEndpoint::Attempt> SignedEndpoint::TryOnce(net::ClientRequest& request,
                                                            std::chrono::milliseconds time) {
  bool sent = false;
  auto response = co_await http_.Send(request, time, &sent);
  if (!response) {
    const auto code = response.error().code;
    const bool hopeless = code == base::ErrorCode::kInvalidArgument ||
                          (code == base::ErrorCode::kResourceExhausted && sent);
    co_return Attempt{
        model::DbFail(DbErrorCode::kUnreachable,
                      fmt::format("No answer from {}: {}", host_, response.error().message)),
        !hopeless, sent};
  }
  if (!SumIsRight(*response)) {
    co_return Attempt{
        model::DbFail(DbErrorCode::kUnreachable,
                      fmt::format("The answer from {} was damaged on its way", host_)),
        true, true};
  }
  if (response->status == 200) co_return Attempt{std::move(response->body)};
  model::DbError error = ReadErrorBody(response->status, response->body);
  const bool transient = model::WireOf(error.code).retryable || response->status >= 500;
  co_return Attempt{std::unexpected(std::move(error)), transient, response->status >= 500};
}

base::Task<model::DbResult<std::string>> SignedEndpoint::Call(std::string_view operation,
                                                              std::string body, bool repeatable,
                                                              base::Backoff& backoff) {
  net::ClientRequest request{.method = "POST",
                             .body = std::move(body),
                             .repeat = repeatable ? net::ClientRequest::Repeat::kAllowed
                                                  : net::ClientRequest::Repeat::kByMethod};
  request.headers = {{"Host", host_},
                     {"Content-Type", "application/x-amz-json-1.0"},
                     {"X-Amz-Target", fmt::format("{}.{}", target_prefix_, operation)},
                     {"Accept-Encoding", "identity"}};
  const std::string payload_hash = auth::HexSha256(request.body);
  for (int attempts = 1;; ++attempts) {
    Sign(request, payload_hash);  // anew each time: a signature is good for minutes only
    const bool last = attempts >= policy_.max_attempts;
    const auto left = backoff.Left();
    Attempt attempt = co_await TryOnce(
        request, repeatable && !last ? std::min(left, policy_.attempt_time) : left);
    if (attempt.body || !attempt.transient || last || (attempt.may_have_run && !repeatable)) {
      co_return std::move(attempt.body);
    }
    if (!co_await backoff.Pause()) co_return std::move(attempt.body);
  }
}

}  // namespace cruddur::dynamo
