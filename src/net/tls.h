// TLS contexts for both sides: TLS 1.2 and later, certificates as PEM files.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

#include "base/result.h"
#include "net/server.h"

namespace cruddur::net {

using TlsContext = boost::asio::ssl::context;

// Errors name the file that can't be used.
base::Result<std::unique_ptr<TlsContext>> MakeServerTls(const TlsFiles& files);

// Verifies peers against the certificates in `ca_file`, or the system's if it is empty.
base::Result<std::unique_ptr<TlsContext>> MakeClientTls(const std::string& ca_file);

}  // namespace cruddur::net
