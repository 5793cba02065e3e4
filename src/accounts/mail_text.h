// The words of the built-in user pool's mail. Pure.
#pragma once

#include <string>
#include <string_view>

#include "accounts/outbox.h"
#include "base/clock.h"

namespace cruddur::accounts {

// The whole message, headers and text, as RFC 5322 wants it: lines end with CR LF. `from` is an
// address without a name.
std::string MailMessage(const Mail& mail, std::string_view from, base::Micros now);

}  // namespace cruddur::accounts
