#include "net/tls.h"

#include <openssl/ssl.h>

#include <string_view>

namespace cruddur::net {
namespace {

using base::ErrorCode;
using base::Fail;
using boost::system::error_code;

std::unique_ptr<TlsContext> MakeContext(TlsContext::method method) {
  auto context = std::make_unique<TlsContext>(method);
  SSL_CTX* const raw = context->native_handle();
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_options(raw, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  // An idle connection gives its 34 kB of buffers back.
  SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS);
  return context;
}

constexpr std::string_view kProtocols = "\x08http/1.1";

int SelectProtocol(SSL*, const unsigned char** out, unsigned char* out_size,
                   const unsigned char* offered, unsigned int offered_size, void*) {
  const auto* ours = reinterpret_cast<const unsigned char*>(kProtocols.data());
  const int selected =
      SSL_select_next_proto(const_cast<unsigned char**>(out), out_size, ours,
                            static_cast<unsigned int>(kProtocols.size()), offered, offered_size);
  return selected == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

}  // namespace

base::Result<std::unique_ptr<TlsContext>> MakeServerTls(const TlsFiles& files) {
  auto context = MakeContext(TlsContext::tls_server);
  SSL_CTX_set_alpn_select_cb(context->native_handle(), SelectProtocol, nullptr);
  error_code error;
  context->use_certificate_chain_file(files.certificate, error);
  if (error) {
    return Fail(ErrorCode::kInvalidArgument,
                "cannot use the TLS certificate " + files.certificate + ": " + error.message());
  }
  // Checks besides that the key is the certificate's.
  context->use_private_key_file(files.key, TlsContext::pem, error);
  if (error) {
    return Fail(ErrorCode::kInvalidArgument,
                "cannot use the TLS key " + files.key + ": " + error.message());
  }
  return context;
}

base::Result<std::unique_ptr<TlsContext>> MakeClientTls(const std::string& ca_file) {
  auto context = MakeContext(TlsContext::tls_client);
  error_code error;
  context->set_verify_mode(TlsContext::verify_peer, error);
  if (ca_file.empty()) {
    context->set_default_verify_paths(error);
  } else {
    context->load_verify_file(ca_file, error);
  }
  if (error) {
    return Fail(ErrorCode::kInvalidArgument,
                "cannot use the certificates in " +
                    (ca_file.empty() ? "the system's store" : ca_file) + ": " + error.message());
  }
  return context;
}

}  // namespace cruddur::net
