// The conversation with a server is in tests/system/mail_test.py; here, what comes before it.
#include "accounts/smtp_sender.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/mail_text.h"

namespace cruddur::accounts {
namespace {

using ::testing::HasSubstr;

const base::ManualClock kClock{base::Micros(1'679'651'101'561'513)};

TEST(SmtpSender, RefusesWhatCannotBeMeant) {
  const SmtpOptions sound{.url = "smtp://localhost:25", .from = "cruddur@example.com"};
  EXPECT_TRUE(SmtpSender(sound, kClock));
  const auto refused = [&](auto change) {
    SmtpOptions options = sound;
    change(options);
    const auto sender = SmtpSender(options, kClock);
    return sender ? "" : sender.error().message;
  };
  EXPECT_THAT(refused([](SmtpOptions& o) { o.url = "http://localhost"; }), HasSubstr("smtp-url"));
  EXPECT_THAT(refused([](SmtpOptions& o) { o.url = ""; }), HasSubstr("smtp-url"));
  for (const char* url :
       {"smtp://", "smtp://user:secret@localhost:25", "smtps://user@localhost",
        "smtp://localhost/greeting", "smtp://localhost?tls=no", "smtp://localhost#x"}) {
    EXPECT_THAT(refused([&](SmtpOptions& o) { o.url = url; }), HasSubstr("smtp-url")) << url;
  }
  EXPECT_EQ(refused([](SmtpOptions& o) { o.url = "smtps://[::1]:465"; }), "");
  EXPECT_THAT(refused([](SmtpOptions& o) { o.from = "Cruddur"; }), HasSubstr("smtp-from"));
  EXPECT_THAT(refused([](SmtpOptions& o) { o.from = "a@b.c>\r\nBcc: <x@y.z"; }),
              HasSubstr("smtp-from"));
  EXPECT_THAT(refused([](SmtpOptions& o) {
                o.start_tls = false;
                o.user = "cruddur";
              }),
              HasSubstr("in the clear"));
  EXPECT_EQ(refused([](SmtpOptions& o) { o.start_tls = false; }), "");
}

TEST(SmtpSender, SaysThatAServerThatIsAwayMayComeBack) {
  // Nothing listens on port 1 of the loopback.
  const auto sender = SmtpSender({.url = "smtp://127.0.0.1:1", .from = "a@b.c"}, kClock);
  const std::atomic<bool> hurry{false};
  const auto sent = (*sender)({.to = "londo@example.com", .secret = "424242"}, hurry);
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, base::ErrorCode::kUnavailable);
  EXPECT_THAT(sent.error().message, testing::Not(HasSubstr("424242")));
}

TEST(MailText, NamesTheHandleAndTheCode) {
  const Mail mail{.kind = MailKind::kConfirmation,
                  .to = "londo@example.com",
                  .username = "11111111-2222-4333-8444-555555555555",
                  .handle = "londo",
                  .secret = "424242"};
  const std::string text = MailMessage(mail, "cruddur@example.org", kClock.Now());
  EXPECT_THAT(text, testing::StartsWith("Date: Fri, 24 Mar 2023 09:45:01 +0000\r\n"
                                        "From: Cruddur <cruddur@example.org>\r\n"
                                        "To: <londo@example.com>\r\n"
                                        "Subject: Confirm your Cruddur account\r\n"));
  EXPECT_THAT(text, HasSubstr("@example.org>\r\n"));
  EXPECT_THAT(text, HasSubstr("\r\n\r\n424242 is the code that confirms this address for @londo."));
  for (size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1)) {
    EXPECT_EQ(text[at - 1], '\r');
  }
  EXPECT_THAT(MailMessage({.kind = MailKind::kInvitation, .username = "vir", .secret = "Secret-1"},
                          "a@b.c", kClock.Now()),
              HasSubstr("vir\r\nThe password for the first sign-in: Secret-1\r\n"));
  EXPECT_THAT(MailMessage({.kind = MailKind::kRecovery, .handle = "vir", .secret = "123456"},
                          "a@b.c", kClock.Now()),
              HasSubstr("123456 is the code with which @vir"));
}

}  // namespace
}  // namespace cruddur::accounts
