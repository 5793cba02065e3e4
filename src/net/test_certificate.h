// For tests: a self-signed certificate, made afresh, in PEM files that end with the object.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include "net/server.h"

namespace cruddur::net {

class TestCertificate {
 public:
  // `names` as OpenSSL writes alternative names: "DNS:localhost,IP:127.0.0.1".
  explicit TestCertificate(const std::string& names) {
    std::string folder = std::filesystem::temp_directory_path() / "cruddur-tls-XXXXXX";
    if (::mkdtemp(folder.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = folder;

    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"),
                                                                  EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), X509_free);
    X509* const x509 = certificate.get();
    X509_set_version(x509, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
    X509_set_pubkey(x509, key.get());
    X509_NAME* const name = X509_get_subject_name(x509);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
    X509_set_issuer_name(x509, name);
    X509V3_CTX context;
    X509V3_set_ctx(&context, x509, x509, nullptr, nullptr, 0);
    X509_EXTENSION* const extension =
        X509V3_EXT_conf_nid(nullptr, &context, NID_subject_alt_name, names.c_str());
    if (extension == nullptr) throw std::runtime_error("bad names");
    X509_add_ext(x509, extension, -1);
    X509_EXTENSION_free(extension);
    X509_sign(x509, key.get(), EVP_sha256());

    Write(certificate_file(), [&](FILE* file) { return PEM_write_X509(file, x509); });
    Write(key_file(), [&](FILE* file) {
      return PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
  }
  ~TestCertificate() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  TestCertificate(const TestCertificate&) = delete;
  TestCertificate& operator=(const TestCertificate&) = delete;

  std::string certificate_file() const { return folder_ / "certificate.pem"; }
  std::string key_file() const { return folder_ / "key.pem"; }
  TlsFiles files() const { return {certificate_file(), key_file()}; }

 private:
  static void Write(const std::string& path, auto write) {
    FILE* const file = std::fopen(path.c_str(), "w");
    if (file == nullptr || write(file) != 1 || std::fclose(file) != 0) {
      throw std::runtime_error("cannot write " + path);
    }
  }

  std::filesystem::path folder_;
};

}  // namespace cruddur::net
