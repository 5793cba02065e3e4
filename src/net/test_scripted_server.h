// For tests: a server that answers with given bytes, right or wrong.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

namespace cruddur::net {

// Calls `script` for each connection in turn, on a thread of its own, and closes the connection
// when it returns.
class ScriptedServer {
 public:
  class Peer {
   public:
    explicit Peer(int fd) : fd_(fd) {}
    // A request's header, or what came before the end.
    std::string ReadHeader() {
      std::string bytes;
      char c;
      while (!bytes.ends_with("\r\n\r\n") && ::recv(fd_, &c, 1, 0) == 1) bytes += c;
      return bytes;
    }
    void Send(std::string_view bytes) { ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }
    void WaitForEnd() {
      char c;
      while (::recv(fd_, &c, 1, 0) > 0) {
      }
    }

   private:
    int fd_;
  };
  using Script = std::function<void(Peer& peer, int connection)>;

  explicit ScriptedServer(Script script) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    if (::bind(fd_, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
        ::listen(fd_, 16) != 0 ||
        ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error("cannot listen");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, script = std::move(script)] {
      for (int fd; (fd = ::accept(fd_, nullptr, nullptr)) >= 0;) {
        Peer peer(fd);
        script(peer, connections_++);
        ::close(fd);
        ++closed_;
      }
    });
  }
  ~ScriptedServer() {
    ::shutdown(fd_, SHUT_RDWR);  // ends accept()
    thread_.join();
    ::close(fd_);
  }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  uint16_t port() const { return port_; }
  int connections() const { return connections_; }
  int closed() const { return closed_; }

 private:
  int fd_;
  uint16_t port_ = 0;
  std::atomic<int> connections_ = 0, closed_ = 0;
  std::thread thread_;
};

}  // namespace cruddur::net
