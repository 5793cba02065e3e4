#include "net/server.h"

#include <boost/asio/post.hpp>
#include <utility>

#include "net/listener.h"
#include "net/tls.h"

namespace cruddur::net {
namespace {

namespace asio = base::asio;
using base::ErrorCode;
using base::Fail;
using boost::system::error_code;

void DefaultProtocolError(Response& response) {
  response.body.append("{\"message\":\"").append(ReasonPhrase(response.status)).append("\"}");
}

base::Result<Tcp::endpoint> Resolve(base::Loop& loop, const std::string& host, uint16_t port) {
  error_code error;
  const auto address = asio::ip::make_address(host, error);
  if (!error) return Tcp::endpoint(address, port);
  Tcp::resolver resolver(loop);
  const auto found = resolver.resolve(host, std::to_string(port), error);
  if (error || found.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "cannot listen on " + host + ": " + (error ? error.message() : "no address"));
  }
  return found.begin()->endpoint();
}

class BoundServer final : public Server {
 public:
  BoundServer(LoopPool& loops, std::shared_ptr<ServerState> state)
      : loops_(loops), state_(std::move(state)) {}
  ~BoundServer() override { StopListeners(std::chrono::milliseconds(0)); }

  base::Status Bind() {
    const ServerOptions& options = state_->options;
    TRY_ASSIGN(Tcp::endpoint endpoint, Resolve(loops_.loop(0), options.host, options.port));
    // SO_REUSEPORT would let a second server of the same user share the port unnoticed; a socket
    // without it can't be bound while another listens.
    if (endpoint.port() != 0) {
      TRY(Listen(loops_.loop(0), endpoint, false));
    }
    for (size_t i = 0; i < loops_.size(); ++i) {
      TRY_ASSIGN(Acceptor acceptor, Listen(loops_.loop(i), endpoint, true));
      endpoint.port(acceptor.local_endpoint().port());
      listeners_.push_back(std::make_shared<Listener>(loops_.loop(i), state_, std::move(acceptor)));
    }
    port_ = endpoint.port();
    for (auto& listener : listeners_) listener->Start();
    started_ = true;
    return {};
  }

  uint16_t port() const override { return port_; }
  size_t connections() const override {
    return state_->connections.load(std::memory_order_relaxed);
  }
  void Stop(std::chrono::milliseconds grace) override { StopListeners(grace); }

 private:
  static base::Result<Acceptor> Listen(base::Loop& loop, const Tcp::endpoint& endpoint,
                                       bool reuse_port) {
    using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;
    error_code error;
    Acceptor acceptor(loop);
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(Acceptor::reuse_address(true), error);
    if (!error && reuse_port) acceptor.set_option(ReusePort(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(Acceptor::max_listen_connections, error);
    if (error) {
      const std::string host = endpoint.address().to_string();
      return Fail(ErrorCode::kIo, "cannot listen on " +
                                      (endpoint.address().is_v6() ? "[" + host + "]" : host) + ":" +
                                      std::to_string(endpoint.port()) + ": " + error.message());
    }
    return acceptor;
  }

  void StopListeners(std::chrono::milliseconds grace) {
    if (!started_ || std::exchange(stopped_, true)) return;
    const SteadyTime deadline = std::chrono::steady_clock::now() + grace;
    OnEach(&Listener::BeginStop);
    if (state_->WaitUntilEmpty(deadline)) return;
    OnEach(&Listener::CloseAll);
    state_->WaitUntilEmpty(SteadyTime::max());
  }

  void OnEach(void (Listener::*action)()) {
    for (auto& listener : listeners_) {
      asio::post(listener->loop(), [listener, action] { ((*listener).*action)(); });
    }
  }

  LoopPool& loops_;
  const std::shared_ptr<ServerState> state_;
  std::vector<std::shared_ptr<Listener>> listeners_;
  uint16_t port_ = 0;
  bool started_ = false, stopped_ = false;
};

}  // namespace

base::Result<std::unique_ptr<Server>> Server::Start(LoopPool& loops, ServerOptions options,
                                                    Handler handler,
                                                    ProtocolErrorHandler on_protocol_error) {
  auto state = std::make_shared<ServerState>();
  if (options.tls) {
    TRY_ASSIGN(state->tls, MakeServerTls(*options.tls));
  }
  state->options = std::move(options);
  state->handler = std::move(handler);
  state->on_protocol_error =
      on_protocol_error ? std::move(on_protocol_error) : DefaultProtocolError;
  auto server = std::make_unique<BoundServer>(loops, std::move(state));
  TRY(server->Bind());
  return server;
}

}  // namespace cruddur::net
