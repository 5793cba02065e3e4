#include "net/client_connection.h"

#include "net/response_reader.h"

namespace cruddur::net {

namespace asio = base::asio;
using base::ErrorCode;
using base::Fail;
using boost::system::error_code;

ClientConnection::ClientConnection(base::Loop& loop, const Origin& origin,
                                   const ClientOptions& options, NameLookUp& names, TlsContext* tls)
    : options_(options),
      stream_(std::make_shared<ClientStream>(loop, origin, names, tls, options.connect_time)) {}

base::Task<ClientConnection::Outcome> ClientConnection::Exchange(std::string_view request,
                                                                 bool head, SteadyTime deadline) {
  Outcome outcome{.response = Fail(ErrorCode::kInternal, ""), .untouched = true};
  stream_->Arm(deadline);
  // A peer may answer before it has read everything, and close: then the answer counts.
  const error_code failed = co_await stream_->Write(request);
  outcome.sent = !failed;
  outcome.response = co_await ReadAnswer(head, outcome);
  if (!outcome.response && failed && outcome.untouched) {
    outcome.response = std::unexpected(stream_->Explain("cannot write to ", failed));
  }
  stream_->Disarm();
  outcome.reusable = outcome.reusable && outcome.sent && outcome.response && in_.empty();
  last_used = std::chrono::steady_clock::now();
  used = true;
  co_return outcome;
}

base::Task<base::Result<ClientResponse>> ClientConnection::ReadAnswer(bool head, Outcome& outcome) {
  for (;;) {
    ResponseReader reader(head, options_.max_body_bytes);
    for (;;) {
      CO_TRY(reader.Feed(in_));
      if (reader.Done()) break;
      const auto [error, bytes] = co_await stream_->Read(in_);
      if (bytes > 0) outcome.untouched = false;
      if (!error) continue;
      // Only a clean end may end a body; a TLS stream cut short (stream_truncated) may not.
      if (error != asio::error::eof || stream_->expired()) {
        co_return std::unexpected(stream_->Explain("no answer from ", error));
      }
      CO_TRY(reader.FeedEnd());
      break;
    }
    const int status = reader.response().status;
    if (status == 101) co_return Fail(ErrorCode::kUnavailable, "an upgrade that was not asked for");
    if (status < 200) continue;  // "100 Continue" and the like
    outcome.reusable = reader.KeepAlive();
    co_return std::move(reader.response());
  }
}

}  // namespace cruddur::net
