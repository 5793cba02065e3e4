#include "net/session.h"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <exception>
#include <utility>

#include "base/log.h"
#include "net/request_reader.h"
#include "net/response_writer.h"

namespace cruddur::net {
namespace {

namespace asio = base::asio;
using boost::system::error_code;

constexpr size_t kBatchBytes = 64 * 1024;  // answers that wait for one another at most
constexpr size_t kKeptBytes = 64 * 1024;
// How long, and how much, a peer may go on to send after an answer that ends the connection. If it
// were closed under the peer's hands, the reset would destroy the answer before it is read.
constexpr std::chrono::milliseconds kLingerTime{2'000};
constexpr std::chrono::milliseconds kLingerTimeInStop{200};
constexpr size_t kLingerBytes = 16 * 1024 * 1024;

// The one coroutine of a connection. `Stream` is a Socket or a TlsStream. A handler that is to take
// the stream over (server-sent events, WebSocket) will be called from Serve(), behind the handler's
// co_await, with the answers before it flushed.
template <class Stream>
class Session final : public Connection, public Peer {
 public:
  static constexpr bool kTls = std::is_same_v<Stream, TlsStream>;

  template <class... StreamArgs>
  Session(std::shared_ptr<Listener> listener, std::string remote_address, bool one_too_many,
          StreamArgs&&... args)
      : listener_(std::move(listener)),
        state_(listener_->state()),
        remote_address_(std::move(remote_address)),
        stream_(std::forward<StreamArgs>(args)...),
        reader_(limits().max_header_bytes, limits().max_body_bytes, remote_address_, this) {
    refused = one_too_many;
    listener_->Add(*this);
  }
  ~Session() override {
    if (watch_) *watch_ = nullptr;
    state_.buffered -= counted_;
    listener_->Remove(*this);
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void Cancel() override {
    error_code ignored;
    stream_.lowest_layer().cancel(ignored);
  }
  void Close() override {
    error_code ignored;
    stream_.lowest_layer().close(ignored);
  }

  void WhenGone(std::function<void()> gone) override {
    gone_ = std::move(gone);
    if (gone_ && !watching_) Watch();
  }
  bool IsGone() override { return Peek() == Peeked::kEnd; }
  uint64_t requests_before() const override { return requests_ - 1; }

  static base::Task<void> Run(std::unique_ptr<Session> self) {
    if constexpr (kTls) {
      if (!co_await self->Handshake()) co_return;
    }
    bool linger = true;
    if (self->refused) {
      self->AppendRefusal(503);
      linger = co_await self->WriteRest();
    } else {
      linger = co_await self->Serve();
    }
    if (linger) co_await self->Linger();
  }

 private:
  const ServerLimits& limits() const { return state_.options.limits; }
  void SetDeadline(std::chrono::milliseconds from_now) {
    expired = false;
    deadline = listener_->now() + from_now;
  }

  base::Task<bool> Handshake() {
    SetDeadline(limits().header_time);
    const auto [error] = co_await stream_.async_handshake(asio::ssl::stream_base::server,
                                                          asio::as_tuple(base::kUseTask));
    if (error) {
      base::Log(base::LogLevel::kDebug, "TLS handshake failed",
                {{"remote", remote_address_}, {"why", error.message()}});
    }
    co_return !error;
  }

  // Answers requests until the connection is to end. True if the peer may still be sending.
  base::Task<bool> Serve() {
    using Step = RequestReader::Step;
    for (;;) {
      const Step step = reader_.Advance();
      if (step == Step::kRequest) {
        idle = false;
        deadline = kNever;  // the handler's time is its own affair
        response_.Clear();
        ++requests_;
        if (gone_) gone_ = nullptr;  // of a request before
        try {
          co_await state_.handler(reader_.request(), response_);
        } catch (const std::exception& e) {
          HandlerFailed(e.what());
        } catch (...) {
          HandlerFailed("not a std::exception");
        }
        const bool keep_alive = AppendAnswer();
        const bool more = reader_.HasMore();
        reader_.Consume();
        Count();
        phase_ = RequestReader::Phase::kIdle;
        // The answers to pipelined requests go into one write.
        if (keep_alive && out_.size() < kBatchBytes) continue;
        if (!Write() && !co_await WriteRest()) co_return false;
        if (!keep_alive) co_return more;
        continue;
      }
      if (step == Step::kRefused) {
        AppendRefusal(reader_.refusal());
        co_return Write() || co_await WriteRest();
      }

      if (reader_.TakeContinue()) out_ += "HTTP/1.1 100 Continue\r\n\r\n";
      if (!out_.empty() && !Write() && !co_await WriteRest()) co_return false;
      if (!AwaitMore()) co_return false;
      const std::span<char> space = reader_.Space();
      if (!Count()) {
        AppendRefusal(503);
        co_return Write() || co_await WriteRest();
      }
      const auto [error, bytes] = co_await stream_.async_read_some(
          asio::buffer(space.data(), space.size()), asio::as_tuple(base::kUseTask));
      if (error) {
        if (!expired || phase_ == RequestReader::Phase::kIdle) co_return false;
        AppendRefusal(408);
        co_return Write() || co_await WriteRest();
      }
      idle = false;
      reader_.Filled(bytes);
    }
  }

  // Waits until there is something to read, beside whatever else is done. The session may end
  // meanwhile.
  void Watch() {
    watching_ = true;
    if (!watch_) watch_ = std::make_shared<Session*>(this);
    LowestLayer().async_wait(Socket::wait_read, [watch = watch_](const error_code& error) {
      if (*watch) (*watch)->Readable(error);
    });
  }

  // Another request is nobody's concern here; the end is.
  void Readable(const error_code& waited) {
    watching_ = false;
    if (!gone_ || waited) return;
    const Peeked peeked = Peek();
    if (peeked == Peeked::kNothing) return Watch();
    if (peeked == Peeked::kEnd) std::exchange(gone_, nullptr)();
  }

  enum class Peeked { kNothing, kBytes, kEnd };
  Peeked Peek() {
    char next = 0;
    error_code error;
    LowestLayer().receive(asio::buffer(&next, 1), Socket::message_peek, error);
    if (!error) return Peeked::kBytes;
    return error == asio::error::would_block ? Peeked::kNothing : Peeked::kEnd;
  }

  // Adds what this connection has come to hold to what all hold; small requests don't count. False
  // if it would be too much.
  bool Count() {
    const size_t held = reader_.Held() > kKeptBytes ? reader_.Held() : 0;
    if (held == counted_) return true;
    const bool more = held > counted_;
    const size_t change = held - std::exchange(counted_, held);  // modulo 2^64
    const size_t all = state_.buffered.fetch_add(change, std::memory_order_relaxed) + change;
    return !more || all <= limits().max_buffered_bytes;
  }

  // Sets the deadline of the read that follows. False if there is nothing to wait for.
  bool AwaitMore() {
    using Phase = RequestReader::Phase;
    const Phase phase = reader_.phase();
    idle = phase == Phase::kIdle;
    if (idle) {
      if (listener_->stopping()) return false;
      SetDeadline(limits().idle_time);
    } else if (phase != phase_) {
      // Once a phase, not once a read: a byte now and then gains a slow peer no time.
      SetDeadline(phase == Phase::kHeader ? limits().header_time : limits().body_time);
    } else if (expired) {
      deadline =
          SteadyTime::min();  // it passed while bytes were on their way: the next sweep ends it
    }
    phase_ = phase;
    return true;
  }

  bool AppendAnswer() {
    const bool keep_alive = reader_.keep_alive() && !response_.close && !listener_->stopping();
    AppendResponse(out_, response_,
                   {.head = reader_.request().method == "HEAD",
                    .keep_alive = keep_alive,
                    .http_1_0 = reader_.http_1_0(),
                    .date = listener_->date_line()});
    return keep_alive;
  }

  void AppendRefusal(int status) {
    idle = false;
    FillProtocolError(status);
    AppendResponse(out_, response_, {.keep_alive = false, .date = listener_->date_line()});
  }

  void HandlerFailed(std::string_view what) {
    base::Log(base::LogLevel::kError, "exception in a request handler", {{"what", what}});
    FillProtocolError(500);
  }

  void FillProtocolError(int status) {
    response_.Clear();
    response_.status = status;
    try {
      state_.on_protocol_error(response_);
    } catch (const std::exception& e) {
      base::Log(base::LogLevel::kError, "exception in an error handler", {{"what", e.what()}});
    }
  }

  // Writes what the socket takes at once, which is nearly always everything: then the answer costs
  // one system call and no turn of the loop. False if some is left, or on an error.
  bool Write() {
    if constexpr (kTls) {
      return false;
    } else {
      while (sent_ < out_.size()) {
        error_code error;
        sent_ += stream_.write_some(asio::buffer(out_) + sent_, error);
        if (error) return false;
      }
      Written();
      return true;
    }
  }

  // Waits for a peer that reads slowly. The time is per piece: what counts is that it reads.
  base::Task<bool> WriteRest() {
    while (sent_ < out_.size()) {
      SetDeadline(limits().write_time);
      const auto [error, bytes] = co_await stream_.async_write_some(asio::buffer(out_) + sent_,
                                                                    asio::as_tuple(base::kUseTask));
      if (error) co_return false;
      sent_ += bytes;
    }
    Written();
    co_return true;
  }

  void Written() {
    out_.clear();
    if (out_.capacity() > kKeptBytes) out_.shrink_to_fit();
    sent_ = 0;
  }

  base::Task<void> Linger() {
    SetDeadline(listener_->stopping() ? kLingerTimeInStop : kLingerTime);
    if constexpr (kTls) co_await stream_.async_shutdown(asio::as_tuple(base::kUseTask));
    Socket& socket = LowestLayer();
    error_code ignored;
    socket.shutdown(Socket::shutdown_send, ignored);
    std::array<char, 4096> waste;
    for (size_t read = 0; read < kLingerBytes && !expired;) {
      const auto [error, bytes] =
          co_await socket.async_read_some(asio::buffer(waste), asio::as_tuple(base::kUseTask));
      if (error) break;
      read += bytes;
    }
  }

  Socket& LowestLayer() {
    if constexpr (kTls) {
      return stream_.next_layer();
    } else {
      return stream_;
    }
  }

  const std::shared_ptr<Listener> listener_;
  ServerState& state_;
  const std::string remote_address_;
  Stream stream_;
  RequestReader reader_;
  RequestReader::Phase phase_ = RequestReader::Phase::kIdle;
  Response response_;
  std::string out_;     // answers not yet written, and of them
  size_t sent_ = 0;     // this much is
  size_t counted_ = 0;  // in state_.buffered

  uint64_t requests_ = 0;
  std::function<void()> gone_;
  std::shared_ptr<Session*> watch_;  // null in it: the session has ended
  bool watching_ = false;
};

template <class Stream, class... StreamArgs>
void Spawn(std::shared_ptr<Listener> listener, std::string remote_address, bool refused,
           StreamArgs&&... args) {
  base::Loop& loop = listener->loop();
  auto session = std::make_unique<Session<Stream>>(std::move(listener), std::move(remote_address),
                                                   refused, std::forward<StreamArgs>(args)...);
  asio::co_spawn(loop, Session<Stream>::Run(std::move(session)), asio::detached);
}

}  // namespace

void StartSession(std::shared_ptr<Listener> listener, Socket socket, std::string remote_address,
                  bool refused) {
  error_code ignored;
  socket.set_option(Tcp::no_delay(true), ignored);
  socket.non_blocking(true, ignored);
  if (asio::ssl::context* tls = listener->state().tls.get()) {
    Spawn<TlsStream>(std::move(listener), std::move(remote_address), refused, std::move(socket),
                     *tls);
  } else {
    Spawn<Socket>(std::move(listener), std::move(remote_address), refused, std::move(socket));
  }
}

}  // namespace cruddur::net
