#include "accounts/smtp_sender.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <array>
#include <cstring>
#include <memory>

#include "accounts/mail_text.h"
#include "accounts/pool_request.h"

namespace cruddur::accounts {
namespace {

template <auto kFree>
struct FreedBy {
  void operator()(auto* held) const { kFree(held); }
};

// libcurl asks for the message piece by piece.
size_t Read(char* to, size_t size, size_t count, void* from) {
  auto& rest = *static_cast<std::string_view*>(from);
  const size_t taken = std::min(size * count, rest.size());
  std::memcpy(to, rest.data(), taken);
  rest.remove_prefix(taken);
  return taken;
}

// Called all the time, and once a second where nothing moves.
int Progress(void* hurry, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const std::atomic<bool>*>(hurry)->load() ? 1 : 0;
}

base::Status Send(const SmtpOptions& options, const Mail& mail, const std::string& message,
                  const std::atomic<bool>& hurry) {
  const std::unique_ptr<CURL, FreedBy<curl_easy_cleanup>> curl(curl_easy_init());
  if (!curl) return base::Fail(base::ErrorCode::kUnavailable, "libcurl doesn't start");
  const std::unique_ptr<curl_slist, FreedBy<curl_slist_free_all>> recipients(
      curl_slist_append(nullptr, fmt::format("<{}>", mail.to).c_str()));
  std::string_view rest = message;
  std::array<char, CURL_ERROR_SIZE> reason{};
  const auto set = [&](CURLoption option, auto value) {
    curl_easy_setopt(curl.get(), option, value);
  };
  const std::string from = fmt::format("<{}>", options.from);
  set(CURLOPT_URL, options.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  set(CURLOPT_NOPROXY, "*");
  set(CURLOPT_USE_SSL, static_cast<long>(options.start_tls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
  if (!options.ca_file.empty()) set(CURLOPT_CAINFO, options.ca_file.c_str());
  if (!options.user.empty()) {
    set(CURLOPT_USERNAME, options.user.c_str());
    set(CURLOPT_PASSWORD, options.password.c_str());
  }
  set(CURLOPT_MAIL_FROM, from.c_str());
  set(CURLOPT_MAIL_RCPT, recipients.get());
  set(CURLOPT_UPLOAD, 1L);
  set(CURLOPT_READFUNCTION, Read);
  set(CURLOPT_READDATA, &rest);
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_time.count()));
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(options.send_time.count()));
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, Progress);
  set(CURLOPT_XFERINFODATA, const_cast<std::atomic<bool>*>(&hurry));
  set(CURLOPT_ERRORBUFFER, reason.data());

  const CURLcode result = curl_easy_perform(curl.get());
  if (result == CURLE_OK) return {};
  // The last answer of the server, if it came to one.
  long code = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &code);
  const bool final = code >= 500;
  return base::Fail(
      final ? base::ErrorCode::kInvalidArgument : base::ErrorCode::kUnavailable,
      fmt::format("SMTP: {} ({})", reason[0] != '\0' ? reason.data() : curl_easy_strerror(result),
                  code));
}

}  // namespace

base::Result<MailSender> SmtpSender(SmtpOptions options, const base::Clock& clock) {
  const auto refuse = [](std::string why) {
    return base::Fail(base::ErrorCode::kInvalidArgument, std::move(why));
  };
  const bool tls = options.url.starts_with("smtps://");
  if (!tls && !options.url.starts_with("smtp://")) {
    return refuse("smtp-url must be smtp://host:port or smtps://host:port");
  }
  // libcurl would take a login from it, behind the back of what follows, and a name to greet with.
  const size_t host = options.url.find("//") + 2;
  if (options.url.size() == host || options.url.find_first_of("@/?#", host) != std::string::npos) {
    return refuse("smtp-url must be a host and a port only: a login is smtp-user's");
  }
  if (!IsEmail(options.from)) return refuse("smtp-from must be an email address");
  if (!tls && !options.start_tls && !options.user.empty()) {
    return refuse("smtp-user needs TLS: the password would be sent in the clear");
  }
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return refuse("libcurl doesn't start");
  return [options = std::move(options), &clock](const Mail& mail, const std::atomic<bool>& hurry) {
    return Send(options, mail, MailMessage(mail, options.from, clock.Now()), hurry);
  };
}

}  // namespace cruddur::accounts
