// A PostgreSQL server of the test program's own: on a free loopback port, in a temporary folder,
// ended by its process id. For tests.
//
// Debian's packages start no server for us, and PostgreSQL refuses to run as root: as root the
// server runs as the package's user `postgres`. initdb takes seconds, so its result is kept beside
// the test program and copied.
#pragma once

#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "net/test_loopback.h"

namespace cruddur::accounts {

class PostgresServer {
 public:
  // The program's one server, started at the first call; null where PostgreSQL isn't installed.
  static PostgresServer* Shared() {
    static const std::unique_ptr<PostgresServer> server =
        Programs().empty() ? nullptr : std::make_unique<PostgresServer>();
    return server.get();
  }

  PostgresServer() {
    std::string name =
        (std::filesystem::temp_directory_path() / "cruddur-postgres-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    Own(folder_);
    std::filesystem::copy(Template(), folder_ + "/data", std::filesystem::copy_options::recursive);
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_)) {
      Own(entry.path());
    }
    std::filesystem::permissions(folder_ + "/data", std::filesystem::perms::owner_all);
    // Somebody else may take the free port before our server does.
    for (int attempt = 0; pid_ == 0 && attempt < 5; ++attempt) {
      port_ = net::FreePort();
      TryToStart();
    }
    if (pid_ == 0) throw std::runtime_error("PostgreSQL did not start: " + folder_ + "/log");
  }

  ~PostgresServer() {
    Stop(SIGINT);
    std::error_code error;
    std::filesystem::remove_all(folder_, error);
  }

  uint16_t port() const { return port_; }
  std::string Url(const std::string& database) const {
    return "postgresql://cruddur:secret@127.0.0.1:" + std::to_string(port_) + "/" + database;
  }

  // As a crash of the whole server: its processes end at once, nothing is flushed.
  void Crash() { Stop(SIGQUIT); }

  // After a Crash. On the main thread: the server ends with the thread that started it.
  void Start() {
    TryToStart();
    if (pid_ == 0) throw std::runtime_error("PostgreSQL did not start again: " + folder_ + "/log");
  }

 private:
  // Leaves pid_ 0 if the server ended at once.
  void TryToStart() {
    pid_ = Spawn({"postgres", "-D", folder_ + "/data", "-p", std::to_string(port_), "-c",
                  "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off",
                  "-c", "shared_buffers=16MB", "-c", "max_connections=40"},
                 folder_ + "/log");
    const std::string url = Url("postgres");
    while (PQping(url.c_str()) != PQPING_OK) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      if (waitpid(pid_, nullptr, WNOHANG) == pid_) {
        pid_ = 0;
        return;
      }
    }
  }

  // The folder of the newest installed version; empty if there is none.
  static std::string Programs() {
    std::string newest;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator("/usr/lib/postgresql", error)) {
      if (std::filesystem::exists(entry.path() / "bin/initdb")) {
        newest = std::max(newest, (entry.path() / "bin").string());
      }
    }
    return newest;
  }

  static const passwd* ServerUser() {
    static const passwd* const user = geteuid() == 0 ? getpwnam("postgres") : nullptr;
    return user;
  }

  static void Own(const std::filesystem::path& path) {
    if (const passwd* user = ServerUser()) {
      if (lchown(path.c_str(), user->pw_uid, user->pw_gid) != 0) throw std::runtime_error("chown");
    }
  }

  static pid_t Spawn(const std::vector<std::string>& arguments, const std::string& log) {
    // PostgreSQL's programs find each other beside the path that they were called by.
    std::string program = Programs() + "/" + arguments.front();
    std::vector<char*> argv{program.data()};
    for (size_t i = 1; i < arguments.size(); ++i) {
      argv.push_back(const_cast<char*>(arguments[i].c_str()));
    }
    argv.push_back(nullptr);
    const passwd* user = ServerUser();
    const pid_t pid = fork();
    if (pid != 0) return pid;
    const int file = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);
    dup2(file, STDOUT_FILENO);
    dup2(file, STDERR_FILENO);
    if (user &&
        (setgid(user->pw_gid) != 0 || setgroups(0, nullptr) != 0 || setuid(user->pw_uid) != 0)) {
      _exit(126);
    }
    prctl(PR_SET_PDEATHSIG, SIGQUIT);  // a test that crashes leaves no server behind
    execv(program.c_str(), argv.data());
    _exit(127);
  }

  // An initialised data folder, made by whichever test program of this build comes first.
  static std::string Template() {
    const auto beside = std::filesystem::read_symlink("/proc/self/exe").parent_path();
    const std::string kept = (beside / "postgres-template").string();
    const int lock = open((kept + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    flock(lock, LOCK_EX);
    if (!std::filesystem::exists(kept)) {
      std::string name =
          (std::filesystem::temp_directory_path() / "cruddur-initdb-XXXXXX").string();
      const std::string work = mkdtemp(name.data());
      Own(work);
      const pid_t pid = Spawn({"initdb", "-D", work + "/data", "-U", "cruddur", "-A", "trust", "-E",
                               "UTF8", "--no-locale", "--no-sync", "--wal-segsize=1"},
                              work + "/log");
      int status = 0;
      waitpid(pid, &status, 0);
      if (status != 0) throw std::runtime_error("initdb failed: " + work + "/log");
      std::filesystem::copy(work + "/data", kept + ".new",
                            std::filesystem::copy_options::recursive);
      std::filesystem::rename(kept + ".new", kept);
      std::filesystem::remove_all(work);
    }
    close(lock);
    return kept;
  }

  void Stop(int signal) {
    if (pid_ <= 0) return;
    kill(pid_, signal);
    waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }

  std::string folder_;
  uint16_t port_ = 0;
  pid_t pid_ = 0;
};

}  // namespace cruddur::accounts
