// Where the built-in user pool puts what it has to tell its users: confirmation and recovery codes.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace cruddur::accounts {

enum class MailKind {
  kConfirmation,  // the code of a sign-up
  kRecovery,      // the code for a new password
  kInvitation,    // a temporary password
};

struct Mail {
  MailKind kind = MailKind::kConfirmation;
  std::string to;        // the address
  std::string username;  // as the user knows it
  std::string handle;    // what others know the user by: several may have signed up with an address
  std::string secret;    // the code, or the temporary password
};

// Thread-safe; may block: it is called on the pool's own threads.
class Outbox {
 public:
  virtual ~Outbox() = default;
  virtual base::Status Deliver(const Mail& mail) = 0;
};

// Appends a JSON line to a file of mode 0600: {"time","kind","to","username","handle","code"}.
class FileOutbox final : public Outbox {
 public:
  FileOutbox(std::string path, const base::Clock& clock) : path_(std::move(path)), clock_(clock) {}
  base::Status Deliver(const Mail& mail) override;

 private:
  const std::string path_;
  const base::Clock& clock_;
};

// Writes a log line. It holds the code: for a machine of one's own.
class LogOutbox final : public Outbox {
 public:
  base::Status Deliver(const Mail& mail) override;
};

}  // namespace cruddur::accounts
