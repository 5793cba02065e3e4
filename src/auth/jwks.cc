#include "auth/jwks.h"

#include <algorithm>

#include "auth/encoding.h"
#include "json/reader.h"
#include "json/writer.h"

namespace cruddur::auth {
namespace {

std::unexpected<base::Error> Refuse(std::string message) {
  return base::Fail(base::ErrorCode::kInvalidArgument, "JWKS: " + std::move(message));
}

// True if the member is absent or this text.
bool IsOrAbsent(json::Object key, std::string_view name, std::string_view expected) {
  const auto member = key[name];
  if (member.error() == simdjson::NO_SUCH_FIELD) return true;
  std::string_view text;
  return !member.get(text) && text == expected;
}

base::Result<PublicKey> ReadKey(json::Object object) {
  std::string_view n, e;
  if (object["n"].get(n) || object["e"].get(e)) return Refuse("an RSA key without n or e");
  const auto modulus = Base64UrlDecode(n), exponent = Base64UrlDecode(e);
  if (!modulus || !exponent) return Refuse("n or e is not base64url");
  return PublicKey::FromComponents(*modulus, *exponent);
}

}  // namespace

base::Result<Jwks> Jwks::Parse(std::string_view json) {
  if (json.size() > kMaxJwksBytes) return Refuse("too large");
  json::Document document;
  TRY_ASSIGN(const json::Element root, document.Parse(json));
  json::Array keys;
  if (root["keys"].get(keys)) return Refuse("no array of keys");
  if (keys.size() > kMaxJwksKeys) return Refuse("too many keys");

  Jwks jwks;
  for (const json::Element element : keys) {
    json::Object object;
    std::string_view kty, kid;
    if (element.get(object) || object["kty"].get(kty)) return Refuse("a key without kty");
    if (kty != "RSA" || !IsOrAbsent(object, "use", "sig") || !IsOrAbsent(object, "alg", "RS256")) {
      continue;
    }
    if (object["kid"].get(kid) || kid.empty()) continue;
    if (kid.size() > kMaxKidBytes) return Refuse("a kid that is too long");
    TRY_ASSIGN(PublicKey key, ReadKey(object));
    if (!jwks.Add(std::string(kid), std::move(key))) return Refuse("a kid that comes twice");
  }
  return jwks;
}

std::string Jwks::ToJson() const {
  std::string out;
  json::Writer writer(out);
  writer.BeginObject().Key("keys").BeginArray();
  for (const auto& [kid, key] : keys_) {
    writer.BeginObject();
    writer.Key("kty").String("RSA").Key("use").String("sig").Key("alg").String("RS256");
    writer.Key("kid").String(kid);
    writer.Key("n").String(Base64UrlEncode(key.n())).Key("e").String(Base64UrlEncode(key.e()));
    writer.EndObject();
  }
  writer.EndArray().EndObject();
  return out;
}

bool Jwks::Add(std::string kid, PublicKey key) {
  return keys_.try_emplace(std::move(kid), std::move(key)).second;
}

void Jwks::AddAll(const Jwks& other) { keys_.insert(other.keys_.begin(), other.keys_.end()); }

const PublicKey* Jwks::Find(std::string_view kid) const {
  const auto found = keys_.find(kid);
  return found == keys_.end() ? nullptr : &found->second;
}

bool Jwks::operator==(const Jwks& other) const {
  return std::ranges::equal(keys_, other.keys_, [](const auto& a, const auto& b) {
    return a.first == b.first && a.second.n() == b.second.n() && a.second.e() == b.second.e();
  });
}

}  // namespace cruddur::auth
