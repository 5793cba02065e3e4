// Of the tests: dynalite (npm), somebody else's DynamoDB, as a process on a loopback port.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>

#include "dynamo/source_tree_fixture.h"
#include "net/test_loopback.h"

namespace cruddur::dynamo {

// Where dynalite is: CRUDDUR_DYNALITE, else what `npm ci` put under tests/node (bin/test does
// that). Empty if it isn't there.
inline std::string DynalitePath() {
  if (const char* given = std::getenv("CRUDDUR_DYNALITE")) return given;
  return FindInSourceTree("tests/node/node_modules/.bin/dynalite");
}

class Dynalite {
 public:
  // Null if it could not be started.
  static std::unique_ptr<Dynalite> Start() {
    const std::string path = DynalitePath();
    if (path.empty()) return nullptr;
    std::unique_ptr<Dynalite> started(new Dynalite(path));
    return started->Answers() ? std::move(started) : nullptr;
  }
  ~Dynalite() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Dynalite(const Dynalite&) = delete;
  Dynalite& operator=(const Dynalite&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  explicit Dynalite(const std::string& path) : port_(net::FreePort()) {
    std::string node = "node", script = path, port = "--port=" + std::to_string(port_);
    // Tables are active, or gone, at once: nothing here waits for AWS's pace.
    std::string create = "--createTableMs=0", remove = "--deleteTableMs=0",
                update = "--updateTableMs=0", host = "--host=127.0.0.1";
    char* arguments[] = {node.data(),   script.data(), port.data(),   host.data(),
                         create.data(), remove.data(), update.data(), nullptr};
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    if (::posix_spawnp(&pid_, "node", &actions, nullptr, arguments, environ) != 0) pid_ = -1;
    ::posix_spawn_file_actions_destroy(&actions);
  }

  bool Answers() {
    for (int tries = 0; tries < 600 && pid_ > 0; ++tries) {
      if (net::Listens(port_)) return true;
      if (::waitpid(pid_, nullptr, WNOHANG) == pid_) pid_ = -1;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return false;
  }

  pid_t pid_ = -1;
  uint16_t port_;
};

}  // namespace cruddur::dynamo
