// A Redis server of the test's own: on a free loopback port, keeping nothing, ended by its process
// id. For tests.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "cache/redis_address.h"
#include "net/test_loopback.h"

namespace cruddur::cache {

class RedisServer {
 public:
  // `options`: further words of the command line, such as "--requirepass", "x"; {port} is where the
  // server is to listen, which it does without TLS unless they say otherwise.
  explicit RedisServer(std::vector<std::string> options = {}) : options_(std::move(options)) {
    // Somebody else may take the free port before our server does.
    for (int attempt = 0; pid_ == 0 && attempt < 5; ++attempt) {
      port_ = net::FreePort();
      Start();
    }
    if (pid_ == 0) throw std::runtime_error("redis-server did not start: bin/setup test");
  }
  ~RedisServer() { Stop(); }
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  uint16_t port() const { return port_; }
  RedisAddress Address(const std::string& who = {}) const {
    return *RedisAddress::Parse("redis://" + who + "127.0.0.1:" + std::to_string(port_));
  }

  void Hang() { kill(pid_, SIGSTOP); }
  void GoOn() { kill(pid_, SIGCONT); }
  void Stop() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }
  // After Stop, on the same port; pid_ stays 0 if it ended at once.
  void Start() {
    std::vector<std::string> words = {"redis-server",
                                      "--port",
                                      std::to_string(port_),
                                      "--bind",
                                      "127.0.0.1",
                                      "--save",
                                      "",
                                      "--appendonly",
                                      "no",
                                      "--dir",
                                      "/tmp",
                                      "--dbfilename",
                                      "nobody-has-written-" + std::to_string(port_) + ".rdb"};
    for (const std::string& option : options_) {
      words.push_back(option == "{port}" ? std::to_string(port_) : option);
    }
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    pid_ = fork();
    if (pid_ == 0) {
      const int nothing = open("/dev/null", O_RDWR);
      dup2(nothing, STDOUT_FILENO);
      dup2(nothing, STDERR_FILENO);
      prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that crashes leaves no server behind
      execvp(argv[0], argv.data());
      _exit(127);
    }
    while (!net::Listens(port_)) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      if (waitpid(pid_, nullptr, WNOHANG) == pid_) {
        pid_ = 0;
        return;
      }
    }
  }

 private:
  const std::vector<std::string> options_;
  uint16_t port_ = 0;
  pid_t pid_ = 0;
};

}  // namespace cruddur::cache
