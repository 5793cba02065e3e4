#include "auth/sigv4_canonical.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "auth/encoding.h"
#include "base/ascii.h"

namespace cruddur::auth {
namespace {

// The characters that RFC 3986 calls unreserved: AWS encodes all others.
bool IsUnreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

void AppendEncoded(std::string& out, std::string_view text, bool keep_slash) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  for (const char c : text) {
    if (IsUnreserved(c) || (keep_slash && c == '/')) {
      out += c;
    } else {
      out += '%';
      out += kHex[static_cast<uint8_t>(c) >> 4];
      out += kHex[static_cast<uint8_t>(c) & 0xf];
    }
  }
}

std::string Encode(std::string_view text) {
  std::string out;
  AppendEncoded(out, UriDecode(text), false);
  return out;
}

bool IsBlank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// Blanks around the value go, runs of them within it become one space.
void AppendTrimmed(std::string& out, std::string_view value) {
  bool pending = false, any = false;
  for (const char c : value) {
    if (IsBlank(c)) {
      pending = any;
      continue;
    }
    if (pending) out += ' ';
    pending = false;
    any = true;
    out += c;
  }
}

bool NameIs(std::string_view name, std::string_view lower) {
  return std::ranges::equal(name, lower, {}, [](char c) { return base::LowerAscii(c); });
}

}  // namespace

std::string UriDecode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      if (const auto byte = HexDecode(text.substr(i + 1, 2))) {
        out += *byte;
        i += 2;
        continue;
      }
    }
    out += text[i];
  }
  return out;
}

std::string SigV4Scope::ToString() const {
  return date + '/' + region + '/' + service + "/aws4_request";
}

std::string CanonicalPath(std::string_view path, std::string_view service) {
  if (path.empty()) return "/";
  if (service == "s3") return std::string(path);
  std::vector<std::string_view> segments;
  for (size_t at = 0; at <= path.size();) {
    const size_t end = std::min(path.find('/', at), path.size());
    const auto segment = path.substr(at, end - at);
    at = end + 1;
    if (segment.empty() || segment == ".") continue;
    if (segment != "..") {
      segments.push_back(segment);
    } else if (!segments.empty()) {
      segments.pop_back();
    }
  }
  std::string out;
  for (const auto segment : segments) {
    out += '/';
    AppendEncoded(out, segment, true);
  }
  if (segments.empty() || path.ends_with('/')) out += '/';
  return out;
}

std::string CanonicalQuery(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> parameters;
  for (size_t at = 0; at < query.size();) {
    const size_t end = std::min(query.find('&', at), query.size());
    const auto pair = query.substr(at, end - at);
    at = end + 1;
    if (pair.empty()) continue;
    const size_t equals = std::min(pair.find('='), pair.size());
    parameters.emplace_back(Encode(pair.substr(0, equals)),
                            Encode(pair.substr(std::min(equals + 1, pair.size()))));
  }
  std::ranges::sort(parameters);
  std::string out;
  for (const auto& [name, value] : parameters) {
    if (!out.empty()) out += '&';
    out.append(name).append(1, '=').append(value);
  }
  return out;
}

std::string CanonicalRequest(const SigV4Request& request, std::string_view service,
                             std::span<const std::string> signed_headers) {
  std::string out(request.method);
  out.append(1, '\n').append(CanonicalPath(request.path, service));
  out.append(1, '\n').append(CanonicalQuery(request.query)).append(1, '\n');
  std::string names;
  for (const auto& name : signed_headers) {
    out.append(name).append(1, ':');
    bool first = true;
    for (const auto& header : request.headers) {  // of one name, in the order in which they came
      if (!NameIs(header.name, name)) continue;
      if (!first) out += ',';
      first = false;
      AppendTrimmed(out, header.value);
    }
    out += '\n';
    if (!names.empty()) names += ';';
    names += name;
  }
  out.append(1, '\n').append(names).append(1, '\n').append(request.payload_hash);
  return out;
}

std::string StringToSign(std::string_view canonical_request, std::string_view amz_date,
                         const SigV4Scope& scope) {
  return fmt::format("{}\n{}\n{}\n{}", kSigV4Algorithm, amz_date, scope.ToString(),
                     HexSha256(canonical_request));
}

Digest SigningKey(std::string_view secret_access_key, const SigV4Scope& scope) {
  const Digest date = HmacSha256("AWS4" + std::string(secret_access_key), scope.date);
  const Digest region = HmacSha256(AsBytes(date), scope.region);
  const Digest service = HmacSha256(AsBytes(region), scope.service);
  return HmacSha256(AsBytes(service), "aws4_request");
}

std::string FormatAmzDate(base::Micros time) {
  using namespace std::chrono;
  const sys_seconds at(floor<seconds>(time));
  const sys_days day = floor<days>(at);
  const year_month_day date(day);
  const hh_mm_ss clock(at - day);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

base::Result<base::Micros> ParseAmzDate(std::string_view text) {
  using namespace std::chrono;
  const auto fail = [] { return base::Fail(base::ErrorCode::kInvalidArgument, "not a date"); };
  if (text.size() != 16 || text[8] != 'T' || text[15] != 'Z') return fail();
  const auto digits = [&](size_t at, size_t count) {
    int value = 0;
    for (const char c : text.substr(at, count)) {
      value = c >= '0' && c <= '9' && value >= 0 ? value * 10 + (c - '0') : -1'000'000;
    }
    return value;
  };
  const int hour = digits(9, 2), minute = digits(11, 2), second = digits(13, 2);
  const int month_number = digits(4, 2), day_number = digits(6, 2), year_number = digits(0, 4);
  if (std::min({hour, minute, second, month_number, day_number, year_number}) < 0) return fail();
  const year_month_day date{year(year_number), month(static_cast<unsigned>(month_number)),
                            day(static_cast<unsigned>(day_number))};
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return fail();
  const auto at =
      sys_days(date).time_since_epoch() + hours(hour) + minutes(minute) + seconds(second);
  return duration_cast<base::Micros>(at);
}

}  // namespace cruddur::auth
