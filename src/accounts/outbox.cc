#include "accounts/outbox.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/log.h"
#include "base/timestamp.h"
#include "json/writer.h"

namespace cruddur::accounts {
namespace {

std::string_view NameOf(MailKind kind) {
  switch (kind) {
    case MailKind::kConfirmation:
      return "confirmation";
    case MailKind::kRecovery:
      return "recovery";
    case MailKind::kInvitation:
      return "invitation";
  }
  return {};
}

}  // namespace

base::Status FileOutbox::Deliver(const Mail& mail) {
  std::string line;
  json::Writer(line)
      .BeginObject()
      .Key("time")
      .String(base::FormatTimestamp(clock_.Now()))
      .Key("kind")
      .String(NameOf(mail.kind))
      .Key("to")
      .String(mail.to)
      .Key("username")
      .String(mail.username)
      .Key("handle")
      .String(mail.handle)
      .Key("code")
      .String(mail.secret)
      .EndObject();
  line += '\n';
  // One write of O_APPEND: lines of several threads and processes don't mix.
  const int file = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const ssize_t written = file < 0 ? -1 : ::write(file, line.data(), line.size());
  const int error = errno;
  if (file >= 0) ::close(file);
  if (written == static_cast<ssize_t>(line.size())) return {};
  return base::Fail(base::ErrorCode::kIo, path_ + ": " + std::generic_category().message(error));
}

base::Status LogOutbox::Deliver(const Mail& mail) {
  base::Log(base::LogLevel::kInfo, "outbox",
            {{"kind", NameOf(mail.kind)},
             {"to", mail.to},
             {"username", mail.username},
             {"handle", mail.handle},
             {"code", mail.secret}});
  return {};
}

}  // namespace cruddur::accounts
