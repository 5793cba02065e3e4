#include "api/profile_body.h"

#include "api/json_body.h"
#include "messaging/text.h"

namespace cruddur::api {
namespace {

// In UTF-8: Unicode's explicit directional formatting characters (UAX #9), and the separators of
// lines and paragraphs.
constexpr std::string_view kRefused[] = {"\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066",
                                         "\u2067", "\u2068", "\u2069", "\u2028", "\u2029"};

bool IsPlain(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte == 0x7f) return false;
    // U+0080 to U+009F.
    if (byte == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0) {
      return false;
    }
  }
  for (const std::string_view refused : kRefused) {
    if (text.find(refused) != std::string_view::npos) return false;
  }
  return true;
}

}  // namespace

base::Result<accounts::ProfileChange> ParseProfileBody(std::string_view body) {
  TRY_ASSIGN(const json::Object object, ParseJsonObject(body));
  accounts::ProfileChange change;
  TRY_ASSIGN(change.display_name, StringMember(object, "display_name"));
  TRY_ASSIGN(change.handle, StringMember(object, "handle"));
  return change;
}

std::vector<std::string_view> Faults(const accounts::ProfileChange& change) {
  std::vector<std::string_view> faults;
  if (const auto& name = change.display_name) {
    if (messaging::IsBlank(*name)) faults.push_back("display_name_blank");
    if (messaging::CountCodePoints(*name) > kMaxDisplayName) {
      faults.push_back("display_name_exceed_max_chars");
    }
    if (!IsPlain(*name)) faults.push_back("display_name_invalid");
  }
  if (const auto& handle = change.handle) {
    if (messaging::IsBlank(*handle)) {
      faults.push_back("handle_blank");
    } else if (messaging::CountCodePoints(*handle) > kMaxHandle) {
      faults.push_back("handle_exceed_max_chars");
    } else if (!accounts::IsHandle(*handle)) {
      faults.push_back("handle_invalid");
    }
  }
  return faults;
}

}  // namespace cruddur::api
