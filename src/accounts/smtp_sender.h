// Sends the built-in user pool's mail to an SMTP server (RFC 5321), by libcurl.
#pragma once

#include <string>

#include "accounts/mail_queue.h"
#include "base/clock.h"
#include "base/result.h"

namespace cruddur::accounts {

struct SmtpOptions {
  std::string url;             // smtp://host:587, or smtps://host:465 for TLS from the first byte
  bool start_tls = true;       // with smtp://: TLS or no mail; false: in the clear
  std::string user, password;  // empty: no login
  std::string from;            // the sender's address
  std::string ca_file;  // PEM certificates that the server's must come from; empty: the system's
  std::chrono::milliseconds connect_time{5'000};
  std::chrono::milliseconds send_time{20'000};  // connecting and sending, all together
};

// kInvalidArgument for options that can't be meant: another scheme, no sender, a login in the
// clear. The sender connects once a mail, and its errors are as MailSender says: final is what the
// server answers with a code of 500 and more. `clock` must outlive it.
base::Result<MailSender> SmtpSender(SmtpOptions options, const base::Clock& clock);

}  // namespace cruddur::accounts
