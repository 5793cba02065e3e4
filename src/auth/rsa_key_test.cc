#include "auth/rsa_key.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "auth/encoding.h"
#include "auth/jwks.h"
#include "auth/private_file.h"

namespace cruddur::auth {
namespace {

class KeyFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "cruddur-key-XXXXXX";
    folder_ = mkdtemp(name.data());
    path_ = folder_ + "/token.pem";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  size_t Files() const {
    const auto files = std::filesystem::directory_iterator(folder_);
    return static_cast<size_t>(std::distance(begin(files), end(files)));
  }

  std::string folder_, path_;
};

const PrivateKey& Key() {
  static const PrivateKey key = *PrivateKey::Generate();
  return key;
}

TEST_F(KeyFile, ComesBackFromItsFile) {
  ASSERT_TRUE(Key().Save(path_));
  const auto loaded = PrivateKey::Load(path_);
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->public_key().n(), Key().public_key().n());
  EXPECT_TRUE(Key().public_key().VerifyRs256("text", *loaded->SignRs256("text")));
  EXPECT_FALSE(Key().public_key().VerifyRs256("Text", *loaded->SignRs256("text")));
}

TEST_F(KeyFile, IsReadableByItsOwnerAloneWhateverTheUmask) {
  for (const mode_t mask : {0000, 0277}) {
    const mode_t before = umask(mask);
    const auto saved = Key().Save(path_);
    umask(before);
    ASSERT_TRUE(saved) << saved.error().message;
    struct stat status;
    ASSERT_EQ(stat(path_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777, 0600u);
    ASSERT_EQ(unlink(path_.c_str()), 0);
  }
}

TEST_F(KeyFile, IsNeverReplaced) {
  ASSERT_TRUE(Key().Save(path_));
  const auto again = PrivateKey::Generate()->Save(path_);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, base::ErrorCode::kAlreadyExists);
  EXPECT_EQ(PrivateKey::Load(path_)->public_key().n(), Key().public_key().n());
  EXPECT_EQ(Files(), 1u) << "a draft was left behind";
}

TEST_F(KeyFile, HasOneWinnerAmongWriters) {
  std::atomic<int> saved = 0;
  {
    std::vector<std::jthread> writers;
    for (int i = 0; i < 8; ++i)
      writers.emplace_back([&] { saved += Key().Save(path_).has_value(); });
  }
  EXPECT_EQ(saved, 1);
  EXPECT_EQ(Files(), 1u);
}

