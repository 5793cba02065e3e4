// For tests: a client that sends any bytes over a plain blocking socket, and a server under test.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

#include "net/http.h"

namespace cruddur::net {

// Every wait ends after 20 s with an exception: a test that hangs fails instead.
class TestPeer {
 public:
  explicit TestPeer(uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{.tv_sec = 20, .tv_usec = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
      ::close(fd_);
      throw std::runtime_error("cannot connect");
    }
  }
  ~TestPeer() { ::close(fd_); }
  TestPeer(const TestPeer&) = delete;
  TestPeer& operator=(const TestPeer&) = delete;

  // False once the other side has gone.
  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        throw std::runtime_error("send hangs");
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(n));
    }
    return true;
  }

  void EndSending() { ::shutdown(fd_, SHUT_WR); }
  void Reset() {
    const linger now{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    ::close(std::exchange(fd_, -1));
  }

  // Everything up to the end of the connection. `was_reset` tells how it ended.
  std::string ReadAll() {
    while (Fill()) {
    }
    return std::exchange(buffer_, {});
  }
  bool was_reset() const { return was_reset_; }

  // Up to and including `end`; what there is, if the connection ends before.
  std::string ReadUntil(std::string_view end) {
    size_t at;
    while ((at = buffer_.find(end)) == std::string::npos) {
      if (!Fill()) return std::exchange(buffer_, {});
    }
    return Take(at + end.size());
  }

  // One answer with a Content-Length: its header and its body in one string. `head`: no body comes.
  std::string ReadAnswer(bool head = false) {
    std::string answer = ReadUntil("\r\n\r\n");
    static constexpr std::string_view kName = "\r\nContent-Length: ";
    const size_t at = answer.find(kName);
    if (at == std::string::npos || head) return answer;
    const size_t size = std::strtoul(answer.c_str() + at + kName.size(), nullptr, 10);
    while (buffer_.size() < size && Fill()) {
    }
    return answer + Take(std::min(size, buffer_.size()));
  }

  bool Closed() { return buffer_.empty() && !Fill(); }

  int fd() const { return fd_; }

 private:
  std::string Take(size_t size) {
    std::string taken = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return taken;
  }

  bool Fill() {
    char bytes[16 * 1024];
    const ssize_t n = ::recv(fd_, bytes, sizeof(bytes), 0);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) throw std::runtime_error("recv hangs");
    if (n < 0) was_reset_ = true;
    if (n <= 0) return false;
    buffer_.append(bytes, static_cast<size_t>(n));
    return true;
  }

  int fd_;
  bool was_reset_ = false;
  std::string buffer_;
};

// The status of an answer; 0 if there is none.
inline int StatusOf(std::string_view answer) {
  return answer.starts_with("HTTP/1.1 ") ? std::atoi(answer.substr(9, 3).data()) : 0;
}

inline std::string BodyOf(std::string_view answer) {
  const size_t end = answer.find("\r\n\r\n");
  return end == std::string_view::npos ? "" : std::string(answer.substr(end + 4));
}

}  // namespace cruddur::net
