// For tests: Momento's HTTP API over TLS, as its documentation has it.
#pragma once

#include <boost/asio/post.hpp>
#include <charconv>
#include <chrono>
#include <future>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "cache/momento_store.h"
#include "net/http.h"
#include "net/loop_pool.h"
#include "net/server.h"
#include "net/test_certificate.h"

namespace cruddur::cache {

class MomentoStandIn {
 public:
  static constexpr std::string_view kToken = "token-of-the-test", kCache = "cruddur";
  static constexpr size_t kMaxValue = 5 * 1024 * 1024;
  static constexpr int64_t kMaxLife = 24 * 3600;

  MomentoStandIn()
      : server_(
            net::Server::Start(
                loops_,
                {.limits = {.max_body_bytes = 8 * 1024 * 1024}, .tls = certificate_.files()},
                [this](const net::Request& request, net::Response& response) -> base::Task<void> {
                  Answer(request, response);
                  co_return;
                })
                .value()) {}
  ~MomentoStandIn() {
    GoOn();
    server_->Stop(std::chrono::milliseconds(100));
  }

  // Connections are taken by the system, and nothing is said on them.
  void Hang() {
    std::promise<void> hangs;
    base::asio::post(loops_.loop(0), [&hangs, go_on = go_on_.get_future().share()] {
      hangs.set_value();
      go_on.wait();
    });
    hangs.get_future().wait();
    hanging_ = true;
  }
  void GoOn() {
    if (!std::exchange(hanging_, false)) return;
    go_on_.set_value();
    go_on_ = {};
  }

  MomentoOptions Options() const {
    return {.origin = {.tls = true, .host = "127.0.0.1", .port = server_->port()},
            .cache_name = std::string(kCache),
            .auth_token = std::string(kToken),
            .ca_file = certificate_.certificate_file()};
  }

  std::atomic<bool> over_limit{false};  // every call is one too many
  std::atomic<int64_t> last_life{0};    // of the value that was put last

 private:
  static void Say(net::Response& response, int status, std::string_view text) {
    response.status = status;
    response.content_type = "text/plain";
    response.body = text;
  }

  void Answer(const net::Request& request, net::Response& response) {
    if (request.Header("authorization") != kToken) return Say(response, 401, "Invalid API key");
    if (over_limit) return Say(response, 429, "Limit exceeded");
    if (request.path != "/cache/" + std::string(kCache)) {
      return Say(response, 404, "Cache not found");
    }
    std::optional<std::string> key;
    std::string life;
    for (const auto& [name, value] : net::ParseQuery(request.query)) {
      if (name == "key") key = value;
      if (name == "ttl_seconds") life = value;
    }
    if (!key || key->empty()) return Say(response, 400, "Missing key");
    const std::lock_guard lock(mutex_);
    if (request.method == "GET") {
      const auto found = values_.find(*key);
      if (found == values_.end()) return Say(response, 404, "Key Not Found");
      return Say(response, 200, found->second);
    }
    if (request.method == "DELETE") {
      values_.erase(*key);
      return Say(response, 204, "");
    }
    if (request.method != "PUT") return Say(response, 405, "Method not allowed");
    int64_t seconds = 0;
    const auto [end, error] = std::from_chars(life.data(), life.data() + life.size(), seconds);
    if (error != std::errc() || end != life.data() + life.size() || seconds < 1 ||
        seconds > kMaxLife) {
      return Say(response, 400, "Invalid ttl_seconds");
    }
    if (request.body.size() > kMaxValue) return Say(response, 429, "Item size limit exceeded");
    last_life = seconds;
    values_[*key] = request.body;
    Say(response, 204, "");
  }

  std::promise<void> go_on_;
  bool hanging_ = false;
  net::TestCertificate certificate_{"IP:127.0.0.1"};
  net::LoopPool loops_{1};
  std::mutex mutex_;
  std::map<std::string, std::string> values_;  // protected by mutex_
  std::unique_ptr<net::Server> server_;
};

}  // namespace cruddur::cache