TEST_F(KeyFile, SaysWhatIsWrong) {
  EXPECT_EQ(PrivateKey::Load(path_).error().code, base::ErrorCode::kNotFound);
  EXPECT_EQ(Key().Save(folder_ + "/none/token.pem").error().code, base::ErrorCode::kNotFound);
  std::ofstream(path_) << "not a key";
  const auto garbage = PrivateKey::Load(path_);
  EXPECT_EQ(garbage.error().code, base::ErrorCode::kInvalidArgument);
  EXPECT_TRUE(garbage.error().message.starts_with(path_)) << garbage.error().message;
  std::ofstream(path_) << std::string(70'000, 'x');
  EXPECT_EQ(ReadSmallFile(path_).error().code, base::ErrorCode::kInvalidArgument);
}

// PEM of a key that OpenSSL makes, encrypted if there is a password. Owns `key`.
std::string Pem(EVP_PKEY* key, const char* password = nullptr) {
  BIO* out = BIO_new(BIO_s_mem());
  PEM_write_bio_PKCS8PrivateKey(out, key, password ? EVP_aes_128_cbc() : nullptr, password,
                                password ? 6 : 0, nullptr, nullptr);
  char* text = nullptr;
  const long length = BIO_get_mem_data(out, &text);
  std::string pem(text, static_cast<size_t>(length));
  BIO_free(out);
  EVP_PKEY_free(key);
  return pem;
}

TEST(PrivateKey, RefusesKeysThatAreNoRsaOrEncryptedOrWeak) {
  const std::string pems[] = {
      Pem(EVP_EC_gen("P-256")),
      Pem(EVP_RSA_gen(size_t{1024})),
      Pem(EVP_RSA_gen(size_t{2048}), "secret"),  // must not ask for it on the terminal
      "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n",
      "",
  };
  for (const auto& pem : pems) {
    const auto key = PrivateKey::ParsePem(pem);
    ASSERT_FALSE(key) << pem;
    EXPECT_EQ(key.error().code, base::ErrorCode::kInvalidArgument);
  }
  EXPECT_TRUE(PrivateKey::ParsePem(Pem(EVP_RSA_gen(size_t{2048}))));
}

TEST(PublicKey, HasTheThumbprintOfRfc7638) {
  // The example of RFC 7638 section 3.1.
  const auto n = Base64UrlDecode(
      "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_"
      "BJECPebWKR"
      "XjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_"
      "FDW2QvzqY368QQMicAtaS"
      "qzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-"
      "bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINH"
      "aQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw");
  ASSERT_TRUE(n);
  const auto key = PublicKey::FromComponents(*n, "\x01\x00\x01");
  ASSERT_FALSE(key) << "the exponent was cut at its NUL and is 1";
  const auto whole = PublicKey::FromComponents(*n, std::string_view("\x01\x00\x01", 3));
  ASSERT_TRUE(whole) << whole.error().message;
  EXPECT_EQ(whole->Thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

TEST(PublicKey, RefusesComponentsThatAreWeakOrAbsurd) {
  const std::string n = Key().public_key().n();
  const std::string e("\x01\x00\x01", 3);
  std::string even = n;
  even.back() &= 0x7e;
  const std::pair<std::string, std::string> cases[] = {
      {"", e},
      {n.substr(1), e},                               // under 2048 bits
      {std::string(kMaxRsaBits / 8 + 1, '\xff'), e},  // over 8192
      {std::string(1 << 20, '\xff'), e},
      {even, e},
      {n, ""},
      {n, "\x01"},
      {n, "\x02"},
      {n, std::string(9, '\x01')},
      {n, n},
  };
  for (const auto& [modulus, exponent] : cases) {
    EXPECT_FALSE(PublicKey::FromComponents(modulus, exponent))
        << modulus.size() << " " << exponent.size();
  }
}

TEST(Jwks, ComesBackFromItsJson) {
  Jwks keys;
  EXPECT_TRUE(keys.Add("one", Key().public_key()));
  EXPECT_FALSE(keys.Add("one", Key().public_key()));
  EXPECT_TRUE(keys.Add("two \"quoted\"", Key().public_key()));
  const auto read = Jwks::Parse(keys.ToJson());
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, keys);
  ASSERT_NE(read->Find("one"), nullptr);
  EXPECT_TRUE(read->Find("one")->VerifyRs256("text", *Key().SignRs256("text")));
  EXPECT_EQ(read->Find("three"), nullptr);
  EXPECT_EQ(Jwks().ToJson(), R"({"keys":[]})");
}

TEST(Jwks, PassesOverKeysThatAreNotForIt) {
  const std::string n = Base64UrlEncode(Key().public_key().n());
  const auto read = Jwks::Parse(R"({"keys":[
      {"kty":"EC","kid":"ec","crv":"P-256","x":"AA","y":"AA"},
      {"kty":"RSA","kid":"enc","use":"enc","n":")" +
                                n + R"(","e":"AQAB"},
      {"kty":"RSA","kid":"384","alg":"RS384","n":")" +
                                n + R"(","e":"AQAB"},
      {"kty":"RSA","n":")" + n + R"(","e":"AQAB"},
      {"kty":"RSA","kid":"bare","n":")" +
                                n + R"(","e":"AQAB","x5t":"AA"}],"more":1})");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->size(), 1u);
  EXPECT_NE(read->Find("bare"), nullptr);
}

TEST(Jwks, RefusesWhatIsBroken) {
  const std::string n = Base64UrlEncode(Key().public_key().n());
  const std::string good = R"({"kty":"RSA","kid":"k","n":")" + n + R"(","e":"AQAB"})";
  std::string many;
  for (int i = 0; i < 65; ++i) many += R"({"kty":"EC"},)";
  many.pop_back();
  const std::string cases[] = {
      "",
      "[]",
      "{}",
      R"({"keys":{}})",
      R"({"keys":[1]})",
      R"({"keys":[{}]})",
      R"({"keys":[)" + good + "," + good + "]}",
      R"({"keys":[)" + many + "]}",
      R"({"keys":[{"kty":"RSA","kid":"k","n":"AQAB","e":"AQAB"}]})",
      R"({"keys":[{"kty":"RSA","kid":"k","e":"AQAB"}]})",
      R"({"keys":[{"kty":"RSA","kid":"k","n":")" + n + R"(==","e":"AQAB"}]})",
      R"({"keys":[{"kty":"RSA","kid":")" + std::string(300, 'k') + R"(","n":")" + n +
          R"(","e":"AQAB"}]})",
      R"({"keys":[]})" + std::string(70'000, ' '),
  };
  for (const auto& text : cases) EXPECT_FALSE(Jwks::Parse(text)) << text.substr(0, 100);
  EXPECT_TRUE(Jwks::Parse(R"({"keys":[)" + good + "]}"));
}

}  // namespace
}  // namespace cruddur::auth
