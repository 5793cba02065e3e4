// Passwords at rest: Argon2id (RFC 9106) in its own text form,
// "$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>".
//
// Pure but for the salt's random bytes; thread-safe. A call takes 19 MiB and some 20 ms of a core
// on purpose: never make it on an event loop.
#pragma once

#include <string>
#include <string_view>

namespace cruddur::auth {

// The parameters are OWASP's first choice for Argon2id.
std::string HashPassword(std::string_view password);

// Whether `password` is the one that `hash` was made of, with the parameters that the hash names.
// False for what is no hash of ours; that too takes as long, so that the time of an answer doesn't
// tell whether there was one.
bool VerifyPassword(std::string_view hash, std::string_view password);

}  // namespace cruddur::auth
