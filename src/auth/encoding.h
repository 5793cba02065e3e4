// Hexadecimal, base64 and base64url (RFC 4648), strictly: one text for each byte string.
//
// The decoders refuse what a lenient one would let pass and two texts would then mean the same
// bytes: white space, missing or superfluous padding, characters of the other alphabet, stray bits
// in the last character. Pure functions, linear time.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cruddur::auth {

std::string HexEncode(std::string_view bytes);                      // lower case
std::optional<std::string> HexDecode(std::string_view text);        // either case
std::string Base64Encode(std::string_view bytes);                   // with padding
std::optional<std::string> Base64Decode(std::string_view text);     // with padding
std::string Base64UrlEncode(std::string_view bytes);                // without padding
std::optional<std::string> Base64UrlDecode(std::string_view text);  // without padding

}  // namespace cruddur::auth
