// The Secure Remote Password protocol as Amazon Cognito speaks it (flow USER_SRP_AUTH): SRP-6a over
// the 3072-bit group of RFC 3526 with generator 2 and SHA-256, the session key by HKDF.
//
// Where an integer is hashed it is Java's BigInteger.toByteArray(): big-endian, with a leading zero
// byte where its top bit is set. The user's name in it is the pool's name (what follows the '_' of
// its id) and the user's id, without anything between.
//
// Pure functions but for random bytes; thread-safe. Each takes some milliseconds of a core. A
// user's salt and verifier are as secret as the hash of the password: who has them can try
// passwords.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cruddur::auth {

// Both in lower-case hexadecimal.
struct SrpVerifier {
  std::string salt;
  std::string verifier;
};

SrpVerifier MakeSrpVerifier(std::string_view pool_name, std::string_view user_id,
                            std::string_view password);

// What stands for a user who isn't there: always the same for one `seed` (which nobody else must
// know), and like any other to who sees the salt and B.
SrpVerifier FakeSrpVerifier(std::string_view seed);

// The server's side of one attempt.
struct SrpChallenge {
  std::string private_b;  // to be kept, in hexadecimal
  std::string public_b;   // SRP_B, in hexadecimal
};
SrpChallenge MakeSrpChallenge(const SrpVerifier& user);

// Whether `public_a` (SRP_A, hexadecimal) can be a client's: not a multiple of the modulus, and not
// longer than it.
bool IsSrpPublicValue(std::string_view public_a);

struct SrpAttempt {
  std::string_view pool_name, user_id;
  std::string_view secret_block;  // the bytes that the client was given as SECRET_BLOCK
  std::string_view timestamp;     // as the client wrote it
};

// PASSWORD_CLAIM_SIGNATURE, as bytes, that proves the password; nullopt for values that can't be.
std::optional<std::string> SrpSignature(const SrpVerifier& user, const SrpChallenge& challenge,
                                        std::string_view public_a, const SrpAttempt& attempt);

}  // namespace cruddur::auth
