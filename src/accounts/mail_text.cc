#include "accounts/mail_text.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "base/random.h"

namespace cruddur::accounts {
namespace {

struct Words {
  std::string subject, text;
};

Words WordsOf(const Mail& mail) {
  switch (mail.kind) {
    case MailKind::kConfirmation:
      return {
          "Confirm your Cruddur account",
          fmt::format("{} is the code that confirms this address for @{}.\r\n"
                      "It is good for 24 hours.\r\n\r\n"
                      "If you didn't sign up as @{}, somebody else named your address: use no\r\n"
                      "code that you didn't ask for.\r\n",
                      mail.secret, mail.handle, mail.handle)};
    case MailKind::kRecovery:
      return {"A new password for Cruddur",
              fmt::format("{} is the code with which @{} may choose a new password.\r\n"
                          "It is good for an hour.\r\n\r\n"
                          "If you didn't ask for it there is nothing that you need to do.\r\n",
                          mail.secret, mail.handle)};
    case MailKind::kInvitation:
      return {"Your Cruddur account", fmt::format("There is an account for you: {}\r\n"
                                                  "The password for the first sign-in: {}\r\n",
                                                  mail.username, mail.secret)};
  }
  return {};
}

}  // namespace

std::string MailMessage(const Mail& mail, std::string_view from, base::Micros now) {
  const Words words = WordsOf(mail);
  const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(now).count();
  return fmt::format(
      "Date: {:%a, %d %b %Y %H:%M:%S} +0000\r\n"
      "From: Cruddur <{}>\r\n"
      "To: <{}>\r\n"
      "Subject: {}\r\n"
      "Message-ID: <{}@{}>\r\n"
      "Auto-Submitted: auto-generated\r\n"
      "MIME-Version: 1.0\r\n"
      "Content-Type: text/plain; charset=utf-8\r\n"
      "\r\n"
      "{}",
      fmt::gmtime(seconds), from, mail.to, words.subject, base::NewUuid(),
      from.substr(from.find('@') + 1), words.text);
}

}  // namespace cruddur::accounts
